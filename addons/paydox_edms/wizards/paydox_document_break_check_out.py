from odoo import fields, models


class PaydoxDocumentBreakCheckOut(models.TransientModel):
    _name = "paydox.document.break.check.out"
    _description = "Take a Document from Its Editor"

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, ondelete="cascade")
    holder_id = fields.Many2one(related="document_id.checked_out_by_id", string="Edited By")
    since = fields.Datetime(related="document_id.checked_out_at")
    reason = fields.Char(required=True)

    # === ACTIONS === #

    def action_confirm(self):
        """Take the document out of the hands of its editor."""
        self.ensure_one()
        self.document_id.action_break_check_out(self.reason)
        return {"type": "ir.actions.act_window_close"}
