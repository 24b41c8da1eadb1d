from odoo import api, models
from odoo.exceptions import UserError


class PaydoxCaseAction(models.Model):
    """Acting right in the list: each button calls the verb of the record behind the row, which checks everything."""

    _inherit = "paydox.case.action"

    # === ACTIONS === #

    def action_reply(self, text=None, attachment_ids=None):
        """Answer questions; without a text, open the window to write one."""
        rows = self._get_present()
        if not rows:
            return self._get_gone_notice()
        questions = rows._get_records("question_id", self.env._("Only messages can be replied to."))
        return questions.action_answer(text, attachment_ids)

    def action_agree(self):
        """Agree with everything selected that waits for a decision; the others are told about."""
        rows = self._get_present()
        if not rows:
            return self._get_gone_notice()
        lines = rows.line_id
        if not lines:
            raise UserError(self.env._("Nothing of this waits for a decision. Choose rows “To decide”."))
        result = lines.action_agree()
        return self._get_gone_notice() if result is True and len(rows) < len(self) else result

    def action_decide(self):
        """Open the window to agree with remarks, to return or to refuse."""
        rows = self._get_present()
        if not rows:
            return self._get_gone_notice()
        rows.ensure_one()
        lines = rows._get_records("line_id", self.env._("Only what waits for a decision can be refused."))
        return lines.with_context(default_decision="refuse").action_decide()

    def action_done(self, report=None):
        """Mark as done."""
        rows = self._get_present()
        if not rows:
            return self._get_gone_notice()
        steps = rows._get_records("step_id", self.env._("Only steps can be marked as done."))
        return steps.action_done(report)

    def action_start(self):
        """Start steps that wait for a hand."""
        rows = self._get_present()
        if not rows:
            return self._get_gone_notice()
        return rows._get_records("step_id", self.env._("Only steps can be started.")).action_start()

    def action_open(self):
        """Open the case, or what is to be decided on."""
        rows = self._get_present()
        if not rows:
            return self._get_gone_notice()
        rows.ensure_one()
        if rows.line_id:
            return rows.line_id.action_open_record()
        return {
            "type": "ir.actions.act_window",
            "res_model": "paydox.case",
            "res_id": rows.case_id.id,
            "views": [(False, "form")],
        }

    # === HELPERS === #

    def _get_present(self):
        """The rows that are still there: a row ends as soon as somebody did what it asks for."""
        # the rows are kept nowhere, so what was read before may be old
        self.env.flush_all()
        self.invalidate_recordset()
        return self.search([("id", "in", self.ids)])

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
