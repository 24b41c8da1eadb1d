"""Runs in Odoo's shell: uninstalls every addon of PayDox."""

addons = env["ir.module.module"].search([("author", "=", "PayDox"), ("state", "=", "installed")])  # noqa: F821
assert addons, "there is nothing of PayDox to uninstall"
addons.button_immediate_uninstall()
