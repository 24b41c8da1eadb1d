"""Linters: Python, XML, shell, JavaScript. One check each."""

import os

from common import ADDONS, PYTHON, RESULTS, ROOT, SCRIPTS, Result, addon_names
from common import run as run_command
from lxml import etree

# Rules of OCA that are not ours:
NOT_OURS = (
    "missing-readme",  # wants README.rst; ours is README.md, and tests/test_repository.py looks for it
    "consider-merging-classes-inherited",  # a large model is split by concern into several files
    "odoo-addons-relative-import",  # Odoo itself imports by the full name
)
PYLINT_CHECKS = ["--disable=all", "--enable=odoolint", f"--disable={','.join(NOT_OURS)}"]
PYTHON_CODE = ["addons", "scripts", "tests", "bench"]


def python_checks(addons):
    code = [part for part in PYTHON_CODE if (ROOT / part).exists()]
    yield "ruff check", [*PYTHON, "-m", "ruff", "check", *code]
    yield "ruff format", [*PYTHON, "-m", "ruff", "format", "--check", *code]
    yield "pylint-odoo", [*PYTHON, "-m", "pylint", "--rcfile=pyproject.toml", *PYLINT_CHECKS, *addons]


def other_checks(addons):
    yield "oca-checks", [*PYTHON, "-m", "oca_pre_commit_hooks.cli", *addons]
    shell = [path for path in (*SCRIPTS.rglob("*.sh"), *ROOT.glob("bench/*.sh"), ROOT / ".ci/run") if path.exists()]
    yield "shellcheck", ["shellcheck", "--severity=warning", "--exclude=SC1090,SC1091", *sorted(shell)]
    scripts = [path for path in ADDONS.glob("*/static/**/*.js") if "lib" not in path.parts]
    if scripts:
        eslint = os.environ["NODE_HOME"] + "/node_modules/.bin/eslint"
        options = ["--no-eslintrc", "--no-ignore", "-c", SCRIPTS / "lint/eslintrc.json"]
        plugins = ["--resolve-plugins-relative-to", os.environ["NODE_HOME"]]
        yield "eslint and prettier", [eslint, *options, *plugins, *sorted(scripts)]


def xml_errors():
    for path in sorted(ADDONS.glob("**/*.xml")):
        try:
            etree.parse(path)
        except etree.XMLSyntaxError as error:
            yield f"{path.relative_to(ROOT)}: {error}"


def run_all(result, checks):
    for name, command in checks:
        status, output = run_command(command, f"lint-{name.replace(' ', '-')}.log")
        result.add(name, status == 0, output)


def run():
    result = Result("lint")
    addons = [f"addons/{name}" for name in addon_names()]
    run_all(result, python_checks(addons))
    errors = list(xml_errors())
    (RESULTS / "lint-xml.log").write_text("\n".join(errors), encoding="utf-8")
    result.add("XML is well-formed", not errors, "\n".join(errors))
    run_all(result, other_checks(addons))
    return result
