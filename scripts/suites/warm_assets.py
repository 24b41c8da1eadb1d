"""Runs in Odoo's shell: makes the asset bundles, so that the first browser of the tests does not wait for them."""

env = env  # noqa: F821, PLW0127
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
