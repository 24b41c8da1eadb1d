import logging

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.paydox_edms.tools import file_text
from odoo.addons.paydox_edms.tools.office_text import read_office

from .paydox_document_index import MAX_ATTEMPTS

# Files up to this size are read when they are uploaded, so that they are found at once; others by the job.
AT_ONCE_BYTES = 1024 * 1024
AT_ONCE_SECONDS = 2
JOB_SECONDS = 120

_logger = logging.getLogger(__name__)


class PaydoxDocumentIndex(models.Model):
    """Words of files. The text itself is kept where Odoo keeps it, in the attachment."""

    _inherit = "paydox.document.index"

    @api.model
    def _add_version(self, version):
        """A document has a new actual version: the words of the former one get a row of their own."""
        self._mark_cards(version.document_id)
        self.sudo()._flush_cards()
        document_id = version.document_id.id
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO paydox_document_index (document_id, version_id, card, file, file_state, attempts, is_stale)
                     SELECT document_id, actual_version_id, '', file, file_state, attempts, FALSE
                       FROM paydox_document_index
                      WHERE document_id = %s AND version_id IS NULL AND actual_version_id <> %s
                """,
                document_id,
                version.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE paydox_document_index SET actual_version_id = %s, file_state = 'pending', attempts = 0, file = %s
                 WHERE document_id = %s AND version_id IS NULL RETURNING id
                """,
                version.id,
                self._get_vector_sql(version.filename),
                document_id,
            )
        )
        rows = self.browse(row[0] for row in self.env.cr.fetchall())
        rows.invalidate_recordset()
        if not rows._index_file(version, at_once=True):
            self._trigger_job()

    def _index_file(self, version, at_once=False):
        """Read the text of the file and put its words into the row.

        :param bool at_once: only if that is quick
        :return: whether it is done
        """
        self.ensure_one()
        # sudo: the text of the file belongs to the index, whoever adds the version
        attachment_sudo = version.sudo()._get_attachment()
        content = attachment_sudo.raw or b""
        if at_once and len(content) > AT_ONCE_BYTES:
            return False
        text, is_complete = self._read_file(content, version.mimetype, AT_ONCE_SECONDS if at_once else JOB_SECONDS)
        if not is_complete and at_once:
            return False
        attachment_sudo.write({"index_content": text})
        self.env.cr.execute(
            SQL(
                "UPDATE paydox_document_index SET file = %s, file_state = 'done' WHERE id = %s",
                self._get_vector_sql(f"{version.filename}\n{text}"),
                self.id,
            )
        )
        self.invalidate_recordset(["file_state"])
        return True

    @api.model
    def _read_file(self, content, mimetype, seconds):
        """:return: ``(text, whether it was read to the end)``"""
        if mimetype == "application/pdf":
            return file_text.read_pdf(content, seconds)
        if content.startswith(b"PK"):
            return file_text.tidy(read_office(content, file_text.MAX_CHARACTERS)), True
        if mimetype.startswith("text/"):
            return file_text.read_text(content), True
        return file_text.tidy(self.env["ir.attachment"]._index(content, mimetype) or ""), True

    # === JOB === #

    @api.model
    def _add_missing_archived(self):
        """Versions of the time before the index."""
        self.env.cr.execute(
            """
            INSERT INTO paydox_document_index (document_id, version_id, file_state, attempts, is_stale)
                 SELECT document_id, id, 'pending', 0, FALSE FROM paydox_document_version version
                  WHERE state = 'archived'
                    AND NOT EXISTS (SELECT 1 FROM paydox_document_index WHERE version_id = version.id)
            """
        )

    @api.model
    def _cron_index_files(self):
        """Read the files that wait, one after the other. A file that kills the worker is left after three attempts."""
        while row := self.search([("file_state", "=", "pending")], limit=1, order="attempts, id"):
            cron = self.env["ir.cron"]
            attempts = row.attempts + 1
            row.write({"attempts": attempts, "file_state": "pending" if attempts < MAX_ATTEMPTS else "failed"})
            cron._commit_progress()
            row._try_index_file()
            if not cron._commit_progress(1, remaining=self.search_count([("file_state", "=", "pending")], limit=1000)):
                return

    def _try_index_file(self):
        version = self.version_id or self.actual_version_id
        try:
            with self.env.cr.savepoint():
                self._index_file(version)
        except Exception:  # noqa: BLE001  one file must not stop the others
            _logger.warning("The text of version %s could not be indexed", version.id, exc_info=True)
            self.write({"file_state": "failed" if self.attempts >= MAX_ATTEMPTS else "pending"})
