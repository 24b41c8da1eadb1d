from odoo import api, models
from odoo.exceptions import UserError


class PaydoxActionRow(models.AbstractModel):
    """A row of a list without a table, acted on right there: each button calls the verb of the record behind the row,
    which checks everything. Who inherits it has the links ``question_id`` and ``line_id``.

    A row ends as soon as somebody did what it asks for; then the person is told and the list is read again.
    """

    _name = "paydox.action.row"
    _description = "Row of a List of Actions"

    # === ACTIONS === #

    def action_reply(self, text=None, attachment_ids=None):
        """Answer questions; without a text, open the window to write one."""
        rows = self._get_open()
        if not rows:
            return self._get_gone_notice()
        questions = rows._get_records("question_id", self.env._("Only messages can be replied to."))
        return questions.action_answer(text, attachment_ids)

    def action_agree(self):
        """Agree with everything selected that waits for a decision; the others are left as they are and told about."""
        rows = self._get_open()
        if not rows:
            return self._get_gone_notice()
        lines = rows.line_id
        if not lines:
            raise UserError(self.env._("Nothing of this waits for a decision. Choose rows that do."))
        result = lines.action_agree()
        return self._get_gone_notice() if result is True and len(rows) < len(self) else result

    def action_decide(self):
        """Open the window to agree with remarks, to return or to refuse."""
        rows = self._get_open()
        if not rows:
            return self._get_gone_notice()
        rows.ensure_one()
        lines = rows._get_records("line_id", self.env._("Only what waits for a decision can be refused."))
        return lines.with_context(default_decision="refuse").action_decide()

    # === HELPERS === #

    def _get_present(self):
        """The rows that are still there."""
        # the rows are kept nowhere, so what was read before may be old
        self.env.flush_all()
        self.invalidate_recordset()
        return self.search([("id", "in", self.ids)])

    def _get_open(self):
        """The rows that still ask for something."""
        return self._get_present()

    def _get_records(self, name, message):
        if self.filtered(lambda row: not row[name]):
            raise UserError(message)
        return self[name]

    @api.model
    def _get_gone_notice(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._("Somebody else did this already, or it is not for you any more."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
