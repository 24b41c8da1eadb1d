from odoo import models


class PaydoxApprovalLine(models.Model):
    """A person on the printed sheet."""

    _inherit = "paydox.approval.line"

    # === HELPERS === #

    def _get_approval_cells(self):
        """Rows of texts in the order of the columns of an approval sheet."""
        decisions = self._get_latest_decisions()
        signatures = self._get_signatures()
        positions = (self.user_id | self.decided_by_id)._get_position_history(self.approval_id.company_id)
        moment = self.approval_id._format_moment
        rows = []
        for number, line in enumerate(self, start=1):
            decision, signature = decisions.get(line), signatures.get(line)
            person = line.decided_by_id or line.user_id
            position = signature.position if signature else positions.pick(person, line.decided_at)
            rows.append(
                [
                    str(number),
                    line.step_id.name,
                    position or "",
                    line._get_person_text(),
                    moment(line.requested_at),
                    moment(line.deadline),
                    moment(line.decided_at),
                    line._get_result_text(decision),
                    line._get_remarks_text(),
                    str(line.version_id.number or ""),
                    self._get_signature_text(signature),
                ]
            )
        return rows

    def _get_acquaintance_cells(self):
        """Rows of texts in the order of the columns of an acquaintance sheet."""
        signatures = self._get_signatures()
        positions = (self.user_id | self.decided_by_id)._get_position_history(self.approval_id.company_id)
        moment = self.approval_id._format_moment
        return [
            [
                str(number),
                line.department_id.name or positions.departments.get(line.user_id.id, ""),
                positions.pick(line.decided_by_id or line.user_id, line.decided_at),
                line._get_person_text(),
                moment(line.requested_at),
                moment(line.deadline),
                moment(line.opened_at),
                moment(line.decided_at),
                str(line.version_id.number or ""),
                self._get_signature_text(signatures.get(line)),
            ]
            for number, line in enumerate(self, start=1)
        ]

    def _get_latest_decisions(self):
        return {decision.line_id: decision for decision in self.approval_id.decision_ids.sorted("sequence")}

    def _get_signatures(self):
        return {signature.line_id: signature for signature in self.approval_id.signature_ids}

    def _get_person_text(self):
        """The person who decided, and for whom."""
        if not self.decided_by_id or self.decided_by_id == self.user_id:
            return self.user_id.name
        return self.env._("%(user)s for %(absent)s", user=self.decided_by_id.name, absent=self.user_id.name)

    def _get_result_text(self, decision):
        """The result in the words of the kind of step."""
        words = {
            "confirm": {"agree": self.env._("Confirmed")},
            "sign": {"agree": self.env._("Signed"), "remarks": self.env._("Signed with remarks")},
            "acquaint": {"agree": self.env._("Acquainted"), "remarks": self.env._("Acquainted")},
        }
        if not decision:
            return dict(self._fields["state"]._description_selection(self.env))[self.state]
        if self.kind == "vote":
            return self.env._("Voted")  # what he voted for stands in the protocol, if the vote is open
        labels = dict(decision._fields["action"]._description_selection(self.env))
        text = words.get(self.kind, {}).get(decision.action) or labels[decision.action]
        if decision.target_user_id:
            text = self.env._("%(result)s to %(user)s", result=text, user=decision.target_user_id.name)
        return text

    def _get_remarks_text(self):
        if self.kind == "vote":
            return ""
        parts = [self.comment]
        if self.delegated_from_id:
            parts.append(self.env._("Delegated by %(user)s", user=self.delegated_from_id.user_id.name))
        if self.delay_reason:
            parts.append(self.env._("Reason of the delay: %(reason)s", reason=self.delay_reason))
        return "\n".join(filter(None, parts))

    def _get_signature_text(self, signature):
        if not signature:
            return ""
        text = self.env._("Simple e-signature %(mark)s", mark=signature.hash[:12])
        return "\n".join(filter(None, (text, signature.authority)))
