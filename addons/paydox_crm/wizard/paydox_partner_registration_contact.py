from odoo import fields, models


class PaydoxPartnerRegistrationContact(models.TransientModel):
    """A contact person of the counterparty that is being registered."""

    _name = "paydox.partner.registration.contact"
    _description = "Contact Person to Register"
    _order = "sequence, id"

    registration_id = fields.Many2one(
        comodel_name="paydox.partner.registration", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char()
    function = fields.Char(string="Position")
    phone = fields.Char()
    email = fields.Char(string="E-mail")

    # === HELPERS === #

    def _prepare_values(self):
        self.ensure_one()
        values = {name: (self[name] or "").strip() or False for name in ("name", "function", "phone", "email")}
        return values | {"type": "contact"}
