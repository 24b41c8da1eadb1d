from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.locking import lock_rows

from .paydox_approval_decision import LINE_STATES
from .paydox_approval_line import group_by_values

COMMENT_REQUIRED = ("refuse", "return", "recuse")


class PaydoxApprovalMixin(models.AbstractModel):
    """How a decision is taken: rule 6, in one place for every verb."""

    _inherit = "paydox.approval.mixin"

    # === BUSINESS METHODS === #

    def _decide(self, action, comment=None, delay_reason=None, line=None, target=None, answer=None):
        """Take the current user's decision on each record, close what it closes and hand over to the next.

        :param line: the lines decided on, one a record, when the user has more than one turn
        :param target: the person to whom the decision is delegated, or the step to which the run returns
        :param dict answer: what the kind of the step asks for besides yes or no, such as the option of a vote
        """
        self.check_access("read")
        comment, delay_reason = self._clean_text(comment), self._clean_text(delay_reason)
        answer = dict(answer or {})
        delay_sudo = self._find_delay_reason(answer.pop("delay_reason_id", None))
        lines_sudo = self._claim_turns(line)
        lines_sudo.approval_id._load_course()
        now, values = fields.Datetime.now(), {}
        for line_sudo in lines_sudo:
            record = self.browse(line_sudo.res_id)
            record._check_decision(action, line_sudo, comment, delay_reason or delay_sudo.name, target)
            values[line_sudo] = line_sudo._accept_answer(action, answer)
        action = "remarks" if action == "agree" and comment else action
        reasons = {"delay_reason": delay_reason, "delay_reason_id": delay_sudo.id}
        common = {
            "state": LINE_STATES[action],
            "action": action,
            "decided_by_id": self.env.uid,
            "decided_at": now,
            "comment": comment,
        } | reasons
        lines_sudo._drop_activities()
        line_values = {
            line_sudo: {"version_id": line_sudo._get_record()._get_approval_version().id}
            | line_sudo._prepare_delay_values(now)
            | line_vals
            for line_sudo, (line_vals, _decision_vals) in values.items()
        }
        for vals, group_sudo in group_by_values(line_values).items():
            group_sudo.write(common | dict(vals))
        lines_sudo.approval_id._append_many(
            [
                (
                    line_sudo.approval_id,
                    action,
                    line_sudo,
                    {"decided_at": now, "comment": comment, **reasons, **self._get_target_values(target)}
                    | decision_vals,
                )
                for line_sudo, (_line_vals, decision_vals) in values.items()
            ]
        )
        lines_sudo._admit(self.env.user)
        self._log_decision(action, lines_sudo, comment, target)
        self._hand_over(action, lines_sudo, target)

    def _hand_over(self, action, lines_sudo, target):
        """What follows from the decisions: the next people, the next step, or the end."""
        if action == "return":
            for line_sudo in lines_sudo:
                line_sudo.approval_id._go_back(line_sudo.step_id, target)
            return
        if action == "delegate":
            lines_sudo._replace(target)
            return
        if action == "recuse":
            lines_sudo = lines_sudo._replace_recused()
        passed = refused = lines_sudo.approval_id.browse()
        steps_sudo = lines_sudo.step_id.filtered(lambda step: step.state == "running")
        for step_sudo in steps_sudo:
            outcome = step_sudo._evaluate()
            if outcome == "agreed":
                passed |= step_sudo.approval_id
            elif outcome:
                refused |= step_sudo.approval_id
        steps_sudo.filtered(lambda step: step.state == "running")._ask_next()
        passed._advance()
        refused._close("rejected")

    def _lock_running_approvals(self, *extra_domain):
        """The running rounds of the records, locked against others who press at the same moment."""
        domain = [
            ("res_model", "=", self._name),
            ("res_id", "in", self.ids),
            ("state", "=", "running"),
            *extra_domain,
        ]
        # sudo: the rows of the run are written by the engine only
        approvals_sudo = self.env["paydox.approval"].sudo()._search_whole(domain)
        found = set(approvals_sudo.mapped("res_id"))
        if missing := self.filtered(lambda record: record.id not in found):
            raise UserError(self.env._("%(record)s is not on approval.", record=missing[0].display_name))
        lock_rows(approvals_sudo)
        return approvals_sudo

    def _claim_turns(self, line=None):
        """The line of each record on which the current user decides now.

        Approval goes before acquaintance, his own turn before those of whom he substitutes.
        """
        if line:
            line._check_running()
        approvals_sudo = self._lock_running_approvals()
        lines = self.env["paydox.approval.line"]
        # sudo: the answer is about the current user's own turn
        lines_sudo = lines.sudo()._search_whole(
            lines._get_to_decide_domain() & Domain("approval_id", "in", approvals_sudo.ids)
        )
        if line:
            lines_sudo &= line.sudo()
        by_record = lines_sudo.sorted(
            lambda line: (line.approval_id.purpose != "approval", line.user_id.id != self.env.uid, line.id)
        ).grouped("res_id")
        if missing := self.filtered(lambda record: record.id not in by_record):
            raise AccessError(missing[0]._get_no_turn_text(line))
        return lines.sudo().browse(by_record[record.id][:1].id for record in self)

    def _get_no_turn_text(self, line=None):
        """Why the current user cannot decide now: who was first, or that it is not his turn."""
        self.ensure_one()
        principals = self.env.user.document_principal_ids
        # sudo: the answer is about the current user's own turn
        lines_sudo = (line or self.env["paydox.approval.line"]).sudo()
        lines_sudo = lines_sudo or self.sudo().approval_id.line_ids.filtered("decided_at").sorted("decided_at")
        if decided_sudo := lines_sudo.filtered(lambda line: line.user_id in principals)[-1:]:
            return self.env["paydox.approval.line"].browse(decided_sudo.id)._get_stale_text()
        return self.env._("%(record)s does not wait for your decision now.", record=self.display_name)

    def _check_decision(self, action, line_sudo, comment, delay_reason, target):
        if action == "recuse" and not comment:
            raise UserError(self.env._("Write why you step out of the decision."))
        if action in COMMENT_REQUIRED and not comment:
            raise UserError(self.env._("Write a comment: the author needs to know what to change."))
        if line_sudo.kind == "acquaint" and action in COMMENT_REQUIRED:
            raise UserError(self.env._("An acquaintance is only confirmed; it cannot be refused or returned."))
        if action == "delegate":
            self._check_delegation(line_sudo, target)
        elif action == "return" and target:
            self._check_return(line_sudo, target)
        elif line_sudo.is_late and action != "recuse" and not (comment or delay_reason):
            raise UserError(
                self.env._(
                    "The term of this decision is over. Choose or write the reason of the delay and decide again."
                )
            )

    # === HELPERS === #

    def _find_delay_reason(self, reason):
        """The reason of the directory, given as a record or an id; nothing when there is none such."""
        reasons = self.env["paydox.delay.reason"]
        if isinstance(reason, models.BaseModel):
            reason = reason.id if reason._name == reasons._name else 0
        if not reason:
            return reasons.sudo()
        # sudo: portal users who decide by a link have no access to the directory
        found_sudo = reasons.sudo().search([("id", "=", reason if type(reason) is int else 0)])
        if not found_sudo:
            raise UserError(self.env._("There is no such reason of delay. Choose one from the list."))
        return found_sudo

    def _get_target_values(self, target):
        if not target:
            return {}
        return {"target_step_id" if target._name == "paydox.approval.step" else "target_user_id": target.id}
