import secrets

from odoo import api, fields, models


class PaydoxCaseTemplateStep(models.Model):
    _name = "paydox.case.template.step"
    _description = "Step of a Case Template"
    _inherit = ["paydox.case.step.definition", "paydox.revision.part"]
    _order = "template_id, sequence, id"
    _revision_field = "template_id"

    template_id = fields.Many2one(comodel_name="paydox.case.template", required=True, ondelete="cascade", index=True)
    res_model = fields.Selection(related="template_id.res_model", string="Model")
    name = fields.Char(required=True, translate=True)
    description = fields.Html(translate=True)
    code = fields.Char(
        required=True,
        default=lambda self: f"s{secrets.token_hex(6)}",
        help="Stays the same in all revisions: by it a step is found again when a case is moved to another revision.",
    )
    section_id = fields.Many2one(domain="[('template_id', '=', template_id)]", copy=False)
    start_rule = fields.Selection(
        selection=[
            ("previous", "After the step before it"),
            ("begin", "With the start of the case"),
            ("chosen", "After chosen steps"),
        ],
        string="Starts",
        default="previous",
        required=True,
    )
    predecessor_ids = fields.Many2many(
        comodel_name="paydox.case.template.step",
        relation="paydox_case_template_step_rel",
        column1="step_id",
        column2="predecessor_id",
        string="After Steps",
        copy=False,
        domain="[('template_id', '=', template_id), ('id', '!=', id)]",
    )
    predecessor_section_ids = fields.Many2many(
        comodel_name="paydox.case.section",
        relation="paydox_case_template_step_section_rel",
        string="After Sections",
        copy=False,
        domain="[('template_id', '=', template_id)]",
        help="When all steps of the section are done or left out.",
    )
    required_field_ids = fields.Many2many(
        comodel_name="paydox.case.field",
        relation="paydox_case_template_step_field_rel",
        string="Data to Fill In",
        copy=False,
        domain="[('template_id', '=', template_id), ('type', '!=', 'separator')]",
        help="The step is not done before these fields of the data form are filled in.",
    )
    required_fields = fields.Json(compute="_compute_required_fields", store=True)

    _code_uniq = models.Constraint("UNIQUE(template_id, code)", "Two steps of a template have the same code.")
    _term_positive = models.Constraint("CHECK(term_value >= 0)", "The term cannot be negative.")
    _duration_positive = models.Constraint("CHECK(duration >= 0)", "The duration cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends("required_field_ids.property_name")
    def _compute_required_fields(self):
        for step in self:
            step.required_fields = step.required_field_ids.sorted("sequence").mapped("property_name") or False
