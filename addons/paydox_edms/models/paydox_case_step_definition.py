from odoo import api, fields, models

STEP_KINDS = [
    ("instruction", "Instruction"),
    ("call", "Call"),
    ("meeting", "Meeting"),
    ("mail", "E-mail"),
    ("document", "Document"),
    ("route", "Approval"),
    ("event", "Wait for an Event"),
    ("milestone", "Milestone"),
    ("case", "Case Inside"),
    ("message", "Message"),
]
# Kinds that a person carries out; the others are done by the system or by what they wait for.
PEOPLE_KINDS = ("instruction", "call", "meeting", "document", "route", "case", "message")
RESPONSIBLE_KINDS = [
    ("owner", "Responsible for the case"),
    ("author", "Who started the case"),
    ("users", "Named people"),
    ("group", "Group"),
    ("manager", "Manager of the responsible for the case"),
    ("department_head", "Head of a department"),
    ("field", "User named in the subject"),
]
PEOPLE_RULES = [("first", "Who takes it first"), ("all", "Everybody, each on his part")]
CONTROLLER_KINDS = [
    ("none", "Nobody"),
    ("owner", "Responsible for the case"),
    ("author", "Who started the case"),
    ("user", "Named person"),
]
TERM_UNITS = [("hours", "Working hours"), ("days", "Working days"), ("calendar_days", "Calendar days")]
TERM_STARTS = [
    ("step", "When the step starts"),
    ("case", "When the case starts"),
    ("predecessor", "When the step before it ended"),
]
PREDECESSOR_RULES = [("all", "All of them"), ("any", "Any of them")]
IF_UNMET = [("skip", "Leave the step out"), ("wait", "Wait until it is met")]
WAIT_STATES = [
    ("draft", "It is there"),
    ("registered", "It is registered"),
    ("approved", "It is approved"),
    ("signed", "It is signed"),
    ("done", "It is executed"),
]
PLAIN_FIELDS = (
    "name",
    "sequence",
    "kind",
    "description",
    "responsible_kind",
    "people_rule",
    "responsible_field",
    "controller_kind",
    "term_value",
    "term_unit",
    "term_from",
    "is_required",
    "is_manual",
    "is_repeatable",
    "predecessor_rule",
    "condition",
    "subject_condition",
    "if_unmet",
    "required_fields",
    "wait_state",
    "event_name",
    "duration",
    "location",
)
LINK_FIELDS = (
    "section_id",
    "group_id",
    "department_id",
    "controller_id",
    "mail_template_id",
    "document_kind_id",
    "route_id",
    "sub_template_id",
)


class PaydoxCaseStepDefinition(models.AbstractModel):
    """What a step says: shared by the step of a template and by its pinned copy in a case."""

    _name = "paydox.case.step.definition"
    _description = "Definition of a Step of a Case"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    section_id = fields.Many2one(comodel_name="paydox.case.section", ondelete="restrict", index="btree_not_null")
    kind = fields.Selection(selection=STEP_KINDS, default="instruction", required=True)
    description = fields.Html(string="What to Do")
    # who does it
    responsible_kind = fields.Selection(selection=RESPONSIBLE_KINDS, string="Done By", default="owner", required=True)
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="People",
        domain="[('share', '=', False)]",
        context={"active_test": False},
    )
    people_rule = fields.Selection(
        selection=PEOPLE_RULES, string="If There Are Several", default="first", required=True
    )
    group_id = fields.Many2one(comodel_name="res.groups", ondelete="restrict")
    department_id = fields.Many2one(
        comodel_name="hr.department",
        ondelete="restrict",
        help="Empty: the department of the responsible for the case.",
    )
    responsible_field = fields.Selection(selection="_get_responsible_fields", string="Field of the Subject")
    controller_kind = fields.Selection(
        selection=CONTROLLER_KINDS,
        string="Controlled By",
        default="none",
        required=True,
        help="Who accepts what was done, or returns it.",
    )
    controller_id = fields.Many2one(comodel_name="res.users", domain="[('share', '=', False)]", ondelete="restrict")
    # terms
    term_value = fields.Float(string="Term", aggregator=None, help="0: no term.")
    term_unit = fields.Selection(selection=TERM_UNITS, string="Term In", default="days", required=True)
    term_from = fields.Selection(selection=TERM_STARTS, string="Counted From", default="step", required=True)
    # when it starts
    is_required = fields.Boolean(
        string="Required", default=True, help="The case is not completed before this step is done."
    )
    is_manual = fields.Boolean(
        string="Started by Hand", help="When everything before it is done, the step waits until somebody starts it."
    )
    is_repeatable = fields.Boolean(string="May Be Repeated", help="A step that is done can be started once more.")
    predecessor_rule = fields.Selection(selection=PREDECESSOR_RULES, string="Waits For", default="all", required=True)
    condition = fields.Text(string="Condition on the Case", help="Empty: always.")
    subject_condition = fields.Text(string="Condition on the Subject", help="Empty: always.")
    if_unmet = fields.Selection(selection=IF_UNMET, string="If It Is Not Met", default="skip", required=True)
    required_fields = fields.Json(
        string="Required Data",
        help="Technical names of the fields of the data form that end the step only when filled in.",
    )
    # what it makes
    mail_template_id = fields.Many2one(comodel_name="mail.template", string="E-mail Template", ondelete="restrict")
    document_kind_id = fields.Many2one(comodel_name="paydox.document.kind", ondelete="restrict")
    wait_state = fields.Selection(
        selection=WAIT_STATES, string="Done When", default="approved", help="What has to happen to the document."
    )
    route_id = fields.Many2one(comodel_name="paydox.route", ondelete="restrict")
    event_name = fields.Selection(selection="_get_event_names", string="Event")
    sub_template_id = fields.Many2one(
        comodel_name="paydox.case.template", string="Template of the Case Inside", ondelete="restrict"
    )
    duration = fields.Float(string="Duration, hours", default=1.0, aggregator=None)
    location = fields.Char()

    # === SELECTION METHODS === #

    @api.model
    def _get_event_names(self):
        return self.env["paydox.event"]._get_event_names()

    @api.model
    def _get_responsible_fields(self):
        """Fields of the subjects that name a user; one that the subject does not have is refused when published."""
        names = {}
        templates = self.env["paydox.case.template"]
        hidden = self.env["paydox.step.definition"]._get_technical_fields() | {"participant_ids"}
        for model, label in templates._selection_res_model():
            for name, field in self.env[model]._fields.items():
                if field.comodel_name == "res.users" and field.store and name not in hidden and name not in names:
                    text = field._description_string(self.env)
                    names[name] = self.env._("%(field)s (%(model)s)", field=text, model=label)
        return list(names.items())

    # === HELPERS === #

    def _prepare_pinned_values(self):
        """Values of the copy that a case keeps, whatever happens to the template later."""
        self.ensure_one()
        return (
            {name: self[name] for name in PLAIN_FIELDS}
            | {name: self[name].id for name in LINK_FIELDS}
            | {"user_ids": [fields.Command.set(self.user_ids.ids)]}
        )
