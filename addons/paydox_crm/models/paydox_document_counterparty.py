from odoo import fields, models


class PaydoxDocument(models.Model):
    """Whose document it is when it names a contact or a branch address: the counterparty itself."""

    _inherit = "paydox.document"

    counterparty_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Counterparty Itself", store=True, index="btree_not_null"
    )

    # Papers of many counterparties are looked up by kind: for their cards, the report and the search.
    _counterparty_kind_idx = models.Index("(counterparty_id, kind_id) WHERE counterparty_id IS NOT NULL")
