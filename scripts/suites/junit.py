"""Runs pytest and reads what it did from its own report."""

import xml.etree.ElementTree as ElementTree

from common import PYTHON, RESULTS, run


def pytest(result, *arguments, name, **options):
    """Run pytest and add its counts; its output is shown when a test failed."""
    report = RESULTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [*PYTHON, "-m", "pytest", "-q", "--color=no", f"--junitxml={report}", *arguments]
    status, output = run(command, f"{name}.log", **options)
    passed, failures, skipped = counts(report)
    result.add_counts(passed, failures, skipped)
    print(f"  {result.name}: {passed} passed, {len(failures)} failed, {skipped} skipped", flush=True)
    # 5: nothing collected; it shows in the counts.
    if status not in (0, 1, 5) or (status == 1 and not failures):
        result.add(f"pytest ended with status {status}", False, output)
    elif failures:
        print("    " + "\n    ".join(output.strip().splitlines()[-120:]), flush=True)
    return status


def counts(report):
    passed, failures, skipped = 0, [], 0
    if not report.exists():
        return passed, failures, skipped
    for case in ElementTree.parse(report).iter("testcase"):
        outcomes = {child.tag for child in case}
        if outcomes & {"failure", "error"}:
            failures.append(f"{case.get('classname')}::{case.get('name')}")
        elif "skipped" in outcomes:
            skipped += 1
            print(f"  skipped {case.get('name')}: {case.find('skipped').get('message')}", flush=True)
        else:
            passed += 1
    return passed, failures, skipped
