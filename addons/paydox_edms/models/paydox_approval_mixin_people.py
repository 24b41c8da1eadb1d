from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class PaydoxApprovalMixin(models.AbstractModel):
    """Verbs that change who decides: delegate, add an approver."""

    _inherit = "paydox.approval.mixin"

    # === BUSINESS METHODS === #

    def _delegate(self, user, comment=None, line=None):
        """Hand the turn over to ``user``, a record or an id; ``line`` when the current user has more than one turn."""
        target_sudo = self._find_users(user)
        if len(target_sudo) != 1:
            raise UserError(self.env._("Choose an active colleague to whom you delegate."))
        self._decide("delegate", comment, line=line, target=target_sudo)

    def _check_delegation(self, line_sudo, target):
        reason = self._get_obstacle(line_sudo.step_id, target)
        if target == line_sudo.user_id:
            reason = self.env._("%(user)s is already asked", user=target.name)
        if reason:
            raise UserError(self.env._("You cannot delegate: %(reason)s. Choose another colleague.", reason=reason))

    def _add_approvers(self, users, comment=None, after=False):
        """Ask further people in the step that runs."""
        self.ensure_one()
        self.check_access("read")
        users_sudo = self._find_users(users)
        if not users_sudo:
            raise UserError(self.env._("Choose active colleagues whom you want to ask."))
        approval_sudo = self._lock_running_approvals(("purpose", "=", "approval"))
        step_sudo = approval_sudo.step_ids.filtered(lambda step: step.state == "running")
        self._check_ad_hoc(approval_sudo, step_sudo)
        for user_sudo in users_sudo:
            if reason := self._get_obstacle(step_sudo, user_sudo):
                raise UserError(self.env._("You cannot add an approver: %(reason)s.", reason=reason))
        comment = self._clean_text(comment)
        lines_sudo = step_sudo._add_lines(users_sudo)
        approval_sudo._append_many(
            [
                (
                    approval_sudo,
                    "invite",
                    None,
                    {"step_id": step_sudo.id, "target_user_id": user_sudo.id, "comment": comment},
                )
                for user_sudo in users_sudo
            ]
        )
        self.sudo()._add_approval_participants(users_sudo)
        self._log_step("invite", step_sudo, comment, ", ".join(users_sudo.mapped("name")))
        if after:
            step_sudo._ask_next()
        else:
            lines_sudo._ask(fields.Datetime.now())

    def _check_ad_hoc(self, approval_sudo, step_sudo):
        """Who may add approvers, and where: as the regulation of the route says."""
        name = self.display_name
        user = self.env.user
        has_turn = self._get_decidable_lines(self.ids).step_id & step_sudo
        if not has_turn and user not in approval_sudo._get_excluded():
            raise AccessError(
                self.env._("%(record)s: approvers are added by those whose turn it is and by who sent it.", record=name)
            )
        if not approval_sudo.allow_ad_hoc:
            raise UserError(
                self.env._("%(record)s goes by a fixed route: no approvers can be added to it.", record=name)
            )
        if not step_sudo:
            raise UserError(self.env._("%(record)s: no step runs now.", record=name))

    # === HELPERS === #

    def _get_obstacle(self, step_sudo, user_sudo):
        """Why ``user_sudo`` cannot take part in the step, or False."""
        approval_sudo = step_sudo.approval_id
        if reason := step_sudo._get_unfit_reason(user_sudo, self.sudo()):
            return reason
        if step_sudo._get_current_lines().filtered(lambda line: line.user_id == user_sudo and line._counts()):
            return self.env._("%(user)s already takes part in this step", user=user_sudo.name)
        if not step_sudo.allow_author and user_sudo in approval_sudo._get_excluded():
            return self.env._("%(user)s is the author", user=user_sudo.name)
        return False

    def _find_users(self, users):
        """Active users behind what a caller gave: records, an id, or a list of ids; nothing when any of it is none."""
        if isinstance(users, models.BaseModel):
            users = users.ids if users._name == "res.users" else []
        ids = list(users) if isinstance(users, (list, tuple, set)) else [users]
        # sudo: colleagues are looked up to check that they may decide
        users_sudo = self.env["res.users"].sudo()
        if not all(type(user_id) is int and user_id > 0 for user_id in ids):
            return users_sudo
        found_sudo = users_sudo.search([("id", "in", ids)])
        return found_sudo if len(found_sudo) == len(set(ids)) else users_sudo.browse()
