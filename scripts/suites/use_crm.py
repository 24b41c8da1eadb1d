"""Runs in Odoo's shell after all PayDox addons are gone: the ordinary work of CRM goes on."""

env = env  # noqa: F821, PLW0127
assert not env["ir.module.module"].search_count([("author", "=", "PayDox"), ("state", "!=", "uninstalled")])
assert not [name for name in env.registry if name.startswith("paydox")]

views = [(False, kind) for kind in ("kanban", "list", "form", "search")]
for model in ("crm.lead", "crm.stage", "res.partner", "res.users"):
    assert env[model].get_views(views if model == "crm.lead" else views[1:])["views"]

lead = env["crm.lead"].create({"name": "After the removal", "type": "opportunity", "expected_revenue": 100})
lead.action_set_won()
assert lead.won_status == "won"
assert lead.partner_id.create({"name": "Somebody"}).display_name == "Somebody"
