"""Tests of pure functions (addons/*/tests/unit): no database, no registry."""

import os

from common import ADDONS, Result
from junit import pytest


def options(folder):
    # confcutdir: from further up pytest would import the addon itself, and with it Odoo.
    return ["-p", "no:odoo", f"--confcutdir={folder}"]


def environment():
    """Without Odoo in sight, so that a test that needs it fails here."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def run():
    result = Result("unit")
    for folder in sorted(ADDONS.glob("*/tests/unit")):
        name = folder.relative_to(ADDONS).parts[0]
        pytest(result, *options(folder), folder, name=f"unit-{name}", env=environment())
    return result
