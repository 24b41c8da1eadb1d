from odoo import api, models, tools

from .ir_attachment import VERSION

# Fields that only the card shows; a list that asks for them shows as much as the card.
CARD_FIELDS = frozenset(("note", "version_ids"))
FILE_FIELDS = frozenset(("file", "file_text"))
ATTACHMENT_FIELDS = frozenset(("raw", "datas", "db_datas", "index_content"))


class PaydoxDocumentKind(models.Model):
    _inherit = "paydox.document.kind"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        if any(vals.get("log_access") for vals in vals_list):
            self.env.registry.clear_cache()
        return kinds

    def write(self, vals):
        result = super().write(vals)
        if "log_access" in vals:
            self.env.registry.clear_cache()
        return result

    # === HELPERS === #

    @api.model
    @tools.ormcache()
    def _get_logged_kind_ids(self):
        # sudo: which kinds have a journal does not depend on who reads
        kinds_sudo = self.sudo().with_context(active_test=False).search([("log_access", "=", True)])
        return frozenset(kinds_sudo.ids)


class PaydoxDocument(models.Model):
    """Each way to the content of a card passes one of these methods."""

    _inherit = "paydox.document"

    def _read_format(self, fnames, load="_classic_read"):
        if not self.env.su and CARD_FIELDS & set(fnames):
            self.env["paydox.document.access.log"]._log("open", self.filtered("id"))
        return super()._read_format(fnames, load)

    def export_data(self, fields_to_export):
        self.env["paydox.document.access.log"]._log("copy", self)
        return super().export_data(fields_to_export)

    def copy_data(self, default=None):
        if not self.env.su:
            self.env["paydox.document.access.log"]._log("copy", self)
        return super().copy_data(default)


class PaydoxDocumentVersion(models.Model):
    _inherit = "paydox.document.version"

    def _read_format(self, fnames, load="_classic_read"):
        names = FILE_FIELDS & set(fnames)
        # With this key, and no other, Odoo gives the size of the file in the place of its bytes.
        if self.env.context.get("bin_size"):
            names -= {"file"}
        if names and not self.env.su:
            self._log_access("download" if "file" in names else "preview")
        return super()._read_format(fnames, load)

    def export_data(self, fields_to_export):
        self._log_access("copy")
        return super().export_data(fields_to_export)

    def _make_signed_copy(self):
        self._log_access("download")
        return super()._make_signed_copy()

    def _log_access(self, action):
        # sudo: the document of a version that the user reads
        self.env["paydox.document.access.log"]._log(action, self.sudo().document_id, self)


class IrAttachment(models.Model):
    """The file of a version is an attachment too, and has further ways out."""

    _inherit = "ir.attachment"

    def _read_format(self, fnames, load="_classic_read"):
        names = ATTACHMENT_FIELDS & set(fnames)
        # As above; what does not surely become a size is written down.
        if self.env.context.get("bin_size"):
            names -= {"datas"}
        if names and not self.env.su:
            self._log_version_access("download")
        return super()._read_format(fnames, load)

    def export_data(self, fields_to_export):
        self._log_version_access("copy")
        return super().export_data(fields_to_export)

    def copy_data(self, default=None):
        if not self.env.su:
            self._log_version_access("copy")
        return super().copy_data(default)

    def _log_version_access(self, action):
        # sudo: the link of the attachment is read, not its content
        ids = [attachment.res_id for attachment in self.sudo() if attachment.res_model == VERSION]
        self.env[VERSION].browse(ids)._log_access(action)
