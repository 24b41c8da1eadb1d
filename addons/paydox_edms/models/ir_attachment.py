import hashlib
from functools import partial
from pathlib import Path

from odoo import api, models
from odoo.exceptions import AccessError

# Models whose rows keep their files for good.
VERSION = "paydox.document.version"
FILE_MODELS = (VERSION, "paydox.signature")
DOCUMENT = "paydox.document"
CHUNK = 1024 * 1024
# Value of the context key with which a version leaves its text to the search. A client can send the key, not the object.
TEXT_LATER = object()


class IrAttachment(models.Model):
    """Files of versions and signatures never change; files on a locked document stay as they are."""

    _inherit = "ir.attachment"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._check_paydox_documents()
        return attachments

    def write(self, vals):
        self._check_paydox_documents()
        files = self._get_version_files()
        result = super().write(vals)
        self._check_paydox_documents()
        if files and files != self.browse(files)._get_version_files():
            self._refuse_version_file()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_document_files(self):
        self._check_paydox_documents()
        for model, _field, res_id, _checksum in self._get_version_files().values():
            # sudo: a version keeps its file whether or not the user may read the version
            if self.env[model].sudo().browse(res_id).exists():
                self._refuse_version_file()

    # === HELPERS === #

    @api.model
    def _index(self, bin_data, mimetype, checksum=None):
        if self.env.context.get("paydox_text_later") is TEXT_LATER:
            return False
        return super()._index(bin_data, mimetype, checksum=checksum)

    def _get_version_files(self):
        """What must stay the same: the row, the field and the bytes of each file of a version, by attachment."""
        # sudo: the link of the attachment is read, not its content
        return {
            attachment.id: (attachment.res_model, attachment.res_field, attachment.res_id, attachment.checksum)
            for attachment in self.sudo()
            if attachment.res_model in FILE_MODELS
        }

    def _check_paydox_documents(self):
        """Refuse users, administrators included; the system itself (mail gateway, engine) passes."""
        if self.env.su:
            return
        if self._get_version_files():
            self._refuse_version_file()
        # sudo: the link of the attachment is read, not its content
        document_ids = {attachment.res_id for attachment in self.sudo() if attachment.res_model == DOCUMENT}
        documents = self.env[DOCUMENT].browse(document_ids).exists()
        documents._open_content()

    def _refuse_version_file(self):
        raise AccessError(
            self.env._(
                "The file of a version cannot be changed, moved or deleted. Add a new version of the document instead."
            )
        )

    def _get_stored_sha256(self):
        """SHA-256 of the bytes as they are stored now, read in pieces: a large file takes no more memory than a small one."""
        self.ensure_one()
        digest = hashlib.sha256()
        path = self.store_fname and Path(self._full_path(self.store_fname))
        if path and path.is_file():
            with path.open("rb") as file:
                for chunk in iter(partial(file.read, CHUNK), b""):
                    digest.update(chunk)
        else:
            # In the database, or where another addon keeps files.
            digest.update(self.raw or b"")
        return digest.hexdigest()
