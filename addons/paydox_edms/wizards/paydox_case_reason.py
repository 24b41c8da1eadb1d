from odoo import fields, models
from odoo.exceptions import UserError

STEP_VERBS = ("done", "skip", "cancel", "repeat", "reassign", "move")


class PaydoxCaseReason(models.TransientModel):
    """Asks why, and for whom; the verbs check everything again."""

    _name = "paydox.case.reason"
    _description = "Reason of a Change of a Case"
    _inherit = ["paydox.case.window"]

    step_id = fields.Many2one(comodel_name="paydox.case.step", ondelete="cascade", domain="[('case_id', '=', case_id)]")
    verb = fields.Selection(
        selection=[
            ("done", "Done"),
            ("skip", "Leave out"),
            ("reassign", "Give to another person"),
            ("move", "Move to another place"),
            ("repeat", "Do once more"),
            ("cancel", "Cancel"),
            ("case_cancel", "Cancel the case"),
            ("case_reopen", "Reopen the case"),
        ],
        default="done",
        required=True,
    )
    kind = fields.Selection(related="step_id.kind", related_sudo=False)
    reason = fields.Text()
    user_id = fields.Many2one(comodel_name="res.users", string="To Whom", domain="[('share', '=', False)]")
    after_ids = fields.Many2many(
        comodel_name="paydox.case.step",
        string="After Steps",
        domain="[('case_id', '=', case_id), ('id', '!=', step_id)]",
        help="Empty: it can start at once.",
    )

    # === ACTIONS === #

    def action_confirm(self):
        """Do it."""
        self.ensure_one()
        if self.verb in STEP_VERBS and not self.step_id:
            raise UserError(self.env._("Choose the step."))
        case, step = self.case_id, self.step_id
        {
            "done": lambda: step.action_done(self.reason),
            "skip": lambda: step.action_skip(self.reason),
            "cancel": lambda: step.action_cancel(self.reason),
            "repeat": lambda: step.action_repeat(self.reason),
            "reassign": lambda: step.action_reassign(self.user_id, self.reason),
            "move": lambda: step.action_move(self.after_ids),
            "case_cancel": lambda: case.action_cancel(self.reason),
            "case_reopen": lambda: case.action_reopen(self.reason),
        }[self.verb]()
        return {"type": "ir.actions.act_window_close"}

    # === HELPERS === #

    def _check_readable(self):
        self.step_id.check_access("read")
        return super()._check_readable()
