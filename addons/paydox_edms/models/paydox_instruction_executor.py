from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .paydox_instruction import WORKING_STATES

VERB_FIELDS = frozenset(("state", "report", "reported_at", "reported_by_id"))


class PaydoxInstructionExecutor(models.Model):
    """A co-executor: his part, his own term, his own report."""

    _name = "paydox.instruction.executor"
    _description = "Co-Executor of an Instruction"
    _inherit = ["paydox.engine.fields"]
    _order = "instruction_id, id"
    _rec_name = "user_id"

    instruction_id = fields.Many2one(comodel_name="paydox.instruction", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instruction_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Co-Executor",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    deadline = fields.Datetime(string="Term", help="Empty: that of the instruction.")
    term = fields.Datetime(
        string="His Term", compute="_compute_term", store=True, help="His own, or else that of the instruction."
    )
    note = fields.Char(string="His Part")
    state = fields.Selection(
        selection=[
            ("waiting", "Not Given Yet"),
            ("assigned", "Assigned"),
            ("reported", "Reported"),
            ("cancelled", "Cancelled"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        copy=False,
    )
    report = fields.Html(readonly=True, copy=False)
    reported_at = fields.Datetime(readonly=True, copy=False)
    reported_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    can_report = fields.Boolean(compute="_compute_can_report")

    _once = models.Constraint("UNIQUE(instruction_id, user_id)", "This person is a co-executor already.")

    _open_idx = models.Index("(user_id, term) WHERE state = 'assigned'")

    # === COMPUTE METHODS === #

    @api.depends("deadline", "instruction_id.deadline")
    def _compute_term(self):
        for line in self:
            line.term = line.deadline or line.instruction_id.deadline

    @api.depends("state", "user_id", "instruction_id.state")
    @api.depends_context("uid")
    def _compute_can_report(self):
        principals = self.env.user.document_principal_ids
        for line in self:
            line.can_report = line.state == "assigned" and line.user_id in principals

    # === CONSTRAINT METHODS === #

    @api.constrains("user_id", "instruction_id")
    def _check_user(self):
        for line in self:
            # sudo: colleagues are compared, nothing of them is shown
            line_sudo = line.sudo()
            if line_sudo.user_id.share or line_sudo.company_id not in line_sudo.user_id.company_ids:
                raise ValidationError(self.env._("Co-executors are employees of the company."))
            if line_sudo.user_id == line_sudo.instruction_id.executor_id:
                raise ValidationError(
                    self.env._(
                        "%(user)s answers for the whole already. Choose others as co-executors.",
                        user=line_sudo.user_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_not_forged(vals)
        lines = super(PaydoxInstructionExecutor, self._without_forged_defaults()).create(vals_list)
        lines.instruction_id._check_editable()
        return lines

    def write(self, vals):
        if not self.env.su:
            self._check_not_forged(vals)
            self.instruction_id._check_editable()
        result = super().write(vals)
        if not self.env.su:
            self.check_access("write")
            self.instruction_id._check_editable()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given(self):
        if not self.env.su:
            self.instruction_id._check_editable()

    # === ACTIONS === #

    def action_report(self, report=None):
        """Report one's part as done.

        :param str report: what was done, as plain text or HTML
        """
        self.check_access("read")
        self.instruction_id._lock()
        # sudo: reports are written by this verb only
        for line_sudo in self.sudo():
            if line_sudo.user_id not in self.env.user.document_principal_ids:
                raise AccessError(self.env._("This part is that of %(user)s.", user=line_sudo.user_id.name))
            if line_sudo.state != "assigned" or line_sudo.instruction_id.state not in WORKING_STATES:
                raise UserError(
                    self.env._(
                        "The part of %(user)s waits for no report now. Refresh the page.", user=line_sudo.user_id.name
                    )
                )
            line_sudo.write(
                {
                    "state": "reported",
                    "report": self.instruction_id._clean_report(report),
                    "reported_at": fields.Datetime.now(),
                    "reported_by_id": self.env.uid,
                }
            )
            line_sudo.instruction_id._note(
                "co_reported",
                line_sudo.instruction_id.executor_id,
                self.env._("%(user)s reported on the own part.", user=line_sudo.user_id.name),
            )
        self.instruction_id._sync_turns()
        return True

    # === HELPERS === #

    @api.model
    def _get_engine_fields(self):
        return VERB_FIELDS

    @api.model
    def _check_not_forged(self, vals):
        if forged := [name for name in VERB_FIELDS & vals.keys() if vals[name] not in (False, None, "waiting")]:
            raise AccessError(
                self.env._("%(fields)s is written by the buttons only.", fields=", ".join(sorted(forged)))
            )
