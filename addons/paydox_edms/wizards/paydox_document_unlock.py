from odoo import fields, models


class PaydoxDocumentUnlock(models.TransientModel):
    _name = "paydox.document.unlock"
    _description = "Unlock a Document"

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, readonly=True, ondelete="cascade")
    reason = fields.Text(required=True)

    # === ACTIONS === #

    def action_unlock(self):
        """Unlock the document with the reason."""
        self.ensure_one()
        self.document_id.action_unlock(self.reason)
        return {"type": "ir.actions.act_window_close"}
