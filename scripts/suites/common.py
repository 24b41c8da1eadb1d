"""What the suites share: where things are, how commands are run, how results are counted."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
SCRIPTS = ROOT / "scripts"
RESULTS = ROOT / "test-results"
PYTHON = [sys.executable]
WORKERS = int(os.environ.get("WORKERS", "2"))
NO_SERVER = ["--stop-after-init", "--no-http"]
LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) (?P<text>.*)")

sys.path.insert(0, str(SCRIPTS / "lib"))
import addons as manifests  # noqa: E402


class Result:
    """Counts of one suite; a named check is a test too."""

    def __init__(self, name):
        self.name = name
        self.passed = self.failed = self.skipped = 0
        self.seconds = 0
        self.failures = []

    @property
    def count(self):
        return self.passed + self.failed

    def add(self, name, ok, detail=""):
        """Count one check and show it at once."""
        if ok:
            self.passed += 1
        else:
            self.failed += 1
            self.failures.append(name)
        print(f"  {'ok    ' if ok else 'FAILED'} {self.name}: {name}", flush=True)
        if not ok and detail:
            print("    " + "\n    ".join(str(detail).strip().splitlines()[-40:]), flush=True)
        return ok

    def add_counts(self, passed, failures, skipped=0):
        """Count the tests of a runner that reported them by itself."""
        self.passed += passed
        self.failed += len(failures)
        self.skipped += skipped
        self.failures += failures


def addon_names():
    return manifests.in_order(manifests.manifests())


def addons_with(pattern):
    """Addons that have a file of this pattern."""
    return [name for name in addon_names() if any((ADDONS / name).glob(pattern))]


def run(command, log, **options):
    """Run a command with its output in test-results/LOG; return (status, output)."""
    path = RESULTS / log
    with path.open("w", encoding="utf-8") as out:
        status = subprocess.run(
            [str(part) for part in command], stdout=out, stderr=subprocess.STDOUT, cwd=ROOT, check=False, **options
        ).returncode
    return status, path.read_text(encoding="utf-8", errors="replace")


def odoo(database, *arguments, log, **options):
    """Run Odoo on a database; return (status, output)."""
    command = [*PYTHON, "-m", "odoo", "-c", os.environ["ODOO_CONF"], "-d", database, *arguments]
    return run(command, log, **options)


def odoo_script(database, script, log):
    """Run a file of this folder in Odoo's shell; return (status, output)."""
    command = [*PYTHON, "-m", "odoo", "shell", "-c", os.environ["ODOO_CONF"], "-d", database, "--no-http"]
    with (Path(__file__).parent / script).open(encoding="utf-8") as source:
        return run(command, log, stdin=source)


def databases(*call):
    """Call a function of scripts/lib/database.sh."""
    subprocess.run([SCRIPTS / "lib" / "databases.sh", *call], check=True)


def sql(database, query):
    """Rows of a query, as lists of text."""
    answer = subprocess.run(
        ["psql", "-qAtX", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [line.split("\x1f") for line in answer.splitlines()]


def fresh_copy(name, template="paydox_template"):
    """A new database of this name, equal to the template, which is brought up to date first."""
    databases("db_template", *(["demo"] if template.endswith("_demo") else []))
    databases("db_drop", name)
    databases("db_copy", template, name)
    return name


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def allowed_lines():
    """Log lines of Odoo's or Debian's own making; each stands in the file below a comment with its reason."""
    lines = (Path(__file__).parent / "allowed_log_lines.txt").read_text(encoding="utf-8").splitlines()
    return [re.compile(line) for line in lines if line.strip() and not line.startswith("#")]


def bad_log_lines(output):
    """Lines of the log of level WARNING or above that are not expected, with the lines that belong to them."""
    allowed, bad, keep = allowed_lines(), [], False
    for line in output.splitlines():
        if match := LOG_LINE.match(line):
            keep = match["level"] in {"WARNING", "ERROR", "CRITICAL"} and not any(
                pattern.search(match["text"]) for pattern in allowed
            )
        if keep:
            bad.append(line)
    return bad


def add_odoo_run(result, name, status, output):
    """One check: Odoo ended well and its log has no warning."""
    bad = bad_log_lines(output)
    return result.add(name, status == 0 and not bad, "\n".join(bad[:30]) or output[-3000:])
