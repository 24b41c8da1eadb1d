from odoo import fields, models


class PaydoxInstructionText(models.Model):
    """Standard texts of instructions: chosen instead of typed."""

    _name = "paydox.instruction.text"
    _description = "Standard Text of Instructions"
    _order = "sequence, name, id"

    name = fields.Char(string="Subject", required=True, translate=True)
    text = fields.Html(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company", index=True, help="Empty: used by all companies.")
