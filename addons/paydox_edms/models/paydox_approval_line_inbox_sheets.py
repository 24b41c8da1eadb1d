from odoo import models


class PaydoxApprovalLine(models.Model):
    """Reading and voting from the inbox: what one press does, and which window it opens otherwise."""

    _inherit = "paydox.approval.line"

    # === BUSINESS METHODS === #

    def _get_window_reason(self):
        if self.kind == "acquaint" and self._is_opened():
            return self.env._("is late, the reason has to be written") if self.is_late else False
        return super()._get_window_reason()

    def _get_answer_action(self):
        if self.kind == "vote":
            return self.step_id.action_open_vote() | {"target": "new"}
        if self.kind == "acquaint" and not self._is_opened():
            record = self._get_record()
            has_file = record._get_approval_version()
            return record.action_open_version() if has_file else self.action_open_record()
        return super()._get_answer_action()
