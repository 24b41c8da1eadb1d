from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .paydox_step_definition import MANUAL_KINDS


class PaydoxApprovalMixin(models.AbstractModel):
    """Verbs of those who answer for the run: withdraw, stop, pass over a step."""

    _inherit = "paydox.approval.mixin"

    can_control = fields.Boolean(
        compute="_compute_can_control",
        help="The current user answers for the running round: sent it or manages routes.",
    )

    # === COMPUTE METHODS === #

    @api.depends("approval_ids.state")
    @api.depends_context("uid")
    def _compute_can_control(self):
        is_manager = self.env.user.has_group("paydox_edms.paydox_edms_group_manager")
        for record in self:
            record.can_control = record.approval_state == "running" and (is_manager or record._can_withdraw())

    # === ACTIONS === #

    def action_open_control(self):
        """Open the window for those who answer for the running round."""
        self.ensure_one()
        self.check_access("read")
        return self.approval_id.action_open_control()

    # === BUSINESS METHODS === #

    def _withdraw(self, action, reason=None):
        """End the running rounds on behalf of those who sent them."""
        self.check_access("read")
        reason = self._clean_text(reason)
        for record in self:
            if not record._can_withdraw():
                raise AccessError(
                    self.env._(
                        "%(record)s can be withdrawn by its author, its responsible person or a manager.",
                        record=record.display_name,
                    )
                )
            if action == "stop" and not reason:
                raise UserError(self.env._("Write why the approval is stopped."))
            approval_sudo = record._lock_running_approvals(("purpose", "=", "approval"))
            approval_sudo._append(action, comment=reason)
            step_sudo = approval_sudo.step_ids.filtered(lambda step: step.state == "running")
            if action == "stop":
                record._log_step(action, step_sudo, reason)
            approval_sudo._close("withdrawn")

    def _bypass_step(self, reason=None):
        """Pass over the step that runs."""
        self.ensure_one()
        self.check_access("read")
        name = self.display_name
        if not self.env.user.has_group("paydox_edms.paydox_edms_group_manager"):
            raise AccessError(self.env._("A step is passed over by managers of the registry only."))
        reason = self._clean_text(reason)
        if not reason:
            raise UserError(self.env._("Write why the step is passed over."))
        approval_sudo = self._lock_running_approvals(("purpose", "=", "approval"))
        step_sudo = approval_sudo.step_ids.filtered(lambda step: step.state == "running")
        if not step_sudo.allow_author and self.env.user in approval_sudo._get_excluded():
            raise AccessError(
                self.env._("%(record)s is your own: another manager has to pass over its step.", record=name)
            )
        if step_sudo.kind in MANUAL_KINDS:
            raise UserError(self.env._("%(record)s: signatures and votes cannot be passed over.", record=name))
        approval_sudo._append("bypass", step_id=step_sudo.id, comment=reason)
        self._log_step("bypass", step_sudo, reason)
        step_sudo._close("skipped")
        approval_sudo._advance()
