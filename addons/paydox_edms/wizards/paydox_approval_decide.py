from odoo import api, fields, models

DECISIONS = [
    ("agree", "Agree"),
    ("refuse", "Refuse"),
    ("return", "Return for rework"),
    ("delegate", "Delegate"),
    ("recuse", "Step out"),
    ("add", "Add approvers"),
]


class PaydoxApprovalDecide(models.TransientModel):
    """Asks for the comment; the verbs of the record do the rest and check everything again."""

    _name = "paydox.approval.decide"
    _description = "Take a Decision"

    line_id = fields.Many2one(comodel_name="paydox.approval.line", required=True, ondelete="cascade")
    decision = fields.Selection(selection=DECISIONS, default="agree", required=True)
    comment = fields.Text()
    delay_reason_id = fields.Many2one(comodel_name="paydox.delay.reason", string="Reason of Delay")
    delay_reason = fields.Text(string="More on the Delay")
    user_id = fields.Many2one(comodel_name="res.users", string="Delegate To", domain="[('share', '=', False)]")
    user_ids = fields.Many2many(comodel_name="res.users", string="Whom to Ask", domain="[('share', '=', False)]")
    is_after = fields.Boolean(string="Ask Them after the Others")
    return_step_id = fields.Many2one(
        comodel_name="paydox.approval.step",
        string="Return To",
        domain="[('id', 'in', former_step_ids)]",
        ondelete="cascade",
        help="Empty: the author. An earlier step decides again, and all steps after it.",
    )
    # what is decided on
    record_name = fields.Char(string="Document", compute="_compute_record_name")
    step_name = fields.Char(string="Step", related="line_id.step_id.name", related_sudo=False)
    deadline = fields.Datetime(related="line_id.deadline", related_sudo=False)
    is_late = fields.Boolean(related="line_id.is_late", related_sudo=False)
    for_user_id = fields.Many2one(string="For Whom", related="line_id.user_id", related_sudo=False)
    allow_ad_hoc = fields.Boolean(related="line_id.approval_id.allow_ad_hoc", related_sudo=False)
    former_step_ids = fields.Many2many(comodel_name="paydox.approval.step", compute="_compute_former_step_ids")

    # === COMPUTE METHODS === #

    @api.depends("line_id")
    def _compute_record_name(self):
        for wizard in self:
            wizard.record_name = wizard.line_id and wizard.line_id._get_record().display_name

    @api.depends("line_id")
    def _compute_former_step_ids(self):
        for wizard in self:
            step = wizard.line_id.step_id
            wizard.former_step_ids = step.approval_id.step_ids.filtered(
                lambda former, step=step: former.sequence < step.sequence and former.state == "agreed"
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._check_readable()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self._check_readable()
        return result

    # === ACTIONS === #

    def action_confirm(self):
        """Take the decision."""
        self.ensure_one()
        record = self.line_id._get_record()
        if self.decision == "delegate":
            record._delegate(self.user_id, self.comment, line=self.line_id)
        elif self.decision == "add":
            record._add_approvers(self.user_ids, self.comment, self.is_after)
        elif self.decision == "return":
            record._return(self.comment, self.delay_reason, self.delay_reason_id, self.return_step_id, self.line_id)
        else:
            answer = self._prepare_answer()
            record._decide(self.decision, self.comment, self.delay_reason, line=self.line_id, answer=answer)
        return {"type": "ir.actions.act_window_close"}

    # === HELPERS === #

    def _prepare_answer(self):
        """What is answered besides yes or no; kinds of steps extend it."""
        return {"delay_reason_id": self.delay_reason_id}

    def _check_readable(self):
        self.line_id.check_access("read")
        self.return_step_id.check_access("read")
