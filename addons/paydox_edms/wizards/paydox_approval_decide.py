from odoo import api, fields, models

DECISIONS = [
    ("agree", "Agree"),
    ("refuse", "Refuse"),
    ("return", "Return for rework"),
    ("delegate", "Delegate"),
]


class PaydoxApprovalDecide(models.TransientModel):
    """Asks for the comment; the verbs of the record do the rest and check everything again."""

    _name = "paydox.approval.decide"
    _description = "Take a Decision"

    line_id = fields.Many2one(comodel_name="paydox.approval.line", required=True, ondelete="cascade")
    decision = fields.Selection(selection=DECISIONS, default="agree", required=True)
    comment = fields.Text()
    delay_reason = fields.Text(string="Reason of Delay")
    user_id = fields.Many2one(comodel_name="res.users", string="Delegate To", domain="[('share', '=', False)]")
    # what is decided on
    record_name = fields.Char(string="Document", compute="_compute_record_name")
    step_name = fields.Char(string="Step", related="line_id.step_id.name", related_sudo=False)
    deadline = fields.Datetime(related="line_id.deadline", related_sudo=False)
    is_late = fields.Boolean(related="line_id.is_late", related_sudo=False)
    for_user_id = fields.Many2one(string="For Whom", related="line_id.user_id", related_sudo=False)

    # === COMPUTE METHODS === #

    @api.depends("line_id")
    def _compute_record_name(self):
        for wizard in self:
            wizard.record_name = wizard.line_id and wizard.line_id._get_record().display_name

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards.line_id.check_access("read")
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self.line_id.check_access("read")
        return result

    # === ACTIONS === #

    def action_confirm(self):
        """Take the decision."""
        self.ensure_one()
        record = self.line_id._get_record()
        if self.decision == "delegate":
            record._delegate(self.user_id, self.comment, line=self.line_id)
        else:
            record._decide(self.decision, self.comment, self.delay_reason, line=self.line_id)
        return {"type": "ir.actions.act_window_close"}
