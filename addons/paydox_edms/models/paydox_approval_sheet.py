import json

from odoo import models


class PaydoxApproval(models.Model):
    """Sheets without a route: the people who are to read a document or to vote are named when it is sent."""

    _inherit = "paydox.approval"

    # === BUSINESS METHODS === #

    def _start_sheet(self, record, purpose, step_vals, users):
        """Start a run of one step over ``record`` and ask ``users`` at once.

        :param str purpose: ``acquaintance`` or ``vote``
        :param dict step_vals: values of the one ``paydox.approval.step``
        :return: the new run
        """
        approval = self._create_run(record, {"purpose": purpose})
        approval._pin_steps([{"allow_author": True} | step_vals])
        approval.step_ids._open(users)
        approval._append_people(users)
        return approval

    def _append_people(self, users):
        """Write who was asked into the chain: one link, however many they are."""
        self._append("add", details=json.dumps({"users": sorted(users.ids)}))

    def _on_closed(self, reason):
        result = super()._on_closed(reason)
        if self.purpose == "acquaintance" and self.state == "approved" and self.document_id:
            name = "document.acquainted"
            self.env["paydox.event"]._emit(name, self.document_id, f"{name}:{self.id}", {"round": self.round})
        return result

    # === HELPERS === #

    def _find_broken_link(self):
        return super()._find_broken_link() or self._find_changed_people()

    def _find_changed_people(self):
        """Whether the lines are those of the people in the chain."""
        if self.purpose == "approval":
            return False
        added = {
            user_id
            for decision in self.decision_ids
            if decision.action == "add"
            for user_id in json.loads(decision.details or "{}").get("users", ())
        }
        asked = {user.id for user in self.line_ids.user_id}
        return added != asked and self.env._("The people of the sheet are not those who were asked.")
