from odoo import fields, models


class PaydoxDelayReason(models.Model):
    """Why decisions come late; the report of delays groups by it."""

    _name = "paydox.delay.reason"
    _description = "Reason of Delay"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex("(name)", "There is already such a reason of delay.")
