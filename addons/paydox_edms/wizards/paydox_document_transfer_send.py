from odoo import fields, models


class PaydoxDocumentTransferSend(models.TransientModel):
    _name = "paydox.document.transfer.send"
    _description = "Send a Document to a Department"

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, readonly=True, ondelete="cascade")
    department_id = fields.Many2one(comodel_name="hr.department", required=True, ondelete="cascade")
    comment = fields.Text(help="What the department is asked to do.")

    # === ACTIONS === #

    def action_send(self):
        """Send the document."""
        self.ensure_one()
        self.document_id.action_transfer(self.department_id, self.comment)
        return {"type": "ir.actions.act_window_close"}
