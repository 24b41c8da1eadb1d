from odoo import fields, models


class PaydoxCaseSection(models.Model):
    """A part of the list of actions, such as “Preparation”."""

    _name = "paydox.case.section"
    _description = "Section of a Case Template"
    _inherit = ["paydox.revision.part"]
    _order = "template_id, sequence, id"
    _revision_field = "template_id"

    template_id = fields.Many2one(comodel_name="paydox.case.template", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    step_ids = fields.One2many(comodel_name="paydox.case.template.step", inverse_name="section_id")
