from odoo import api, fields, models


class CrmLead(models.Model):
    """The warning about the counterparty on each of its deals."""

    _inherit = "crm.lead"

    counterparty_risk = fields.Char(
        string="About the Counterparty",
        compute="_compute_counterparty_risk",
        help="What the check of its number found, and its risk signs.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_counterparty_risk(self):
        # sudo: who reads the deal is warned, whatever he may see of the counterparty
        for lead in self:
            partner_sudo = lead.sudo().partner_id
            lead.counterparty_risk = partner_sudo._get_risk_text() if partner_sudo else False
