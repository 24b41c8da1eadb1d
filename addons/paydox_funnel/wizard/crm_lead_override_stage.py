from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLeadOverrideStage(models.TransientModel):
    """Window in which a sales manager moves deals past the control of stages and says why."""

    _name = "crm.lead.override.stage"
    _description = "Move Deals without Checks"

    lead_ids = fields.Many2many(comodel_name="crm.lead", string="Deals", required=True)
    deal_type_id = fields.Many2one(comodel_name="paydox.deal.type", compute="_compute_deal_type_id")
    stage_id = fields.Many2one(
        comodel_name="crm.stage",
        required=True,
        domain="[('deal_type_id', '=', deal_type_id), ('active', '=', True)]",
        ondelete="cascade",
    )
    reason = fields.Char(required=True, help="Kept on the deal and in its status history.")

    @api.depends("lead_ids")
    def _compute_deal_type_id(self):
        for window in self:
            window.deal_type_id = window.lead_ids.deal_type_id[:1]

    def action_apply(self):
        self.ensure_one()
        if len(self.lead_ids.deal_type_id) > 1:
            raise UserError(self.env._("These deals are of several types. Move the deals of one type at a time."))
        self.lead_ids.action_override_stage(self.stage_id, self.reason)
        return {"type": "ir.actions.act_window_close"}
