import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows

from .paydox_document import ENGINE_FIELDS

CONFIRMED_STATES = ("approved", "signed", "done", "cancelled")


class PaydoxDocument(models.Model):
    """Rule 2: what is confirmed or on approval stays as it is. Versions are added here, since the lock guards them."""

    _inherit = "paydox.document"

    is_locked = fields.Boolean(compute="_compute_is_locked", help="The content can no longer be edited by this user.")
    version_count = fields.Integer(readonly=True, copy=False, help="Grows with every version; carries their lock.")

    # === COMPUTE METHODS === #

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_is_locked(self):
        is_exclusive = self._is_exclusive()
        for document in self:
            document.is_locked = document.state == "review" or (document.state in CONFIRMED_STATES and not is_exclusive)

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su:
            self._check_engine_fields(vals)
        names = vals.keys() - ENGINE_FIELDS
        self.filtered(lambda document: names - document._get_document_unlocked_fields())._open_content()
        return super().write(vals)

    # === ACTIONS === #

    def add_version(self, filename, content, comment=None):
        """Make a file the actual version of the document; the former one is archived.

        :param str filename: name of the file; path parts and marks that mislead are removed
        :param bytes|str content: the bytes; by RPC, which has no bytes, base64 text
        :param str comment: what changed
        :return: the new ``paydox.document.version``
        """
        self.ensure_one()
        self.check_access("write")
        versions = self.env["paydox.document.version"]
        name = versions._prepare_filename(filename)
        content = versions._prepare_content(content)
        versions._check_content(name, content, self.kind_id.allow_macros)
        lock_rows(self)
        self._open_content()
        # sudo: versions are written by nobody but this method
        versions_sudo = versions.sudo()
        former_sudo = versions_sudo.search([("document_id", "=", self.id)], order="number desc", limit=1)
        if former_sudo and former_sudo.checksum == hashlib.sha256(content).hexdigest():
            raise UserError(
                self.env._(
                    "This file is the same as version %(number)s. There is nothing to add.", number=former_sudo.number
                )
            )
        vals = {
            "document_id": self.id,
            "number": former_sudo.number + 1,
            "filename": name,
            "file": base64.b64encode(content),
            "comment": str(comment).strip()[:1000] if comment else False,
        }
        if former_sudo.state == "actual":
            former_sudo.write({"state": "archived"})
            former_sudo.flush_recordset(["state"])
        version = versions_sudo.create(vals).sudo(False)
        self.sudo().write({"version_count": version.number})
        self._log_change("version", self.env._("File"), former_sudo._get_log_text(), version._get_log_text())
        self.message_post(
            body=self.env._("Version %(number)s added: %(filename)s", number=version.number, filename=name)
        )
        return version

    # === HELPERS === #

    @api.model
    def _is_exclusive(self):
        return self.env.user.has_group("paydox_edms.paydox_edms_group_exclusive")

    @api.model
    def _get_unlocked_fields(self):
        """Names of the fields that stay writable on a locked document: discussion and activities.

        Addons that keep facts about a document outside of what was confirmed (a deal, a paper original) extend it.
        """
        names = {*models.MAGIC_COLUMNS, "permission_ids"}
        for model in ("mail.thread", "mail.activity.mixin"):
            names |= self.env[model]._fields.keys()
        return names

    def _get_document_unlocked_fields(self):
        """As ``_get_unlocked_fields``, with what the settings of this very document leave open."""
        self.ensure_one()
        return self._get_unlocked_fields()

    def _open_content(self):
        """Refuse a change of the content, or let a confirmed document fall back to a draft first.

        Nothing opens a document on approval. A confirmed one opens for the exclusive right only, and then everything
        has to be confirmed again.
        """
        self.check_access("write")
        if on_approval := self.filtered(lambda document: document.state == "review"):
            raise UserError(
                self.env._(
                    "%(document)s is on approval and cannot be changed. Withdraw it from approval first.",
                    document=on_approval[0].display_name,
                )
            )
        confirmed = self.filtered(lambda document: document.state in CONFIRMED_STATES)
        if not confirmed:
            return
        if not self._is_exclusive():
            raise AccessError(
                self.env._(
                    "%(document)s is confirmed and cannot be changed. Make a new document that amends it, or ask somebody "
                    "with the right “may edit confirmed documents”.",
                    document=confirmed[0].display_name,
                )
            )
        confirmed._unlock(self.env._("Edited."))

    def _process_attachments_for_post(self, attachments, attachment_ids, message_values):
        if (attachments or attachment_ids) and not self.env.su:
            self.filtered(lambda document: document.state != "draft")._open_content()
        return super()._process_attachments_for_post(attachments, attachment_ids, message_values)
