"""Odoo's own checks of addons (its addon test_lint): manifests, indexes, signatures, translations, SQL and more."""

import re

from common import NO_SERVER, Result, bad_log_lines, databases, fresh_copy, odoo

DATABASE = "paydox_test_lint"
SUMMARY = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading")


def run():
    result = Result("testlint")
    fresh_copy(DATABASE)
    try:
        # Its own TestPyLint checks Odoo's sources with Odoo's rules; ours are checked by the lint suite.
        _status, output = odoo(
            DATABASE, "-i", "test_lint", "--test-tags=/test_lint,-/test_lint:TestPyLint", *NO_SERVER, log="testlint.log"
        )
    finally:
        databases("db_drop", DATABASE)
    summary = SUMMARY.search(output)
    if not summary:
        result.add("test_lint", False, output[-4000:])
        return result
    failed, errors, total = map(int, summary.groups())
    bad = failed + errors
    result.add_counts(total - bad, [f"test_lint ({bad} failed, see test-results/testlint.log)"] * bad)
    if bad:
        print("    " + "\n    ".join(bad_log_lines(output)[:80]), flush=True)
    return result
