from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain


class CrmLead(models.Model):
    """Who else wants the deal, and to whom it was lost."""

    _inherit = "crm.lead"

    partner_id = fields.Many2one(domain="[('is_competitor_only', '=', False)]")
    competitor_line_ids = fields.One2many(
        comodel_name="paydox.deal.competitor",
        inverse_name="lead_id",
        string="Competitors and Their Offers",
        copy=False,
        # Who is only asked to decide on a deal learns nothing of who else bids for it.
        groups="sales_team.group_sale_salesman",
    )
    competitor_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Competitors",
        compute="_compute_competitor_ids",
        inverse="_inverse_competitor_ids",
        search="_search_competitor_ids",
        domain="[('role_ids.is_competitor', '=', True)]",
        groups="sales_team.group_sale_salesman",
        help="Counterparties with the role of a competitor that want the same deal.",
    )
    lost_competitor_id = fields.Many2one(
        comodel_name="res.partner",
        string="Lost To",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        tracking=True,
        domain="[('role_ids.is_competitor', '=', True)]",
        help="The competitor who won the deal.",
    )

    # === COMPUTE METHODS === #

    @api.depends("competitor_line_ids.partner_id")
    def _compute_competitor_ids(self):
        for lead in self:
            lead.competitor_ids = lead.competitor_line_ids.partner_id

    def _inverse_competitor_ids(self):
        for lead in self:
            lines, partners = lead.competitor_line_ids, lead.competitor_ids
            gone = lines.filtered(lambda line, partners=partners: line.partner_id not in partners)
            lead.competitor_line_ids = [
                *(Command.delete(line.id) for line in gone),
                *(Command.create({"partner_id": partner.id}) for partner in partners - lines.partner_id),
            ]

    def _search_competitor_ids(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain("competitor_line_ids.partner_id", operator, value)

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id")
    def _check_competitors(self):
        for lead in self:
            # sudo: a competitor may be of another company; only that he is no other than the customer counts
            customer = lead.partner_id.commercial_partner_id
            if customer and customer in lead.sudo().competitor_line_ids.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is the customer of “%(deal)s” and cannot be its competitor as well.",
                        partner=customer.display_name,
                        deal=lead.name,
                    )
                )

    @api.constrains("lost_competitor_id")
    def _check_lost_competitor(self):
        self.lost_competitor_id._check_is_competitor()

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        # A deal that came back was lost to nobody; who won a deal took part in it.
        back = self.filtered(lambda lead: lead.lost_competitor_id and lead.won_status != "lost")
        if back:
            back.write({"lost_competitor_id": False})
        if vals.get("lost_competitor_id"):
            self._add_winner()
        return result

    # === BUSINESS METHODS === #

    def _add_winner(self):
        # sudo: who may write the deal may say to whom it was lost
        leads_sudo = self.sudo()
        self.env["paydox.deal.competitor"].sudo().create(
            [
                {"lead_id": lead.id, "partner_id": lead.lost_competitor_id.id}
                for lead in leads_sudo
                if lead.lost_competitor_id and lead.lost_competitor_id not in lead.competitor_line_ids.partner_id
            ]
        )

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # sudo: the lines of both deals go on, whoever may read them
        here = self.sudo().competitor_line_ids.partner_id
        customer = self.sudo().partner_id.commercial_partner_id
        for line_sudo in opportunities.sudo().competitor_line_ids:
            partner = line_sudo.partner_id
            if partner not in here and partner.commercial_partner_id != customer:
                here |= partner
                line_sudo.lead_id = self
        return result
