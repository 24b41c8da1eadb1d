from odoo import fields, models


class PaydoxDocumentSendExternal(models.TransientModel):
    """Asks to whom a document goes; the verb of the document does the rest and checks everything."""

    _name = "paydox.document.send.external"
    _description = "Send a Document to a Counterparty"

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, ondelete="cascade")
    partner_id = fields.Many2one(comodel_name="res.partner", string="Counterparty", required=True, ondelete="cascade")
    email = fields.Char(related="partner_id.email", related_sudo=False)
    deadline = fields.Date(
        string="Answer Until",
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=14),
        required=True,
    )

    # === ACTIONS === #

    def action_confirm(self):
        """Send the link."""
        self.ensure_one()
        self.document_id.action_send_external(self.partner_id, self.deadline)
        return {"type": "ir.actions.act_window_close"}
