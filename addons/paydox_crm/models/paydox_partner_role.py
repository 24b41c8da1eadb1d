from odoo import fields, models


class PaydoxPartnerRole(models.Model):
    """What a counterparty is to us: customer, supplier, competitor … One may have several roles."""

    _name = "paydox.partner.role"
    _description = "Role of a Counterparty"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for imports and for other systems.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    is_competitor = fields.Boolean(
        help="Counterparties that have only such roles are not offered as customers of deals and quotations, but as "
        "competitors of a deal.",
    )

    _code_unique = models.UniqueIndex("(code) WHERE code IS NOT NULL", "Another role has this code already.")
