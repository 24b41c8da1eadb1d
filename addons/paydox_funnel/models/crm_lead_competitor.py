from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLead(models.Model):
    """Who else wants the deal."""

    _inherit = "crm.lead"

    partner_id = fields.Many2one(domain="[('is_competitor_only', '=', False)]")
    competitor_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="crm_lead_paydox_competitor_rel",
        column1="lead_id",
        column2="partner_id",
        string="Competitors",
        domain="[('role_ids.is_competitor', '=', True)]",
        copy=False,
        help="Counterparties with the role of a competitor that want the same deal.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("competitor_ids", "partner_id")
    def _check_competitors(self):
        for lead in self:
            # sudo: a competitor may be of another company; only that he is no other than the customer counts
            customer = lead.partner_id.commercial_partner_id
            if customer and customer in lead.competitor_ids.sudo().commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is the customer of “%(deal)s” and cannot be its competitor as well.",
                        partner=customer.display_name,
                        deal=lead.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        competitors = opportunities.competitor_ids.filtered(
            lambda partner: partner.commercial_partner_id != self.partner_id.commercial_partner_id
        )
        self.competitor_ids |= competitors
        return result
