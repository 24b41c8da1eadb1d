from datetime import timedelta

from psycopg2.errors import ReadOnlySqlTransaction

from odoo import SUPERUSER_ID, api, fields, models
from odoo.http import request
from odoo.tools import SQL

DEFAULT_RETENTION_DAYS = 1095
MIN_RETENTION_DAYS = 30
PURGE_BATCH = 50_000
# A viewer fetches one file in many pieces; they count as one preview.
PIECES_MINUTES = 10


class PaydoxDocumentAccessLog(models.Model):
    """Who opened a document or its files, for the kinds that ask for it. Rows are added only, by the hooks below."""

    _name = "paydox.document.access.log"
    _description = "Journal of Access"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _log_access = False
    _rec_name = "document_id"

    document_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, required=True, ondelete="cascade", index=True
    )
    version_id = fields.Many2one(
        comodel_name="paydox.document.version", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    user_id = fields.Many2one(comodel_name="res.users", readonly=True, required=True, ondelete="restrict", index=True)
    action = fields.Selection(
        selection=[
            ("open", "Opened the card"),
            ("preview", "Looked at the file"),
            ("download", "Downloaded the file"),
            ("copy", "Copied or exported"),
            ("send", "Sent by message"),
        ],
        readonly=True,
        required=True,
    )
    occurred_at = fields.Datetime(string="When", readonly=True, required=True, index=True)
    ip_address = fields.Char(string="Address", readonly=True)

    # === CRUD METHODS === #

    def write(self, vals):
        if vals:
            self._refuse()
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _log(self, action, documents, versions=None):
        """Write down that the current user does ``action`` with the documents, or with versions of them.

        Only kinds with the journal switched on count. The row is written before anything is shown; when that fails,
        nothing is shown.
        """
        kind_ids = self.env["paydox.document.kind"]._get_logged_kind_ids()
        if not kind_ids or self.env.uid == SUPERUSER_ID:
            return
        # sudo: whether there is a journal does not depend on who reads
        logged_sudo = documents.sudo().filtered(lambda document: document.kind_id.id in kind_ids)
        if not logged_sudo:
            return
        rows = [(document, None) for document in logged_sudo]
        if versions is not None:
            rows = [(version.document_id, version) for version in versions.sudo() if version.document_id in logged_sudo]
        if self.env.cr.readonly:
            # The server runs the request again on a cursor that writes, as it does when the database refuses.
            raise ReadOnlySqlTransaction("Access to a document is written down")
        self._insert([self._prepare_row(action, document, version) for document, version in rows])

    @api.model
    def _prepare_row(self, action, document, version):
        return {
            "action": action,
            "document_id": document.id,
            "version_id": version.id if version else False,
            "company_id": document.company_id.id,
            "user_id": self.env.uid,
            "occurred_at": fields.Datetime.now(),
            "ip_address": request.httprequest.remote_addr if request else False,
        }

    @api.model
    def _insert(self, values):
        # sudo: nobody writes the journal by hand
        journal_sudo = self.sudo()
        if request and request.httprequest.headers.get("Range"):
            values = [vals for vals in values if not journal_sudo._has_piece(vals)]
        journal_sudo.create(values)

    @api.model
    def _has_piece(self, vals):
        domain = [(name, "=", vals[name]) for name in ("document_id", "version_id", "user_id", "action", "ip_address")]
        since = fields.Datetime.now() - timedelta(minutes=PIECES_MINUTES)
        return bool(self.search_count([*domain, ("occurred_at", ">", since)], limit=1))

    # === AUTOVACUUM === #

    @api.autovacuum
    def _gc_old(self):
        """Remove what is older than ``paydox_edms.access_log_days``, in batches."""
        limit = fields.Datetime.now() - timedelta(days=self._get_retention_days())
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM paydox_document_access_log WHERE id IN (
                    SELECT id FROM paydox_document_access_log WHERE occurred_at < %s ORDER BY occurred_at LIMIT %s)
                """,
                limit,
                PURGE_BATCH,
            )
        )
        return self.env.cr.rowcount, int(self.env.cr.rowcount == PURGE_BATCH)

    @api.model
    def _get_retention_days(self):
        # sudo: system parameters are not readable for everybody
        value = self.env["ir.config_parameter"].sudo().get_param("paydox_edms.access_log_days", "")
        return max(int(value), MIN_RETENTION_DAYS) if value.isdecimal() else DEFAULT_RETENTION_DAYS
