from odoo import fields, models


class PaydoxCaseResult(models.Model):
    """How a case may end. One list for all templates, so that cases of all of them can be compared."""

    _name = "paydox.case.result"
    _description = "Result of a Case"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_reached = fields.Boolean(string="Goal Is Reached")

    _name_uniq = models.UniqueIndex("(name) WHERE active", "There is already a result with this name.")
