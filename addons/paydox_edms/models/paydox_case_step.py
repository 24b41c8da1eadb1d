from odoo import api, fields, models

STEP_STATES = [
    ("waiting", "Waiting"),
    ("ready", "Ready to start"),
    ("active", "In progress"),
    ("done", "Done"),
    ("skipped", "Left out"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("waiting", "ready", "active")
PASSED_STATES = ("done", "skipped", "cancelled")


class PaydoxCaseStepDefinition(models.AbstractModel):
    _inherit = "paydox.case.step.definition"

    after_skipped = fields.Boolean(
        string="Goes On After Left Out Steps",
        default=True,
        help="A step before it that was left out or cancelled counts as passed. Otherwise this step is left out too.",
    )

    # === HELPERS === #

    def _prepare_pinned_values(self):
        return super()._prepare_pinned_values() | {"after_skipped": self.after_skipped}


class PaydoxCaseStep(models.Model):
    """A step of a case: what the template said when the case started, and what became of it."""

    _name = "paydox.case.step"
    _description = "Step of a Case"
    _inherit = ["paydox.protected", "paydox.case.step.definition"]
    _order = "case_id, sequence, id"

    case_id = fields.Many2one(comodel_name="paydox.case", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    template_step_id = fields.Many2one(
        comodel_name="paydox.case.template.step",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Empty: the step was added to this case only.",
    )
    code = fields.Char(readonly=True, help="By it the step is found again in other revisions of the template.")
    predecessor_ids = fields.Many2many(
        comodel_name="paydox.case.step",
        relation="paydox_case_step_rel",
        column1="step_id",
        column2="predecessor_id",
        string="After Steps",
        readonly=True,
    )
    successor_ids = fields.Many2many(
        comodel_name="paydox.case.step",
        relation="paydox_case_step_rel",
        column1="predecessor_id",
        column2="step_id",
        string="Steps After It",
        readonly=True,
    )
    # life cycle
    state = fields.Selection(selection=STEP_STATES, default="waiting", required=True, readonly=True, index=True)
    started_at = fields.Datetime(string="Started On", readonly=True)
    deadline = fields.Datetime(readonly=True)
    done_at = fields.Datetime(string="Done On", readonly=True)
    done_by_id = fields.Many2one(comodel_name="res.users", string="Ended By", readonly=True)
    report = fields.Text(readonly=True, help="What was said when the step was done.")
    skip_reason = fields.Text(string="Why Left Out", readonly=True)
    problem = fields.Text(readonly=True, help="Why the step cannot start or end by itself.")
    is_fulfilled = fields.Boolean(readonly=True, help="Everything is done, only data of the form is missing.")
    is_closed_with_case = fields.Boolean(readonly=True)
    run_number = fields.Integer(string="Time", default=1, readonly=True, aggregator=None)
    move_count = fields.Integer(readonly=True)
    # people
    responsible_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_case_step_responsible_rel",
        column1="step_id",
        column2="user_id",
        readonly=True,
        help="Found when the step starts, and fixed from then on.",
    )
    # what it made
    document_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, ondelete="set null", index="btree_not_null"
    )
    approval_id = fields.Many2one(
        comodel_name="paydox.approval", readonly=True, ondelete="set null", index="btree_not_null"
    )
    sub_case_id = fields.Many2one(
        comodel_name="paydox.case", string="Case Inside", readonly=True, ondelete="set null", index="btree_not_null"
    )
    message_id = fields.Many2one(
        comodel_name="mail.message", readonly=True, ondelete="set null", index="btree_not_null"
    )
    event_floor = fields.Integer(readonly=True, help="What was recorded before the step started does not end it.")
    event_id = fields.Many2one(
        comodel_name="paydox.event",
        string="What Happened",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    activity_id = fields.Many2one(
        comodel_name="mail.activity", readonly=True, ondelete="set null", index="btree_not_null"
    )

    _document_uniq = models.UniqueIndex(
        "(document_id) WHERE document_id IS NOT NULL", "The document is of another step."
    )
    _approval_uniq = models.UniqueIndex("(approval_id) WHERE approval_id IS NOT NULL", "The sheet is of another step.")
    _sub_case_uniq = models.UniqueIndex("(sub_case_id) WHERE sub_case_id IS NOT NULL", "The case is of another step.")
    _message_uniq = models.UniqueIndex("(message_id) WHERE message_id IS NOT NULL", "The message is of another step.")
    _event_idx = models.Index("(event_name, case_id) WHERE state = 'active' AND kind = 'event'")

    # === COMPUTE METHODS === #

    @api.depends("name", "run_number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for step in self:
            step.display_name = (
                self.env._("%(step)s, time %(number)s", step=step.name, number=step.run_number)
                if step.run_number > 1
                else step.name
            )

    # === ACTIONS === #

    def action_open_thing(self):
        """Open what the step made: the instruction, the document, the sheet, the case inside."""
        self.ensure_one()
        self.check_access("read")
        thing = self._get_thing()
        if not thing:
            return self.case_id.get_formview_action()
        thing.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": thing._name,
            "res_id": thing.id,
            "views": [(False, "form")],
        }

    # === HELPERS === #

    def _get_thing(self):
        """What a person opens to work on the step."""
        self.ensure_one()
        return self.document_id or self.approval_id or self.sub_case_id

    # === HOOKS === #

    def _make_again(self):
        """Make anew what an active step has lost; kinds extend it."""
        self.ensure_one()

    def _withdraw_things(self, reason):
        """Take back what the steps made and nobody needs any more; kinds extend it."""

    def _hand_over(self, user, reason):
        """Give what the step made to another person; kinds extend it."""
        self.ensure_one()
        if self.activity_id:
            self.activity_id.user_id = user

    def _drop_activities(self):
        self.activity_id.unlink()
