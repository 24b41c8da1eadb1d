from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

STATES = [
    ("draft", "Draft"),
    ("assigned", "Assigned"),
    ("in_progress", "In Progress"),
    ("reported", "Reported"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
KINDS = [("task", "Task"), ("call", "Call"), ("meeting", "Meeting"), ("reminder", "Reminder")]
OPEN_STATES = ("assigned", "in_progress", "reported")
WORKING_STATES = ("assigned", "in_progress")


class PaydoxInstruction(models.Model):
    """A task with author, executor, co-executors, controller, term and report, on any record or on none."""

    _name = "paydox.instruction"
    _description = "Instruction"
    _inherit = ["paydox.guarded.thread", "paydox.engine.fields", "mail.activity.mixin"]
    _order = "deadline, id"
    _check_company_auto = True

    name = fields.Char(
        string="Subject",
        compute="_compute_from_text",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
    )
    description = fields.Html(
        string="What to Do", compute="_compute_from_text", store=True, readonly=False, precompute=True
    )
    text_id = fields.Many2one(
        comodel_name="paydox.instruction.text",
        string="Standard Text",
        ondelete="set null",
        index="btree_not_null",
        help="Fills in the subject and the text.",
    )
    kind = fields.Selection(selection=KINDS, default="task", required=True)
    priority = fields.Selection(selection=[("0", "Normal"), ("1", "Urgent")], default="0")
    state = fields.Selection(
        selection=STATES, default="draft", required=True, readonly=True, copy=False, index=True, tracking=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", default=lambda self: self.env.company, required=True, index=True
    )
    # people
    author_id = fields.Many2one(
        comodel_name="res.users",
        default=lambda self: self.env.user,
        required=True,
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="In whose name it is given. Who prepares it for his head names the head here: he confirms it.",
    )
    prepared_by_id = fields.Many2one(
        comodel_name="res.users", default=lambda self: self.env.user, required=True, readonly=True, copy=False
    )
    executor_id = fields.Many2one(
        comodel_name="res.users",
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Answers for the whole instruction.",
    )
    candidate_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_instruction_candidate_rel",
        string="Offered to",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="A group of whom the first one who takes it becomes the executor.",
    )
    controller_id = fields.Many2one(
        comodel_name="res.users",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Accepts the report or returns it. Without a controller the report closes the instruction.",
    )
    is_on_control = fields.Boolean(string="On Control", compute="_compute_is_on_control", store=True, readonly=True)
    # term
    term_days = fields.Integer(
        string="Term, Working Days",
        aggregator=None,
        help="Counted in the working time of the executor from the day it is given.",
    )
    deadline = fields.Datetime(string="Term", tracking=True, copy=False)
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    late_hours = fields.Float(
        string="Late by, Working Hours", readonly=True, copy=False, help="Between the end of the term and the report."
    )
    # facts of the course, written by the verbs
    assigned_at = fields.Datetime(string="Given On", readonly=True, copy=False)
    accepted_at = fields.Datetime(string="Accepted On", readonly=True, copy=False)
    reported_at = fields.Datetime(string="Reported On", readonly=True, copy=False)
    reported_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    closed_at = fields.Datetime(string="Closed On", readonly=True, copy=False)
    report = fields.Html(readonly=True, copy=False)
    result = fields.Char(readonly=True, copy=False, help="In a word: what came of it.")
    return_count = fields.Integer(string="Returns", readonly=True, copy=False)
    # what it is about
    res_model = fields.Char(string="Model", copy=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", copy=True, index="btree_not_null")
    record_name = fields.Char(string="About", compute="_compute_record_name")
    # kinds
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Contact", index="btree_not_null", check_company=True
    )
    phone = fields.Char(compute="_compute_phone", store=True, readonly=False)
    start = fields.Datetime(copy=False)
    stop = fields.Datetime(string="End", copy=False)
    location = fields.Char()
    attendee_ids = fields.Many2many(
        comodel_name="res.partner", relation="paydox_instruction_attendee_rel", string="Participants"
    )
    remind_at = fields.Datetime(copy=False)

    _res_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _mine_idx = models.Index("(executor_id, deadline, id) WHERE state IN ('assigned', 'in_progress')")
    _control_idx = models.Index("(controller_id, deadline, id) WHERE state IN ('assigned', 'in_progress', 'reported')")
    _open_author_idx = models.Index("(author_id, deadline, id) WHERE state IN ('assigned', 'in_progress', 'reported')")
    _term_check = models.Constraint("CHECK(term_days >= 0)", "The term cannot be negative.")
    _meeting_check = models.Constraint(
        "CHECK(stop IS NULL OR start IS NULL OR stop >= start)", "It ends before it begins."
    )
    _about_check = models.Constraint(
        "CHECK((res_model IS NULL) = (res_id IS NULL OR res_id = 0))",
        "An instruction is about one record or about none.",
    )

    # === COMPUTE METHODS === #

    @api.depends("text_id")
    def _compute_from_text(self):
        for instruction in self:
            if instruction.text_id:
                instruction.name = instruction.text_id.name
                instruction.description = instruction.text_id.text
            else:
                instruction.name = instruction.name
                instruction.description = instruction.description

    @api.depends("controller_id")
    def _compute_is_on_control(self):
        for instruction in self:
            instruction.is_on_control = bool(instruction.controller_id)

    @api.depends("partner_id")
    def _compute_phone(self):
        for instruction in self:
            instruction.phone = instruction.phone or instruction.partner_id.phone

    @api.depends("deadline", "state", "reported_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for instruction in self:
            end = instruction.reported_at if instruction.state in ("reported", "done") else now
            live = instruction.state in (*OPEN_STATES, "done")
            instruction.is_late = bool(live and instruction.deadline and end and end > instruction.deadline)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        working = Domain("state", "in", WORKING_STATES) & Domain("deadline", "<", fields.Datetime.now())
        reported = Domain("state", "in", ("reported", "done")) & Domain("late_hours", ">", 0)
        return working | reported if True in value else ~(working | reported)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_record_name(self):
        """As the user: who may not read the record learns nothing of it."""
        self.record_name = False
        for model, instructions in self.grouped("res_model").items():
            if model and model in self.env:
                records = self.env[model].browse(set(instructions.mapped("res_id"))).exists()._filtered_access("read")
                names = {record.id: record.display_name for record in records}
                for instruction in instructions:
                    instruction.record_name = names.get(instruction.res_id, False)

    # === CONSTRAINT METHODS === #

    @api.constrains("author_id", "executor_id", "controller_id", "candidate_ids", "company_id")
    def _check_people(self):
        for instruction in self:
            # sudo: colleagues are compared, nothing of them is shown
            people_sudo = (
                instruction.sudo().author_id
                | instruction.executor_id
                | instruction.controller_id
                | instruction.candidate_ids
            ).sudo()
            if people_sudo.filtered(
                lambda user, company=instruction.company_id: user.share or company not in user.company_ids
            ):
                raise ValidationError(
                    self.env._(
                        "Instructions are given by and to employees of the company %(name)s.",
                        name=instruction.company_id.name,
                    )
                )

    @api.constrains("res_model", "res_id")
    def _check_about(self):
        for instruction in self.filtered("res_model"):
            if instruction.res_model not in self._get_subject_models():
                raise ValidationError(self.env._("Instructions cannot be given on this kind of record."))

    # === HOOKS === #

    @api.model
    def _get_subject_models(self):
        """Names of the models that instructions can be about: those with the mixin."""
        registry = self.env.registry
        mixin = registry["paydox.instruction.mixin"]
        return [name for name, model in registry.items() if not model._abstract and issubclass(model, mixin)]

    # === HELPERS === #

    def _get_hidden_name(self):
        return self.env._("Instruction (no access)")

    def _get_subject(self):
        """The record it is about, as an empty or single recordset of its model, or None."""
        self.ensure_one()
        if self.res_model and self.res_model in self.env and self.res_id:
            return self.env[self.res_model].browse(self.res_id).exists()
        return None

    def _get_open_domain(self):
        return Domain("state", "in", OPEN_STATES)

    @api.model
    def _clean_text(self, text, limit=5000):
        if text is not None and not isinstance(text, (str, bool)):
            raise UserError(self.env._("The text must be a text."))
        return (text or "").replace("\0", "").strip()[:limit] if isinstance(text, str) else ""
