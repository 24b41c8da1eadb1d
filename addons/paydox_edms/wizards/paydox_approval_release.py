from odoo import fields, models


class PaydoxApprovalRelease(models.TransientModel):
    """Asks why a person need not answer; the verb of the sheet does the rest and checks everything again."""

    _name = "paydox.approval.release"
    _description = "Release from a Sheet"

    line_id = fields.Many2one(comodel_name="paydox.approval.line", required=True, ondelete="cascade")
    user_id = fields.Many2one(related="line_id.user_id", related_sudo=False)
    reason = fields.Char(required=True, help="Stays on the sheet.")

    # === ACTIONS === #

    def action_confirm(self):
        """Release the person."""
        self.ensure_one()
        self.line_id.check_access("read")
        self.line_id.step_id.action_remove_people(self.line_id.user_id.ids, self.reason)
        return {"type": "ir.actions.act_window_close"}
