from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.condition import parse_condition

from .paydox_case_field import COMODELS

OPERATORS = [
    ("=", "is"),
    ("!=", "is not"),
    (">=", "is at least"),
    ("<=", "is at most"),
    ("set", "is filled in"),
    ("unset", "is not filled in"),
]
ORDERED_TYPES = ("integer", "float", "date", "datetime")


class PaydoxCaseCondition(models.Model):
    """A condition on one field of the data form, put together by choosing."""

    _name = "paydox.case.condition"
    _description = "Condition of a Step of a Case Template"
    _inherit = ["paydox.revision.part"]
    _order = "step_id, sequence, id"
    _rec_name = "field_id"
    _revision_field = "template_id"

    step_id = fields.Many2one(comodel_name="paydox.case.template.step", required=True, ondelete="cascade", index=True)
    template_id = fields.Many2one(related="step_id.template_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    field_id = fields.Many2one(
        comodel_name="paydox.case.field",
        domain="[('template_id', '=', parent.template_id), ('type', '!=', 'separator')]",
        ondelete="set null",
        index="btree_not_null",
        help="A field of the data form.",
    )
    operator = fields.Selection(selection=OPERATORS, string="Comparison", default="=", required=True)
    value = fields.Char()

    # === CONSTRAINT METHODS === #

    @api.constrains("field_id", "step_id", "operator", "value")
    def _check_condition(self):
        for condition in self.filtered("field_id"):
            row = condition.field_id
            # sudo: a foreign row is refused whether or not it can be read
            if row.sudo().template_id != condition.sudo().template_id or row.type == "separator":
                raise ValidationError(
                    self.env._("The condition of a step names a field of its own data form only. Choose another field.")
                )
            if not condition._fits():
                raise ValidationError(
                    self.env._(
                        "“%(field)s” cannot be compared in this way. Choose “is filled in” or another comparison.",
                        field=row.name,
                    )
                )
            condition._get_value()

    # === HELPERS === #

    def _fits(self):
        """Whether the comparison goes with the type of the field."""
        self.ensure_one()
        if self.operator in ("set", "unset"):
            return self.field_id.type != "boolean"
        if self.operator in (">=", "<="):
            return self.field_id.type in ORDERED_TYPES
        return self.field_id.type not in COMODELS

    def _get_value(self):
        """What the field is compared with, of the type of the field."""
        self.ensure_one()
        if self.operator in ("set", "unset"):
            return False
        value = self.field_id._parse_value(self.value)
        if value is None:
            raise ValidationError(
                self.env._("Say what “%(field)s” is to be compared with.", field=self.field_id.name or "")
            )
        return value

    def _to_domain(self):
        """As a domain on cases; a field that was removed says nothing."""
        self.ensure_one()
        if not self.field_id:
            return Domain.TRUE
        operator = {"set": "!=", "unset": "="}.get(self.operator, self.operator)
        return Domain(f"properties.{self.field_id.property_name}", operator, self._get_value())


class PaydoxCaseTemplateStep(models.Model):
    """The condition on the case: lines on the data form, and a domain on the fields of the case itself."""

    _inherit = "paydox.case.template.step"

    condition_ids = fields.One2many(
        comodel_name="paydox.case.condition", inverse_name="step_id", string="Conditions on the Data"
    )
    condition_rule = fields.Selection(
        selection=[("all", "All of them are met"), ("any", "Any of them is met")],
        string="Starts If",
        default="all",
        required=True,
    )
    case_condition = fields.Text(string="Further Condition on the Case", help="Empty: always.")
    condition = fields.Text(compute="_compute_condition", inverse="_inverse_condition", store=True)

    # === COMPUTE METHODS === #

    @api.depends(
        "condition_rule",
        "case_condition",
        "condition_ids.field_id.property_name",
        "condition_ids.field_id.type",
        "condition_ids.operator",
        "condition_ids.value",
    )
    def _compute_condition(self):
        for step in self:
            step.condition = step._join_conditions()

    def _inverse_condition(self):
        for step in self:
            step.case_condition = step.condition

    # === HELPERS === #

    def _join_conditions(self):
        self.ensure_one()
        further = (self.case_condition or "").strip()
        lines = self.condition_ids.filtered("field_id")
        if not lines:
            return further or False
        try:
            domains = [line._to_domain() for line in lines]
            own = Domain.OR(domains) if self.condition_rule == "any" else Domain.AND(domains)
            return str(list(own & parse_condition(further)))
        except Exception:  # noqa: BLE001  what cannot be read is told by the publication check, in words
            return further or False

    def _get_case_condition_problem(self):
        if self.condition_ids.filtered(lambda line: not line.field_id):
            return self.env._(
                "its condition names a field that is not in the data form any more. Choose another field or take the "
                "line out."
            )
        return super()._get_case_condition_problem()
