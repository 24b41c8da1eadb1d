"""Loads the pure modules of the addon by path, so that these tests need neither Odoo nor a database."""

import importlib.util
from pathlib import Path


def load_tool(name):
    """Return the module ``tools/<name>.py`` of the addon."""
    path = Path(__file__).parents[2] / "tools" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"paydox_edms_pure_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
