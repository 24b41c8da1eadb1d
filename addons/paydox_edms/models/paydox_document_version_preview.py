from odoo import api, fields, models

from odoo.addons.paydox_edms.tools.text_search import PAGE_BREAK

MAX_TEXT = 100_000
IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")


class PaydoxDocumentVersion(models.Model):
    """What can be shown of a file in the web client. Office files are shown as their text."""

    _inherit = "paydox.document.version"

    preview_kind = fields.Selection(
        selection=[("pdf", "PDF"), ("image", "Picture"), ("text", "Text"), ("none", "None")],
        compute="_compute_preview_kind",
    )
    file_text = fields.Text(string="Text of the File", compute="_compute_file_text")
    is_file_text_only = fields.Boolean(compute="_compute_preview_kind", help="The layout is not shown, only the text.")

    # === COMPUTE METHODS === #

    @api.depends("mimetype")
    def _compute_preview_kind(self):
        texts = self._get_texts()
        for version in self:
            mimetype = version.mimetype or ""
            version.is_file_text_only = False
            if mimetype == "application/pdf":
                version.preview_kind = "pdf"
            elif mimetype in IMAGE_TYPES:
                version.preview_kind = "image"
            else:
                version.preview_kind = "text" if texts.get(version.id) else "none"
                version.is_file_text_only = version.preview_kind == "text" and not mimetype.startswith("text/")

    @api.depends("file")
    def _compute_file_text(self):
        texts = self._get_texts()
        for version in self:
            version.file_text = texts.get(version.id, "")[:MAX_TEXT].replace(PAGE_BREAK, "\n\n") or False

    # === BUSINESS METHODS === #

    def get_preview(self):
        """What the panel beside a list shows.

        :return: ``{"id", "number", "state", "filename", "size", "kind", "is_text_only", "text", "url", "download_url"}``;
            ``kind`` is ``pdf``, ``image``, ``text`` or ``none``
        """
        self.ensure_one()
        self.check_access("read")
        self._register_opening()
        is_text = self.preview_kind == "text"
        if is_text:
            self._log_access("preview")
        url = f"/web/content/{self._name}/{self.id}/file"
        return {
            "id": self.id,
            "number": self.number,
            "state": self.state,
            "filename": self.filename,
            "size": self.size,
            "kind": self.preview_kind,
            "is_text_only": self.is_file_text_only,
            "text": self.file_text or "" if is_text else "",
            "url": url,
            "download_url": f"{url}?download=true",
        }

    # === HELPERS === #

    def _get_texts(self):
        """Text of the files as the index has read it, by id."""
        self.check_access("read")
        # sudo: the text of files of versions that the user reads
        return {attachment.res_id: attachment.index_content or "" for attachment in self.sudo()._get_attachment()}
