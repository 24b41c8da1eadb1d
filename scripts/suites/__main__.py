"""Runs the suites, reports how many tests each ran, and fails when one failed or ran none.

Called by ``make test``; what to run comes in the environment: SUITE, or FILE and K.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import alone
import hoot
import install
import lint
import odoo_tests
import testlint
import uninstall
import unit
import upgrade
from common import RESULTS, WORKERS, Result

SUITES = {
    "lint": lint.run,
    "unit": unit.run,
    "install": install.run,
    "alone": alone.run,
    "odoo": odoo_tests.run,
    "hoot": hoot.run,
    "testlint": testlint.run,
    "upgrade": upgrade.run,
    "uninstall": uninstall.run,
}
# These fill all cores by themselves; the others run side by side.
WIDE = {"odoo", "upgrade"}


def chosen():
    names = [name.strip() for name in os.environ.get("SUITE", "").split(",") if name.strip()]
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        sys.exit(f"paydox: there is no suite {', '.join(unknown)}. There are: {', '.join(SUITES)}")
    return names or list(SUITES)


def run_suite(name):
    print(f"=== {name} begins", flush=True)
    started = time.monotonic()
    try:
        result = SUITES[name]()
    except Exception as error:  # a suite that breaks must not hide what the others say
        result = Result(name)
        result.add("suite", False, f"{type(error).__name__}: {error}")
    if not result.count:
        result.add("suite", False, "no test was run")
    result.seconds = time.monotonic() - started
    print(f"=== {name}: {result.passed} passed, {result.failed} failed in {result.seconds:.0f} s", flush=True)
    return result


def run_suites(names):
    """Results in the order of the names."""
    narrow = [name for name in names if name not in WIDE]
    with ThreadPoolExecutor(WORKERS) as pool:
        results = dict(zip(narrow, pool.map(run_suite, narrow), strict=True))
    results |= {name: run_suite(name) for name in names if name in WIDE}
    return [results[name] for name in names]


def main():
    RESULTS.mkdir(exist_ok=True)
    if os.environ.get("FILE"):
        sys.exit(odoo_tests.run_file(os.environ["FILE"], os.environ.get("K", "")))
    results = run_suites(chosen())
    print(f"\n{'suite':<12}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for result in results:
        print(f"{result.name:<12}{result.passed:>8}{result.failed:>8}{result.skipped:>9}{result.seconds:>9.0f}")
        for failure in result.failures:
            print(f"    FAILED {failure}")
    failed = sum(result.failed for result in results)
    print(f"\nReports: {RESULTS}")
    print(f"{sum(result.passed for result in results)} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
