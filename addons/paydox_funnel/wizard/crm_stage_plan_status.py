from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmStagePlanStatus(models.TransientModel):
    """Window that plans from which day a stage stands for another status."""

    _name = "crm.stage.plan.status"
    _description = "Change the Status of a Stage"

    stage_id = fields.Many2one(comodel_name="crm.stage", required=True, ondelete="cascade")
    former_status_id = fields.Many2one(related="stage_id.status_id", string="Stands for Now")
    planned_summary = fields.Char(related="stage_id.planned_summary")
    status_id = fields.Many2one(
        comodel_name="paydox.deal.status",
        string="New Status",
        required=True,
        ondelete="cascade",
        domain="[('outcome', '!=', 'lost'), ('id', '!=', former_status_id)]",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        help="From this day deals in the stage count in the new status; what was before stays as it was.",
    )
    reason = fields.Char(help="Kept in the history of the stage and of its deals.")

    @api.constrains("date_from")
    def _check_date_from(self):
        for window in self:
            if window.date_from < fields.Date.context_today(window):
                raise UserError(
                    self.env._(
                        "Past periods keep their mapping: choose today or a later day, not %(day)s.",
                        day=window.date_from,
                    )
                )

    def action_apply(self):
        self.ensure_one()
        if self.date_from == fields.Date.context_today(self):
            self.stage_id._change_status(self.status_id, self.reason)
        else:
            self.stage_id._plan_status(self.status_id, self.date_from, self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_cancel_planned(self):
        self.ensure_one()
        self.stage_id.action_cancel_planned_status()
        return {"type": "ir.actions.act_window_close"}
