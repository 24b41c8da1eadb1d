from odoo import fields, models


class PaydoxDocumentAddVersion(models.TransientModel):
    _name = "paydox.document.add.version"
    _description = "Add a Version"

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, ondelete="cascade")
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char(string="File Name")
    comment = fields.Char(help="What changed in this version.")

    # === ACTIONS === #

    def action_confirm(self):
        """Add the file as the actual version."""
        self.ensure_one()
        content = self.with_context(bin_size=False).file
        self.document_id.add_version(self.filename, content.decode(), self.comment)
        return {"type": "ir.actions.act_window_close"}
