from odoo import fields, models


class PaydoxDocumentTransferAnswer(models.TransientModel):
    _name = "paydox.document.transfer.answer"
    _description = "Accept or Return a Document"

    transfer_id = fields.Many2one(
        comodel_name="paydox.document.transfer", required=True, readonly=True, ondelete="cascade"
    )
    responsible_id = fields.Many2one(
        comodel_name="res.users", default=lambda self: self.env.user, domain="[('share', '=', False)]"
    )
    comment = fields.Text()

    # === ACTIONS === #

    def action_accept(self):
        """Accept the document; the responsible person answers for it in the department."""
        self.ensure_one()
        self.transfer_id.action_accept(self.responsible_id)
        return {"type": "ir.actions.act_window_close"}

    def action_return(self):
        """Return the document with the comment."""
        self.ensure_one()
        self.transfer_id.action_return(self.comment)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
