from odoo import models


class PaydoxDocumentVersion(models.Model):
    """Who opens a version that he is asked to read leaves the proof of it."""

    _inherit = "paydox.document.version"

    # === ACTIONS === #

    def action_preview(self):
        self._register_opening()
        return super().action_preview()

    def action_download(self):
        self._register_opening()
        return super().action_download()

    # === HELPERS === #

    def _register_opening(self):
        self.ensure_one()
        self.check_access("read")
        self.document_id._register_opening(self)
