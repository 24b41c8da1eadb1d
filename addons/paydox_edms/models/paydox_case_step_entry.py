from odoo import models

from odoo.addons.paydox_edms.tools.condition import parse_condition

from .paydox_case_step import PASSED_STATES


class PaydoxCaseStep(models.Model):
    """Entry conditions: what has to be done before a step, and what the case has to look like."""

    _inherit = "paydox.case.step"

    # === BUSINESS METHODS === #

    def _get_entry(self):
        """What becomes of a waiting step now.

        :return: ``(verdict, reason)``; verdict ``wait``, ``unmet`` (waits for the condition), ``skip`` or ``start``
        """
        self.ensure_one()
        verdict, reason = self._get_turn()
        if verdict != "start":
            return verdict, reason
        if not self._is_condition_met():
            if self.if_unmet == "wait":
                return "unmet", False
            return "skip", self.env._("Not applicable: the condition of the step is not met.")
        return "start", False

    def _get_turn(self):
        """Whether the steps before it let it start."""
        before = self.predecessor_ids
        if not before:
            return "start", False
        done = before.filtered(lambda step: step.state == "done")
        passed = before.filtered(lambda step: step.state in PASSED_STATES)
        if self.predecessor_rule == "any":
            if done:
                return "start", False
            if passed != before:
                # A branch that was left out does not open the way while another one still runs.
                return "wait", False
            return ("start", False) if self.after_skipped else ("skip", self._get_left_out_reason(before))
        if passed != before:
            return "wait", False
        left_out = before - done
        if left_out and not self.after_skipped:
            return "skip", self._get_left_out_reason(left_out)
        return "start", False

    def _get_left_out_reason(self, steps):
        return self.env._("Not applicable: “%(step)s” before it was left out.", step=steps[:1].display_name)

    def _is_condition_met(self):
        """Raises whatever a condition raises that cannot be used any more: the step then says so."""
        case = self.case_id
        if (self.condition or "").strip() and not case.filtered_domain(parse_condition(self.condition)):
            return False
        if (self.subject_condition or "").strip():
            record = case._get_subject()
            return bool(record and record.filtered_domain(parse_condition(self.subject_condition)))
        return True
