from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("draft", "Being prepared"),
    ("running", "Running"),
    ("done", "Completed"),
    ("cancelled", "Cancelled"),
]
# Set by the verbs, never by a form, an import or RPC.
ENGINE_FIELDS = frozenset(
    (
        "advance_at",
        "attempts",
        "author_id",
        "case_kind",
        "closed_at",
        "is_completed",
        "move_count",
        "number",
        "own_form_id",
        "parent_step_id",
        "res_id",
        "res_model",
        "result_id",
        "result_note",
        "start_key",
        "started_at",
        "state",
        "step_ids",
        "template_id",
        "template_revision",
        "worker_ids",
    )
)
# The discussion goes on after the case is closed.
DISCUSSION_FIELDS = frozenset(
    ("activity_ids", "message_ids", "message_follower_ids", "message_partner_ids", "message_main_attachment_id")
)


class PaydoxCase(models.Model):
    """What is done to reach one goal: a list of actions and a form of data. Other concerns: ``paydox_case_*``."""

    _name = "paydox.case"
    _description = "Case"
    _inherit = ["paydox.guarded.thread", "paydox.engine.fields", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Subject", required=True, tracking=True, index="trigram")
    number = fields.Char(copy=False, readonly=True, index="trigram")
    company_id = fields.Many2one(
        comodel_name="res.company", default=lambda self: self.env.company, required=True, index=True
    )
    active = fields.Boolean(default=True)
    # definition
    template_id = fields.Many2one(
        comodel_name="paydox.case.template",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The revision of the template on which the case runs until somebody moves it to another one.",
    )
    template_revision = fields.Integer(string="Revision", readonly=True, aggregator=None)
    case_kind = fields.Selection(
        selection=[("general", "General"), ("claim", "Claim"), ("request", "Service request")],
        string="Sort of Case",
        default="general",
        required=True,
        readonly=True,
    )
    # people
    author_id = fields.Many2one(
        comodel_name="res.users",
        string="Started By",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        required=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
        help="Leads the case: adds, moves and leaves out steps, and closes it.",
    )
    participant_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_case_participant_rel",
        column1="case_id",
        column2="user_id",
        string="Participants",
        domain="[('share', '=', False)]",
        help="They read the case and fill in its data.",
    )
    viewer_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_case_viewer_rel",
        column1="case_id",
        column2="user_id",
        string="Viewers",
        domain="[('share', '=', False)]",
        help="They read the case.",
    )
    worker_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_case_worker_rel",
        column1="case_id",
        column2="user_id",
        string="Responsible for Steps",
        copy=False,
        readonly=True,
        help="Everybody who was given a step.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Counterparty", check_company=True, index="btree_not_null", tracking=True
    )
    # goal and result
    goal = fields.Char(tracking=True, help="What is there when the case is completed.")
    result_id = fields.Many2one(
        comodel_name="paydox.case.result",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
    )
    is_reached = fields.Boolean(string="Goal Is Reached", related="result_id.is_reached", store=True)
    result_note = fields.Text(readonly=True, copy=False)
    # data
    properties = fields.Properties(definition="template_id.property_definition", copy=True)
    own_form_id = fields.Many2one(
        comodel_name="paydox.case",
        compute="_compute_own_form_id",
        store=True,
        index="btree_not_null",
        help="The case itself: its further fields are defined on it.",
    )
    own_definition = fields.PropertiesDefinition(string="Definition of Further Data", copy=False)
    own_properties = fields.Properties(
        string="Further Data",
        definition="own_form_id.own_definition",
        precompute=False,
        copy=False,
        help="Fields of this case only.",
    )
    # steps
    step_ids = fields.One2many(comodel_name="paydox.case.step", inverse_name="case_id", string="Steps")
    parent_step_id = fields.Many2one(
        comodel_name="paydox.case.step",
        string="Step of the Case Above",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    # life cycle
    state = fields.Selection(
        selection=STATES, default="draft", required=True, readonly=True, copy=False, index=True, tracking=True
    )
    started_at = fields.Datetime(string="Started On", readonly=True, copy=False)
    closed_at = fields.Datetime(string="Closed On", readonly=True, copy=False)
    deadline = fields.Datetime(copy=False, tracking=True)
    is_completed = fields.Boolean(
        string="Ready to Close", readonly=True, copy=False, help="All required steps are done."
    )
    # engine
    start_key = fields.Char(
        readonly=True, copy=False, help="What started the case: the same thing never starts a second one."
    )
    move_count = fields.Integer(readonly=True, copy=False, help="Grows with every move; carries the lock of the case.")
    advance_at = fields.Datetime(
        readonly=True, copy=False, help="When the job looks at the steps that could not start."
    )
    attempts = fields.Integer(readonly=True, copy=False)

    _start_key_uniq = models.Constraint("UNIQUE(start_key)", "This case is already started.")
    _parent_uniq = models.UniqueIndex(
        "(parent_step_id) WHERE parent_step_id IS NOT NULL", "The step already has a case inside."
    )
    _number_uniq = models.UniqueIndex("(company_id, number) WHERE number IS NOT NULL", "This number is taken.")
    _advance_idx = models.Index("(advance_at, id) WHERE advance_at IS NOT NULL")
    _result_needed = models.Constraint(
        "CHECK(state <> 'done' OR result_id IS NOT NULL)", "A completed case says what came out of it."
    )

    # === COMPUTE METHODS === #

    @api.depends("create_date")
    def _compute_own_form_id(self):
        for case in self:
            case.own_form_id = case._origin

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_engine_fields(vals)
        return super(PaydoxCase, self._without_forged_defaults()).create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_engine_fields(vals)
            self._check_editable(vals)
        result = super().write(vals)
        by_hand = not self.env.su and vals.keys() - DISCUSSION_FIELDS
        if by_hand or vals.keys() & {"properties", "own_properties", "partner_id", "owner_id"}:
            self._on_data_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        if started := self.filtered(lambda case: case.state != "draft"):
            raise UserError(
                self.env._("%(case)s was started, so it stays. Cancel it instead.", case=started[0].display_name)
            )

    # === HELPERS === #

    @api.model
    def _get_engine_fields(self):
        return ENGINE_FIELDS

    @api.model
    def _get_engine_fields_message(self, names):
        return self.env._("%(fields)s cannot be filled in by hand. Use the buttons of the case.", fields=names)

    def _on_data_changed(self):
        """Look again at what waits for data."""
        # sudo: steps are written by the engine only
        cases_sudo = self.sudo().filtered(lambda case: case.state == "running")
        cases_sudo._finish_fulfilled()
        cases_sudo._advance_safely()
