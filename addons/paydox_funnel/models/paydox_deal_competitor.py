from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PaydoxDealCompetitor(models.Model):
    """A competitor who takes part in a deal, with what he offers."""

    _name = "paydox.deal.competitor"
    _description = "Competitor on a Deal"
    _order = "lead_id, id"
    _rec_name = "partner_id"

    lead_id = fields.Many2one(comodel_name="crm.lead", string="Deal", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Competitor",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('role_ids.is_competitor', '=', True)]",
        help="Chosen among the counterparties with a role of a competitor.",
    )
    offer_amount = fields.Monetary(help="What the competitor asks, as far as we know.")
    currency_id = fields.Many2one(related="lead_id.company_currency")
    strengths = fields.Char()
    weaknesses = fields.Char()
    is_winner = fields.Boolean(
        string="Won the Deal", compute="_compute_is_winner", help="The deal was lost to this competitor."
    )

    _once_uniq = models.Constraint(
        "UNIQUE(lead_id, partner_id)", "This competitor stands on the deal already. Change his line instead."
    )
    _offer_amount_check = models.Constraint("CHECK(offer_amount >= 0)", "An offer cannot be negative.")

    @api.depends("lead_id.lost_competitor_id")
    def _compute_is_winner(self):
        for competitor in self:
            competitor.is_winner = competitor.lead_id.lost_competitor_id == competitor.partner_id

    @api.constrains("partner_id")
    def _check_partner(self):
        self.lead_id._check_competitors()
        self.partner_id._check_is_competitor()


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _check_is_competitor(self):
        # sudo: roles are compared, whoever may read them
        if other := self.sudo().filtered(lambda partner: not any(partner.role_ids.mapped("is_competitor"))):
            raise ValidationError(
                self.env._(
                    "%(name)s is no competitor. Give the counterparty the role of a competitor first.",
                    name=other[0].display_name,
                )
            )
