from odoo import api, fields, models

STEP_KINDS = [
    ("approve", "Approve"),
    ("confirm", "Confirm"),
    ("sign", "Sign"),
    ("acquaint", "Acquaint"),
    ("vote", "Vote"),
]
STEP_MODES = [("parallel", "All at once"), ("sequential", "One after another")]
STEP_RULES = [("all", "Everybody"), ("any", "Anybody"), ("quorum", "A number of people")]
QUORUM_TYPES = [("number", "People"), ("percent", "Percent")]
APPROVER_KINDS = [
    ("users", "Users"),
    ("group", "Group"),
    ("manager", "Manager of the author"),
    ("department_head", "Head of the department"),
    ("position", "Holder of a position"),
    ("field", "User named in the document"),
    ("counterparty", "Counterparty, by a link"),
]
ON_REFUSAL = [("stop", "Stop at once"), ("collect", "Collect all answers first")]
IF_NOBODY = [("refuse", "Refuse to send"), ("skip", "Leave the step out")]
ESCALATIONS = [
    ("nobody", "Nobody"),
    ("manager", "Manager of the approver"),
    ("author_manager", "Author and manager of the approver"),
]
TIMEOUT_ACTIONS = [
    ("none", "Wait"),
    ("agree", "Agree automatically"),
    ("manager", "Pass to the manager of the approver"),
]
# Kinds on which no machine answers in place of a person.
MANUAL_KINDS = ("sign", "vote")
PLAIN_FIELDS = (
    "name",
    "kind",
    "mode",
    "rule",
    "quorum",
    "quorum_type",
    "quorum_percent",
    "on_refusal",
    "if_nobody",
    "approver_kind",
    "manager_level",
    "approver_field",
    "allow_author",
    "deadline_hours",
    "reminder_hours",
    "escalate_to",
    "timeout_action",
)


class PaydoxStepDefinition(models.AbstractModel):
    """What a step says: shared by the step of a route and by its pinned copy in a run."""

    _name = "paydox.step.definition"
    _description = "Definition of a Step"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(selection=STEP_KINDS, default="approve", required=True)
    # how they decide
    mode = fields.Selection(selection=STEP_MODES, string="Order of People", default="parallel", required=True)
    rule = fields.Selection(selection=STEP_RULES, string="Who Must Agree", default="all", required=True)
    quorum = fields.Integer(default=1, help="How many people must agree.")
    quorum_type = fields.Selection(selection=QUORUM_TYPES, string="Quorum In", default="number", required=True)
    quorum_percent = fields.Integer(
        string="Quorum, %", default=50, aggregator=None, help="Which part of those who are asked must agree."
    )
    on_refusal = fields.Selection(
        selection=ON_REFUSAL,
        default="stop",
        required=True,
        help="When somebody refuses, so that the step cannot pass any more: end it at once, or let the others say "
        "first what they think.",
    )
    # who decides
    approver_kind = fields.Selection(selection=APPROVER_KINDS, string="Approvers", default="users", required=True)
    user_ids = fields.Many2many(
        comodel_name="res.users", domain="[('share', '=', False)]", context={"active_test": False}
    )
    group_id = fields.Many2one(comodel_name="res.groups", ondelete="restrict")
    manager_level = fields.Integer(
        default=1,
        aggregator=None,
        help="1: the manager of the author; 2: the manager of that manager, and so on. "
        "When the chain is shorter, its last manager.",
    )
    approver_field = fields.Selection(selection="_get_approver_fields", string="Field", default="responsible_id")
    allow_author = fields.Boolean(help="The author of the document may decide on this step.")
    if_nobody = fields.Selection(
        selection=IF_NOBODY,
        string="If Nobody Is Found",
        default="refuse",
        required=True,
        help="A step that is left out says so on the sheet.",
    )
    # terms
    deadline_hours = fields.Float(
        string="Term, working hours", help="Counted in the working time of the approver. 0: no term."
    )
    reminder_hours = fields.Float(
        string="Reminder, working hours before", help="Counted back from the end of the term. 0: no reminder."
    )
    escalate_to = fields.Selection(
        selection=ESCALATIONS,
        string="Tell about the Delay",
        default="author_manager",
        required=True,
        help="Who hears that the term is over.",
    )
    timeout_action = fields.Selection(
        selection=TIMEOUT_ACTIONS,
        string="When the Term Is Over",
        default="none",
        required=True,
        help="An automatic agreement is named so on the sheet. Signatures and votes are never given automatically.",
    )

    # === HELPERS === #

    @api.model
    def _get_technical_fields(self):
        """Names of the fields that an approvable model has from the discussion and from the engine."""
        mixins = ("mail.thread", "mail.activity.mixin", "paydox.approval.mixin")
        return {name for model in mixins for name in self.env[model]._fields}.union(models.MAGIC_COLUMNS)

    @api.model
    def _get_approver_fields(self):
        """Fields that may name an approver: users, in any approvable model.

        A route can serve models that come later, so a field that the record does not have is refused when it is sent.
        """
        names = {"responsible_id": self.env._("Responsible"), "author_id": self.env._("Author")}
        hidden = self._get_technical_fields() | {"participant_ids"}
        for model, label in self.env["paydox.route"]._selection_res_model():
            for name, field in self.env[model]._fields.items():
                if field.comodel_name == "res.users" and field.store and name not in hidden and name not in names:
                    text = field._description_string(self.env)
                    is_document = model == "paydox.document"
                    names[name] = text if is_document else self.env._("%(field)s (%(model)s)", field=text, model=label)
        return list(names.items())

    def _prepare_pinned_values(self):
        """Values of the copy that a run keeps, whatever happens to the route later."""
        self.ensure_one()
        return {name: self[name] for name in PLAIN_FIELDS} | {
            "sequence": self.sequence,
            "user_ids": [fields.Command.set(self.user_ids.ids)],
            "group_id": self.group_id.id,
        }

    def _get_definition(self):
        """What the chain of decisions protects of the step, as plain JSON; kinds extend it."""
        self.ensure_one()
        return {name: self[name] for name in PLAIN_FIELDS}

    def _get_needed(self, count):
        """How many of ``count`` people must agree."""
        self.ensure_one()
        if self.rule == "any":
            return 1
        if self.rule == "all":
            return count
        return max(1, -(-count * self.quorum_percent // 100)) if self.quorum_type == "percent" else self.quorum
