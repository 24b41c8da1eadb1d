import base64
import binascii
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.paydox_edms.models.ir_attachment import TEXT_LATER
from odoo.addons.paydox_edms.tools import file_guard
from odoo.addons.paydox_edms.tools import filename as filename_tools

DEFAULT_MAX_MEGABYTES = 128
MUTABLE_FIELDS = frozenset(("state",))


class FileTooLarge(UserError):
    http_status = 413


class PaydoxDocumentVersion(models.Model):
    """One file of a document. Its bytes, name, checksum and author never change: new bytes are a new version."""

    _name = "paydox.document.version"
    _description = "Document Version"
    _inherit = ["paydox.protected", "paydox.guarded.record"]
    _order = "document_id, number desc, id desc"
    _rec_name = "filename"

    document_id = fields.Many2one(
        comodel_name="paydox.document", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    number = fields.Integer(string="Version", required=True, readonly=True, aggregator=None)
    state = fields.Selection(
        selection=[("actual", "Actual"), ("archived", "Archived")], default="actual", required=True, readonly=True
    )
    # file
    filename = fields.Char(string="File Name", required=True, readonly=True)
    file = fields.Binary(attachment=True, readonly=True)
    checksum = fields.Char(string="SHA-256", required=True, readonly=True, index=True)
    size = fields.Integer(string="Size, bytes", required=True, readonly=True, aggregator=None)
    mimetype = fields.Char(string="File Type", readonly=True)
    comment = fields.Char(readonly=True)

    _number_uniq = models.Constraint("UNIQUE(document_id, number)", "This version number is already taken.")
    _actual_uniq = models.UniqueIndex(
        "(document_id) WHERE state = 'actual'", "A document has one actual version at a time."
    )
    _not_empty = models.Constraint("CHECK(size > 0)", "A version cannot be empty.")

    # === DISPLAY NAME === #

    _guarded_name_fields = ("filename", "number")

    def _get_shown_name(self):
        return self.env._("%(filename)s (version %(number)s)", filename=self.filename, number=self.number)

    def _get_hidden_name(self):
        return self.env._("Version (no access)")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_engine()
        # The checksum and the size are those of the bytes, whatever the caller says; the file is never served as HTML.
        for vals in vals_list:
            content = base64.b64decode(vals["file"])
            vals.update(
                checksum=hashlib.sha256(content).hexdigest(), size=len(content), mimetype=guess_mimetype(content)
            )
        # The text is read by the index of the search, within limits of time and size.
        context = {"attachments_mime_plainxml": True, "paydox_text_later": TEXT_LATER}
        versions = super(PaydoxDocumentVersion, self.with_context(**context)).create(vals_list).with_env(self.env)
        for version in versions.filtered(lambda version: version.state == "actual"):
            self.env["paydox.document.index"]._add_version(version)
        return versions

    def write(self, vals):
        if vals.keys() - MUTABLE_FIELDS:
            self._refuse()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    # === ACTIONS === #

    def action_preview(self):
        """Open the version with its preview."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_download(self):
        """Download the file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file?download=true&filename_field=filename",
            "target": "download",
        }

    def action_compare(self):
        """Compare two versions of one document; one alone with the version before it."""
        versions = self.sorted("number", reverse=True)
        versions.check_access("read")
        if len(versions) == 1:
            domain = [("document_id", "=", versions.document_id.id), ("number", "<", versions.number)]
            versions += self.search(domain, order="number desc", limit=1)
        if len(versions) != 2 or len(versions.document_id) > 1:
            raise UserError(self.env._("Choose two versions of one document."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare Versions"),
            "res_model": "paydox.document.version.compare",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "dialog_size": "extra-large",
                "default_document_id": versions.document_id.id,
                "default_left_id": versions[1].id,
                "default_right_id": versions[0].id,
            },
        }

    # === HELPERS === #

    @api.model
    def _prepare_content(self, content):
        """The bytes of an upload; RPC has no bytes, so text is taken for base64."""
        limit = self._get_max_size()
        if isinstance(content, str):
            if len(content) > limit * 4 // 3 + 1024:
                self._refuse_large(limit)
            try:
                content = base64.b64decode("".join(content.split()), validate=True)
            except (binascii.Error, ValueError) as error:
                raise UserError(
                    self.env._("The file could not be read. By RPC its content is sent as base64 text.")
                ) from error
        if not isinstance(content, bytes):
            raise UserError(self.env._("The file could not be read. By RPC its content is sent as base64 text."))
        if not content:
            raise UserError(self.env._("The file is empty. Choose a file with content."))
        if len(content) > limit:
            self._refuse_large(limit)
        return content

    @api.model
    def _check_content(self, filename, content, allow_macros=False):
        """Refuse what could run, what is not what its name says, and archives that would burst."""
        try:
            file_guard.check_file(filename, content, allow_macros)
        except file_guard.BadFile as error:
            raise UserError(self._get_bad_file_message(filename, error)) from error

    @api.model
    def _get_bad_file_message(self, filename, error):
        messages = {
            "executable": self.env._(
                "“%(filename)s” is a program. Programs are not kept here: upload the document that they make.",
                filename=filename,
            ),
            "active": self.env._(
                "“%(filename)s” is a page or a drawing that may run scripts. Save it as PDF or PNG and upload that.",
                filename=filename,
            ),
            "macro": self.env._(
                "“%(filename)s” brings macros along. Save it without macros, or ask a manager to allow them for documents "
                "of this kind.",
                filename=filename,
            ),
            "extension": self.env._(
                "“%(filename)s” is not what its name says: the content is of another type. Save it under its right type.",
                filename=filename,
            ),
            "broken": self.env._(
                "“%(filename)s” is damaged. Save the file anew and upload it again.", filename=filename
            ),
            "bomb": self.env._(
                "“%(filename)s” would become too large when it is unpacked. Upload the files themselves, one by one.",
                filename=filename,
            ),
            "nested": self.env._(
                "“%(filename)s” has another archive inside: %(part)s. Unpack it and upload the files themselves.",
                filename=filename,
                part=error.part,
            ),
        }
        return messages[error.reason]

    @api.model
    def _prepare_filename(self, filename):
        name = filename_tools.sanitize(filename if isinstance(filename, str) else "")
        if not name:
            raise UserError(self.env._("The file has no usable name. Rename it and try again."))
        return name

    @api.model
    def _get_max_size(self):
        # sudo: system parameters are not readable for everybody
        value = self.env["ir.config_parameter"].sudo().get_param("paydox_edms.max_file_megabytes", "")
        megabytes = int(value) if value.isdecimal() and int(value) else DEFAULT_MAX_MEGABYTES
        return megabytes * 1024 * 1024

    @api.model
    def _refuse_large(self, limit):
        raise FileTooLarge(
            self.env._(
                "The file is larger than %(limit)s MB. Make it smaller or ask an administrator to raise the limit.",
                limit=limit // 1024 // 1024,
            )
        )

    def _get_attachment(self):
        """The attachments in which the bytes are kept; asked for as superuser."""
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids), ("res_field", "=", "file")]
        return self.env["ir.attachment"].search(domain)

    @api.model
    def _find_same_files(self, checksums):
        """Documents that have the same bytes in one of their versions.

        :param dict checksums: SHA-256 by anything, usually by document
        :return: ``{key: documents that the user may read}``
        """
        if not checksums:
            return {}
        rows = self.search([("checksum", "in", list(set(checksums.values())))])
        readable = rows.document_id._filtered_access("read")
        by_checksum = rows.grouped("checksum")
        return {
            key: by_checksum[checksum].document_id & readable
            for key, checksum in checksums.items()
            if checksum in by_checksum
        }

    def _get_log_text(self):
        """How the change log names the version."""
        return f"{self.number}: {self.filename}" if self else False

    def _get_real_checksum(self):
        """SHA-256 of the bytes as they are stored now."""
        self.ensure_one()
        return self._get_real_checksums()[self]

    def _get_real_checksums(self):
        """As above for many versions, ``{version: checksum}``: a file that several of them share is read once."""
        # sudo: the bytes are compared, nothing of them is shown
        files_sudo = self.env["ir.attachment"].sudo()
        files_sudo = files_sudo.search(
            [("res_model", "=", self._name), ("res_field", "=", "file"), ("res_id", "in", self.ids)]
        )
        stored = {}
        for file_sudo in files_sudo:
            # Equal names in the file store are one file, so what somebody changed there shows all the same.
            key = file_sudo.store_fname or file_sudo.id
            if key not in stored:
                stored[key] = file_sudo._get_stored_sha256()
        by_version = {file_sudo.res_id: stored[file_sudo.store_fname or file_sudo.id] for file_sudo in files_sudo}
        nothing = hashlib.sha256(b"").hexdigest()
        return {version: by_version.get(version.id, nothing) for version in self}
