"""Loads the pure modules of the addon by path, so that these tests need neither Odoo nor a database."""

import importlib.util
import sys
import unittest
from pathlib import Path

try:
    from odoo.tests import BaseCase as PureCase
except ImportError:
    PureCase = unittest.TestCase


def load_tool(name):
    """Return the module ``tools/<name>.py`` of the addon."""
    full_name = f"paydox_crm_pure_{name}"
    if full_name not in sys.modules:
        path = Path(__file__).parents[2] / "tools" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(full_name, path)
        sys.modules[full_name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full_name])
    return sys.modules[full_name]
