from odoo import api, fields, models


class CrmLead2opportunityPartner(models.TransientModel):
    """Into which pipeline a lead is converted."""

    _inherit = "crm.lead2opportunity.partner"

    deal_type_id = fields.Many2one(
        comodel_name="paydox.deal.type",
        compute="_compute_deal_type_id",
        store=True,
        readonly=False,
        compute_sudo=False,
        ondelete="cascade",
        domain="[('id', 'in', open_deal_type_ids)]",
        help="The new deal goes by the stages of this type.",
    )
    open_deal_type_ids = fields.Many2many(
        comodel_name="paydox.deal.type", compute="_compute_open_deal_type_ids", export_string_translation=False
    )

    @api.depends("lead_id")
    def _compute_deal_type_id(self):
        for window in self:
            window.deal_type_id = window.lead_id.deal_type_id

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_open_deal_type_ids(self):
        self.open_deal_type_ids = self.env["paydox.deal.type"]._get_open_types()

    def _convert_and_allocate(self, leads, user_ids, team_id=False):
        # The type decides the stage, so it comes before the conversion; a deal that exists keeps its own.
        if self.deal_type_id:
            leads.filtered(lambda lead: lead.type == "lead" and lead.deal_type_id != self.deal_type_id).write(
                {"deal_type_id": self.deal_type_id.id}
            )
        return super()._convert_and_allocate(leads, user_ids, team_id=team_id)
