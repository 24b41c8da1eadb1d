from odoo import api, fields, models
from odoo.exceptions import AccessError

ACTIONS = [
    ("add", "Add approvers"),
    ("term", "Change the term"),
    ("counterparty", "Send to the counterparty again"),
    ("bypass", "Pass over the step"),
    ("stop", "Stop the approval"),
]


class PaydoxApprovalControl(models.TransientModel):
    """What those who answer for a run may do with it; the verbs check everything again."""

    _name = "paydox.approval.control"
    _description = "Manage an Approval"

    approval_id = fields.Many2one(comodel_name="paydox.approval", required=True, ondelete="cascade")
    action = fields.Selection(selection=ACTIONS, default="add", required=True)
    reason = fields.Text()
    user_ids = fields.Many2many(comodel_name="res.users", string="Whom to Ask", domain="[('share', '=', False)]")
    is_after = fields.Boolean(string="Ask Them after the Others")
    deadline = fields.Datetime(string="New Term")
    allow_ad_hoc = fields.Boolean(related="approval_id.allow_ad_hoc", related_sudo=False)
    can_manage = fields.Boolean(compute="_compute_can_manage")

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    @api.depends("approval_id")
    def _compute_can_manage(self):
        for wizard in self:
            wizard.can_manage = self.env.user.has_group("paydox_edms.paydox_edms_group_manager")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards.approval_id.check_access("read")
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self.approval_id.check_access("read")
        return result

    # === ACTIONS === #

    def action_confirm(self):
        """Do it."""
        self.ensure_one()
        record = self.approval_id._get_record()
        if self.action == "add":
            record.action_add_approver(self.user_ids, self.reason, self.is_after)
        elif self.action == "counterparty":
            record.action_ask_counterparty_again()
        elif self.action == "bypass":
            record.action_bypass_step(self.reason)
        elif self.action == "stop":
            record.action_stop(self.reason)
        else:
            self._change_term()
        return {"type": "ir.actions.act_window_close"}

    def _change_term(self):
        lines = self.approval_id.line_ids.filtered(lambda line: line.state == "pending")
        if not lines:
            raise AccessError(self.env._("Nobody is asked now, so there is no term to change."))
        lines.action_change_deadline(self.deadline, self.reason)
