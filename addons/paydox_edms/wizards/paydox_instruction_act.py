from odoo import api, fields, models
from odoo.exceptions import UserError

ACTIONS = [
    ("report", "Report"),
    ("decline", "Decline"),
    ("return", "Return for Rework"),
    ("extension", "Ask for Another Term"),
    ("agree", "Agree to the New Term"),
    ("refuse", "Refuse the New Term"),
    ("reassign", "Reassign"),
    ("cancel", "Cancel the Instruction"),
    ("reopen", "Take Up Again"),
    ("part", "Report on One's Part"),
]


class PaydoxInstructionAct(models.TransientModel):
    """Window that asks what a verb of an instruction needs: a text, a term, a person, files."""

    _name = "paydox.instruction.act"
    _description = "What to Do about an Instruction"

    instruction_ids = fields.Many2many(comodel_name="paydox.instruction", string="Instructions", required=True)
    action = fields.Selection(selection=ACTIONS, required=True)
    text = fields.Text()
    report = fields.Html(sanitize=True)
    result = fields.Char(help="In a word: what came of it.")
    is_late = fields.Boolean(compute="_compute_is_late")
    delay_reason_id = fields.Many2one(comodel_name="paydox.delay.reason", string="Reason of Delay", ondelete="cascade")
    deadline = fields.Datetime(string="New Term")
    requested_deadline = fields.Datetime(compute="_compute_requested")
    requested_reason = fields.Text(compute="_compute_requested")
    user_id = fields.Many2one(comodel_name="res.users", string="New Executor", domain="[('share', '=', False)]")
    attachment_ids = fields.Many2many(comodel_name="ir.attachment", string="Files")

    # === COMPUTE METHODS === #

    @api.depends("instruction_ids")
    def _compute_requested(self):
        for window in self:
            requested = window.instruction_ids.extension_ids.filtered(lambda row: row.state == "requested")[:1]
            window.requested_deadline = requested.new_deadline
            window.requested_reason = requested.reason

    @api.depends("instruction_ids")
    def _compute_is_late(self):
        for window in self:
            window.is_late = any(window.instruction_ids.mapped("is_late"))

    # === ACTIONS === #

    def action_confirm(self):
        """Call the verb; what it refuses, it refuses here too."""
        self.ensure_one()
        instructions = self.instruction_ids
        if self.action == "report":
            instructions.action_report(self.report, self.result, self.delay_reason_id)
        elif self.action == "part":
            lines = instructions.co_executor_ids.filtered("can_report")
            if not lines:
                raise UserError(self.env._("No part of it waits for your report."))
            lines.action_report(self.report)
        elif self.action == "extension":
            instructions.action_request_extension(self.deadline, self.text)
        elif self.action in ("agree", "refuse"):
            instructions.action_decide_extension(self.action == "agree", self.text)
        elif self.action == "reassign":
            instructions.action_reassign(self.user_id, self.text)
        else:
            getattr(instructions, f"action_{self.action}")(self.text)
        self._keep_files()
        return {"type": "ir.actions.act_window_close"}

    def _keep_files(self):
        """Files that come with a report stay with the instruction."""
        if self.attachment_ids:
            instruction = self.instruction_ids[:1]
            instruction._adopt_files(self.attachment_ids)
            instruction.message_post(body=self.env._("Files of the report"), attachment_ids=self.attachment_ids.ids)
