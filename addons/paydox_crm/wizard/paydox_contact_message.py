from odoo import fields, models


class PaydoxContactMessage(models.TransientModel):
    """Asks for the text of a message to a contact who has a login."""

    _name = "paydox.contact.message"
    _description = "Message to a Contact"

    partner_id = fields.Many2one(comodel_name="res.partner", string="To Whom", required=True)
    text = fields.Text(required=True)

    # === ACTIONS === #

    def action_send(self):
        """Send the message."""
        self.ensure_one()
        self.partner_id.action_contact_message(self.text)
        return {"type": "ir.actions.act_window_close"}
