from odoo import fields, models


class PaydoxCaseCause(models.Model):
    """Why claims and service requests come. One list, so that reports can compare."""

    _name = "paydox.case.cause"
    _description = "Cause of a Claim"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex("(name) WHERE active", "There is already a cause with this name.")
