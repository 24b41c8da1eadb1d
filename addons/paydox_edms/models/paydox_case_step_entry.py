from odoo import models

from odoo.addons.paydox_edms.tools.condition import parse_condition

from .paydox_case_step import PASSED_STATES


class PaydoxCaseStep(models.Model):
    """Entry conditions: what has to be done before a step, and what the case has to look like."""

    _inherit = "paydox.case.step"

    # === BUSINESS METHODS === #

    def _get_turn(self):
        """Whether the steps before it let it start.

        :return: ``(verdict, reason)``; verdict ``wait``, ``skip`` or ``start``
        """
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

    def _has_condition(self):
        return bool((self.condition or "").strip() or (self.subject_condition or "").strip())

    def _get_condition_verdict(self):
        """As ``_get_turn``, by the condition; ``unmet``: the step waits until it is met."""
        if self._is_condition_met():
            return "start", False
        if self.if_unmet == "wait":
            return "unmet", False
        return "skip", self.env._("Not applicable: the condition of the step is not met.")

    def _get_followers(self):
        """``{id of a step: steps of these that come after it}``."""
        followers = {}
        for step in self:
            for before in step.predecessor_ids.ids:
                followers.setdefault(before, []).append(step)
        return followers

    def _is_condition_met(self):
        """Raises whatever a condition raises that cannot be used any more: the step then says so."""
        case = self.case_id
        if (self.condition or "").strip() and not case.filtered_domain(parse_condition(self.condition)):
            return False
        if (self.subject_condition or "").strip():
            record = case._get_subject()
            return bool(record and record.filtered_domain(parse_condition(self.subject_condition)))
        return True
