"""Base classes of tests that belong to no single addon.

Odoo gives default tags only to classes of ``odoo.addons.*``; a bare ``TransactionCase`` here would break the collection.
"""

from odoo.tests import HttpCase, TransactionCase, tagged


@tagged("standard", "post_install", "-at_install")
class SuiteCase(TransactionCase):
    """A test over several addons; everything is rolled back."""


@tagged("standard", "post_install", "-at_install")
class SuiteHttpCase(HttpCase):
    """A test over several addons with requests or a browser."""
