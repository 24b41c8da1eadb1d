from odoo import fields, models
from odoo.exceptions import UserError


class PaydoxCaseMessage(models.TransientModel):
    """A message of the discussion before it is sent; the verbs check everything again."""

    _name = "paydox.case.message"
    _description = "Message in a Case"
    _inherit = ["paydox.case.window"]

    kind = fields.Selection(
        selection=[("ask", "To colleagues"), ("answer", "Answer"), ("client", "To the client")],
        default="ask",
        required=True,
    )
    question_id = fields.Many2one(comodel_name="paydox.case.question", ondelete="cascade")
    question = fields.Char(string="What Was Asked", related="question_id.text", related_sudo=False)
    is_outside = fields.Boolean(related="question_id.is_outside", related_sudo=False)
    asked_by_id = fields.Many2one(related="question_id.asked_by_id", related_sudo=False)
    user_ids = fields.Many2many(comodel_name="res.users", string="Ask for an Answer", domain="[('share', '=', False)]")
    text = fields.Text(string="Your Message")
    deadline = fields.Datetime(string="Answer Until")
    attachment_ids = fields.Many2many(comodel_name="ir.attachment", string="Files")

    # === ACTIONS === #

    def action_send(self):
        """Send it."""
        self.ensure_one()
        files = self.attachment_ids.ids
        if self.kind == "answer":
            if not self.text and not files:
                raise UserError(self.env._("The answer is empty. Write a text or add a file."))
            self.question_id.action_answer(self.text, files)
        elif self.kind == "client":
            self.case_id.action_write_to_client(self.text, files)
        else:
            self.case_id.action_ask(self.user_ids, self.text, self.deadline, files)
        return {"type": "ir.actions.act_window_close"}

    # === HELPERS === #

    def _check_readable(self):
        self.question_id.check_access("read")
        return super()._check_readable()
