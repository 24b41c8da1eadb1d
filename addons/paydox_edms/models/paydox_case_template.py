from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

REGULATION_FIELDS = frozenset(
    (
        "code",
        "res_model",
        "goal",
        "result_ids",
        "case_kind",
        "owner_id",
        "term_value",
        "term_unit",
        "starter_group_ids",
        "adapt_group_ids",
        "number_pattern",
        "property_definition",
        "field_ids",
        "section_ids",
        "step_ids",
    )
)


class PaydoxCaseTemplate(models.Model):
    """What to do in cases of one sort. Each published revision is a record of its own and never changes."""

    _name = "paydox.case.template"
    _description = "Case Template"
    _inherit = ["paydox.revision"]
    _order = "sequence, name, revision desc, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Takes the place of {code} in the numbers of the cases.")
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty: the template serves every company."
    )
    previous_id = fields.Many2one(
        comodel_name="paydox.case.template",
        string="Previous Revision",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    # what for
    case_kind = fields.Selection(
        selection=[("general", "General"), ("claim", "Claim"), ("request", "Service request")],
        string="Sort of Cases",
        default="general",
        required=True,
    )
    res_model = fields.Selection(
        selection="_selection_res_model",
        string="About",
        help="What the cases are about. Empty: anything, or nothing in particular.",
    )
    goal = fields.Char(
        translate=True, help="What is there when the case is completed, such as “The goods are delivered”."
    )
    result_ids = fields.Many2many(
        comodel_name="paydox.case.result", string="Possible Results", help="Empty: all results of the list."
    )
    # who
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible for Cases",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        help="Empty: who starts the case.",
    )
    starter_group_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="paydox_case_template_starter_rel",
        string="Who May Start",
        help="Empty: everybody who works with cases.",
    )
    adapt_group_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="paydox_case_template_adapt_rel",
        string="Who May Change a Running Case",
        help="They add, skip, move and repeat steps of a case. The responsible for the case may always.",
    )
    # terms and numbers
    term_value = fields.Float(string="Term of the Case", aggregator=None, help="0: no term.")
    term_unit = fields.Selection(
        selection=[("days", "Working days"), ("calendar_days", "Calendar days")],
        string="Term In",
        default="days",
        required=True,
    )
    number_pattern = fields.Char(
        default="{code}-{year}/{seq:04}",
        required=True,
        help="Placeholders: {code} {company} {year} {yy} {month} {day} {seq} or {seq:04}.",
    )
    # definition
    field_ids = fields.One2many(
        comodel_name="paydox.case.field", inverse_name="template_id", string="Data Form", copy=True
    )
    property_definition = fields.PropertiesDefinition(
        string="Definition of the Data Form", compute="_compute_property_definition", store=True, copy=False
    )
    section_ids = fields.One2many(comodel_name="paydox.case.section", inverse_name="template_id", copy=True)
    step_ids = fields.One2many(comodel_name="paydox.case.template.step", inverse_name="template_id", copy=True)

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE state = 'published' AND active",
        "There is already a template in use with this code. Choose another code.",
    )
    _term_positive = models.Constraint("CHECK(term_value >= 0)", "The term cannot be negative.")

    # === SELECTION METHODS === #

    @api.model
    def _get_subject_models(self):
        """Names of the models that a case can be about; addons add theirs."""
        return ["paydox.document"]

    def _get_mail_models(self):
        """Names of the models for which the templates of e-mails may be made."""
        self.ensure_one()
        return {"paydox.case", "res.partner", self.res_model}

    @api.model
    def _selection_res_model(self):
        # sudo: the names of models are not readable for everybody
        models_sudo = self.env["ir.model"].sudo()
        return [(name, models_sudo._get(name).name) for name in self._get_subject_models()]

    # === COMPUTE METHODS === #

    @api.depends(
        "field_ids.name",
        "field_ids.sequence",
        "field_ids.property_name",
        "field_ids.type",
        "field_ids.options",
        "field_ids.default_value",
    )
    def _compute_property_definition(self):
        for template in self:
            template.property_definition = template.field_ids.sorted("sequence")._prepare_property_definition()

    # === CONSTRAINT METHODS === #

    @api.constrains("res_model")
    def _check_res_model(self):
        # The choices depend on the addons that are there, so Odoo does not check them by itself.
        choices = self._get_subject_models()
        if unknown := self.filtered(lambda template: template.res_model and template.res_model not in choices):
            raise ValidationError(self.env._("%(name)s is for records that have no cases.", name=unknown[0].name))

    # === HELPERS === #

    @api.model
    def _get_regulation_fields(self):
        return super()._get_regulation_fields() | REGULATION_FIELDS

    @api.model
    def _check_life_cycle(self, vals):
        if not self.env.su and "property_definition" in vals:
            raise UserError(
                self.env._("The data form is changed on the template, under “Data Form”, line by line; not on a case.")
            )
        return super()._check_life_cycle(vals)
