from odoo import SUPERUSER_ID, api

_BATCH = 2000


def migrate(cr, version):
    """Judge anew who has bank accounts: the codes of banks, correspondent accounts and IBAN are checked now."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    partners = env["res.partner"].with_context(active_test=False)
    field = partners._fields["has_requisites_problems"]
    ids = partners.search([("country_id.code", "in", ("RU", "RO")), ("bank_ids", "!=", False)], order="id").ids
    for start in range(0, len(ids), _BATCH):
        env.add_to_compute(field, partners.browse(ids[start : start + _BATCH]))
        env.flush_all()
        env.invalidate_all()
