from odoo import models

from .paydox_step_definition import MANUAL_KINDS


class PaydoxApprovalStep(models.Model):
    """Who need not be asked again: agreed in the former round, or in the step before."""

    _inherit = "paydox.approval.step"

    # === HELPERS === #

    def _prepare_carried_values(self, user):
        """Values of a line that shows the agreement of the former round, with the version agreed on; or nothing."""
        line = self._get_former_step()._get_final_line(user)
        return line._prepare_carried_values() if line and line._is_personal_agreement() else {}

    def _prepare_repeated_values(self, user):
        """Values of a line that passes because the same person has just agreed in the step before; or nothing."""
        approval = self.approval_id
        if not approval.skip_repeat or self.kind in MANUAL_KINDS or self.attempt > 1:
            return {}
        before = approval.step_ids.filtered(lambda step: step.sequence < self.sequence and step.state == "agreed")
        line = before.sorted("sequence")[-1:]._get_final_line(user)
        if not line or not (line._is_personal_agreement() or line.action == "repeat"):
            return {}
        return {
            "state": "skipped",
            "action": "repeat",
            "decided_by_id": self.env.uid,
            "decided_at": line.decided_at,
            "comment": self.env._("Agreed in the step “%(step)s”", step=line.step_id.name),
            "version_id": line.version_id.id,
        }

    def _get_former_experts(self, users):
        """People who were added to the step before: ``[(user, values of the line)]``."""
        lines = self._get_asked_lines() if self.attempt > 1 else self._get_former_step()._get_asked_lines()
        record, excluded = self._get_record(), self.approval_id._get_excluded()
        return [
            (line.user_id, self._prepare_carried_values(line.user_id))
            for line in lines.filtered("is_ad_hoc")
            if line.user_id not in users
            and not self._get_unfit_reason(line.user_id, record)
            and (self.allow_author or line.user_id not in excluded)
        ]

    def _get_former_step(self):
        """The same step of the round whose agreements are kept; what the run came back to is decided again."""
        if self.kind not in ("approve", "confirm") or self.attempt > 1:
            return self.browse()
        return self.approval_id.carried_from_id.step_ids.filtered(lambda step: step.sequence == self.sequence)

    def _get_former_users(self, record):
        """Those who were asked when the step was open before; a step that is opened again asks the same people."""
        self.ensure_one()
        if self.attempt == 1:
            return self.env["res.users"]
        users = self._get_asked_lines().filtered(lambda line: not line.is_ad_hoc).user_id
        return users.browse() if any(self._get_unfit_reason(user, record) for user in users) else users

    def _get_asked_lines(self):
        """Lines of those who stood for the step in the end when it was open last."""
        last = max(self.line_ids.mapped("attempt"), default=0)
        return self.line_ids.filtered(
            lambda line: line.attempt == last and line.state != "delegated" and line.action != "recuse"
        ).sorted(lambda line: (line.sequence, line.id))

    def _get_current_lines_or_none(self):
        return self._get_current_lines() if self else self.line_ids

    def _get_final_line(self, user):
        """The line that stands for ``user`` in the end: his own, or that of the one to whom it was delegated."""
        lines = self._get_current_lines_or_none()
        line = lines.filtered(lambda line: line.user_id == user)[-1:]
        seen = line.browse()
        while line.state == "delegated" and line not in seen:
            seen |= line
            line = lines.filtered(lambda other, line=line: other.delegated_from_id == line)[:1]
        return line
