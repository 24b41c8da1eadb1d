import hashlib

from odoo import api, fields, models


class PaydoxDocumentAddVersion(models.TransientModel):
    _name = "paydox.document.add.version"
    _description = "Add a Version"

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, ondelete="cascade")
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char(string="File Name")
    comment = fields.Char(help="What changed in this version.")

    duplicate_text = fields.Html(compute="_compute_duplicate_text")

    # === COMPUTE METHODS === #

    @api.depends("file")
    def _compute_duplicate_text(self):
        versions = self.env["paydox.document.version"]
        checksums = {
            wizard: hashlib.sha256(versions._prepare_content(wizard.file.decode())).hexdigest()
            for wizard in self.with_context(bin_size=False)
            if wizard.file
        }
        found = versions._find_same_files(checksums)
        documents = self.env["paydox.document"]
        for wizard in self:
            others = found.get(wizard, documents) - wizard.document_id
            wizard.duplicate_text = documents._prepare_duplicate_text(documents, others)

    # === ACTIONS === #

    def action_confirm(self):
        """Add the file as the actual version."""
        self.ensure_one()
        content = self.with_context(bin_size=False).file
        self.document_id.add_version(self.filename, content.decode(), self.comment)
        return {"type": "ir.actions.act_window_close"}
