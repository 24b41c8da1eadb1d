"""JavaScript unit tests of each addon in a browser, by Odoo's own runner."""

import re

from common import ROOT, Result, addons_with, databases, free_port, fresh_copy, odoo

DATABASE = "paydox_test_hoot"
TESTS = "static/tests/**/*.test.js"
SUCCESS = "[HOOT] Test suite succeeded"


def run():
    result = Result("hoot")
    fresh_copy(DATABASE)
    try:
        for name in addons_with(TESTS):
            status, output = odoo(
                DATABASE, f"--test-tags=/web:WebSuite.test_unit_desktop[@{name}]", "--stop-after-init",
                f"--http-port={free_port()}", log=f"hoot-{name}.log",
            )  # fmt: skip
            add_run(result, name, status, output)
    finally:
        databases("db_drop", DATABASE)
    return result


def add_run(result, name, status, output):
    ok = status == 0 and SUCCESS in output
    passed = re.search(r"Passed (\d+) tests?", output)
    count = int(passed[1]) if passed else 0
    if ok and count:
        result.add_counts(count, [])
        print(f"  ok     {result.name}: {count} passed in {name}", flush=True)
    else:
        result.add(f"{name} ({len(list((ROOT / 'addons' / name).glob(TESTS)))} files)", False, output[-4000:])
