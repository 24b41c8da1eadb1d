from odoo import api, fields, models


class PaydoxCounterpartyRisk(models.AbstractModel):
    """The warning about the counterparty on a record that is about one; who inherits it has ``partner_id``."""

    _name = "paydox.counterparty.risk"
    _description = "Warning about the Counterparty"

    counterparty_risk = fields.Char(
        string="About the Counterparty",
        compute="_compute_counterparty_risk",
        help="What the check of its number found, and its risk signs.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_counterparty_risk(self):
        # sudo: who reads the record is warned, whatever he may see of the counterparty
        for record in self:
            partner_sudo = record.sudo().partner_id
            record.counterparty_risk = partner_sudo._get_risk_text() if partner_sudo else False


class PaydoxDocument(models.Model):
    _name = "paydox.document"
    _inherit = ["paydox.document", "paydox.counterparty.risk"]
