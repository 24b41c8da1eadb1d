"""Tests of the addons and of the repository by pytest-odoo, with HTTP and browser tours."""

import os
import subprocess
import sys

import unit
from common import PYTHON, ROOT, WORKERS, Result, databases, fresh_copy, odoo_script, sql
from junit import pytest

DATABASE = "paydox_test"
QUICK = "paydox_quick"


def options(database):
    # tests.selection: the same tests as Odoo's own runner would choose.
    return [
        "-p", "tests.selection", f"--odoo-config={os.environ['ODOO_CONF']}", f"--odoo-database={database}", "--odoo-http",
    ]  # fmt: skip


def run():
    result = Result("odoo")
    fresh_copy(DATABASE)
    # In the order given: the files of the repository take minutes each, at the end one worker would wait for them.
    spread = ["-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder"] if WORKERS > 1 else []
    try:
        odoo_script(DATABASE, "warm_assets.py", log="odoo-assets.log")
        pytest(
            result, *options(DATABASE), *spread, "--ignore-glob=*/tests/unit/*", "--durations=15", "tests", "addons",
            name="odoo",
        )  # fmt: skip
    finally:
        databases("db_drop", DATABASE)
    return result


def quick_database():
    """The database of single files: kept, and made anew when an addon has changed since."""
    databases("db_template")
    template, quick = (
        sql("postgres", f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'")
        for name in ("paydox_template", QUICK)
    )
    if template != quick:
        databases("db_drop", QUICK)
        databases("db_copy", "paydox_template", QUICK)
        databases("db_set_mark", QUICK, template[0][0])


def run_file(path, expression):
    """One file (or file::Class::test), output straight to the terminal; returns the status of pytest."""
    if not (ROOT / path.partition("::")[0]).exists():
        sys.exit(f"paydox: there is no file {path} in the repository.")
    command = [*PYTHON, "-m", "pytest", path, *(["-k", expression] if expression else [])]
    if "/tests/unit" in path:
        folder = path[: path.index("/tests/unit") + len("/tests/unit")]
        return subprocess.run(
            [*command, *unit.options(folder)], cwd=ROOT, check=False, env=unit.environment()
        ).returncode
    quick_database()
    return subprocess.run([*command, *options(QUICK)], cwd=ROOT, check=False).returncode
