from odoo import models
from odoo.http import request
from odoo.tools import str2bool

from .ir_attachment import FILE_MODELS, VERSION


class IrBinary(models.AbstractModel):
    """Files of versions by URL: by the rights of the moment only, whatever token is shown, and written down."""

    _inherit = "ir.binary"

    def _find_record(self, xmlid=None, res_model="ir.attachment", res_id=None, access_token=None, field=None):
        record = super()._find_record(xmlid, res_model, res_id, access_token, field)
        if owner := self._get_file_owner(record):
            # A token outlives the right that it was given for.
            owner.check_access("read")
            record = record.sudo(False)
        return record

    def _record_to_stream(self, record, field_name):
        version = self._get_paydox_version(record)
        if version and field_name in ("file", "raw", "datas"):
            is_download = request and str2bool(request.params.get("download") or False, False)
            version._log_access("download" if is_download else "preview")
        return super()._record_to_stream(record, field_name)

    def _get_stream_from(
        self,
        record,
        field_name="raw",
        filename=None,
        filename_field="name",
        mimetype=None,
        default_mimetype="application/octet-stream",
    ):
        version = self._get_paydox_version(record)
        # What a caller says about the type must not turn a text into a page.
        mimetype = None if version else mimetype
        if version and record._name == VERSION and filename_field == "name":
            filename_field = "filename"
        return super()._get_stream_from(record, field_name, filename, filename_field, mimetype, default_mimetype)

    def _get_file_owner(self, record):
        """The version or the signature whose file this is, as the user sees it; None for other files."""
        if record._name == "ir.attachment":
            # sudo: the link of the attachment is read, not its content
            attachment_sudo = record.sudo()
            model, res_id = attachment_sudo.res_model, attachment_sudo.res_id
        else:
            model, res_id = record._name, record.id
        return self.env[model].browse(res_id) if model in FILE_MODELS else None

    def _get_paydox_version(self, record):
        owner = self._get_file_owner(record)
        return owner if owner and owner._name == VERSION else None
