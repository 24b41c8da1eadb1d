from odoo import fields, models

AMENDS = "amends"


class PaydoxDocumentLink(models.Model):
    """What an additional agreement does to the document that it amends."""

    _inherit = "paydox.document.link"

    amount_effect = fields.Selection(
        selection=[("none", "Leaves the amount"), ("add", "Adds its amount"), ("replace", "Replaces the amount")],
        default="none",
        required=True,
        help="What an additional agreement does to the amount of the document that it amends.",
    )

    def _get_amount_after(self, amount):
        self.ensure_one()
        own = self.document_id.currency_id._convert(
            self.document_id.amount, self.target_id.currency_id, self.company_id, self.document_id.date
        )
        return amount + own if self.amount_effect == "add" else own
