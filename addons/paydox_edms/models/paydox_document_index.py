import re

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.paydox_edms.tools import periods, text_search
from odoo.addons.paydox_edms.tools.jobs import wake

BATCH = 500
MAX_ATTEMPTS = 3


class PaydoxDocumentIndex(models.Model):
    """Words of cards and files, for the full-text search.

    A document has one row with the words of its card and of its actual version; each archived version has a row of its
    own. The columns ``card`` and ``file`` are ``tsvector``, a type that the ORM does not know, so rows are written by
    the statements below. Nobody reads them but the search, which asks for documents that the user may read.
    """

    _name = "paydox.document.index"
    _description = "Index of the Search"
    _inherit = ["paydox.protected"]
    _log_access = False

    document_id = fields.Many2one(
        comodel_name="paydox.document", required=True, readonly=True, ondelete="cascade", index=True
    )
    version_id = fields.Many2one(
        comodel_name="paydox.document.version",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="The archived version of which these are the words; empty: the card and the actual version.",
    )
    actual_version_id = fields.Many2one(
        comodel_name="paydox.document.version", readonly=True, ondelete="set null", index="btree_not_null"
    )
    file_state = fields.Selection(
        selection=[("none", "No file"), ("pending", "Waits"), ("done", "Done"), ("failed", "Failed")], readonly=True
    )
    attempts = fields.Integer(readonly=True)
    is_stale = fields.Boolean(readonly=True, help="What the card names has changed elsewhere.")

    _live_uniq = models.UniqueIndex("(document_id) WHERE version_id IS NULL")
    _pending_idx = models.Index("(id) WHERE file_state = 'pending'")
    _stale_idx = models.Index("(id) WHERE is_stale")

    def init(self):
        self.env.cr.execute(
            """
            ALTER TABLE paydox_document_index
                ADD COLUMN IF NOT EXISTS card tsvector DEFAULT '', ADD COLUMN IF NOT EXISTS file tsvector DEFAULT '';
            CREATE INDEX IF NOT EXISTS paydox_document_index_live_words ON paydox_document_index
                USING gin ((card || file)) WHERE version_id IS NULL;
            CREATE INDEX IF NOT EXISTS paydox_document_index_archived_words ON paydox_document_index
                USING gin ((card || file)) WHERE version_id IS NOT NULL;
            """
        )

    # === QUERY === #

    @api.model
    def _get_tsquery(self, query):
        """The query as PostgreSQL understands it; empty when it has no word to look for."""
        terms = text_search.parse_query(query)
        if not terms:
            return ""
        parts = [self._get_term_sql(words, is_prefix) for words, is_prefix in terms]
        # Compiling the conditions of the access rules would take seconds, and the search itself takes milliseconds.
        select = SQL("SELECT (%s)::text, set_config('jit', 'off', TRUE)", SQL(" && ").join(parts))
        [(tsquery, _setting)] = self.env.execute_query(select)
        return tsquery

    @api.model
    def _get_term_sql(self, words, is_prefix):
        text = " <-> ".join(words) + (":*" if is_prefix else "")
        # The Russian configuration stems Latin words as English ones.
        stems = SQL("to_tsquery('russian', %s)", text)
        if not text.isascii():
            return stems
        others = SQL("to_tsquery('romanian', %s)", text)
        return SQL("(CASE WHEN %s = %s THEN %s ELSE %s || %s END)", stems, others, stems, stems, others)

    @api.model
    def _get_match_sql(self, query, with_archived=False, period=None):
        """Subselect of the documents whose card or file has all words of the query, or None when it asks for nothing.

        :param periods.Period period: only documents of it
        """
        self._flush_cards()
        tsquery = self._get_tsquery(query)
        if not tsquery:
            return None
        if period and period.words:
            tsquery = f"({tsquery}) & ({' | '.join(period.words)})"
        match = SQL("(card || file) @@ %s::tsquery", tsquery)
        select = SQL("SELECT document_id FROM paydox_document_index WHERE version_id IS NULL AND %s", match)
        if period and not period.words:
            # Few documents: each is looked at (by OFFSET 0), which takes less than to collect all that have a frequent word.
            return SQL(
                """
                SELECT newest.id
                  FROM paydox_document newest,
               LATERAL (SELECT card, file FROM paydox_document_index
                         WHERE document_id = newest.id AND version_id IS NULL OFFSET 0) AS words
                 WHERE newest.date >= %s AND %s
                """,
                period.first_day,
                match,
            )
        if with_archived:
            archived = SQL("SELECT document_id FROM paydox_document_index WHERE version_id IS NOT NULL AND %s", match)
            return SQL("%s UNION ALL %s", select, archived)
        return select

    @api.model
    def _filter_words(self, words, tsquery):
        """Those of the folded words that the query means, in any of the languages."""
        if not words or not tsquery:
            return set()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT word FROM unnest(%s) AS word
                 WHERE to_tsvector('russian', word) || to_tsvector('romanian', word) @@ %s::tsquery
                """,
                sorted(words),
                self._get_any(tsquery),
            )
        )
        return {word for (word,) in rows}

    @api.model
    def _get_any(self, tsquery):
        """The query that is content with any of the words."""
        return re.sub(r" (?:&|<->|<\d+>) ", " | ", tsquery)

    # === CARDS === #

    @api.model
    def _mark_cards(self, documents):
        """The words of these cards have changed: they are indexed once, before the next search or the commit."""
        precommit = self.env.cr.precommit
        if "paydox.document.index" not in precommit.data:
            precommit.data["paydox.document.index"] = set()
            # sudo: the index is written by the system
            precommit.add(self.sudo()._flush_cards)
        precommit.data["paydox.document.index"].update(documents.ids)

    def _flush_cards(self):
        ids = self.env.cr.precommit.data.get("paydox.document.index")
        if not ids:
            return
        # sudo: the index has the words of every card, whoever changed it
        documents_sudo = self.env["paydox.document"].sudo().browse(sorted(ids)).exists()
        ids.clear()
        for batch in range(0, len(documents_sudo), BATCH):
            self._write_cards(documents_sudo[batch : batch + BATCH])

    @api.model
    def _write_cards(self, documents):
        rows, days = [], {document.id: document.date for document in documents}
        for document_id, parts in documents._get_search_parts().items():
            vector = self._get_vector_sql("\n".join(text for _name, text in parts), text_search.CARD_BUDGET)
            period = SQL("array_to_tsvector(%s)", periods.get_words(days[document_id]))
            rows.append(SQL("(%s, %s || %s)", document_id, vector, period))
        if rows:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO paydox_document_index
                                (document_id, card, actual_version_id, file_state, attempts, is_stale)
                         SELECT card.document_id, card.words, version.id,
                                CASE WHEN version.id IS NULL THEN 'none' ELSE 'pending' END, 0, FALSE
                           FROM (VALUES %s) AS card (document_id, words)
                      LEFT JOIN paydox_document_version version
                             ON version.document_id = card.document_id AND version.state = 'actual'
                    ON CONFLICT (document_id) WHERE version_id IS NULL
                      DO UPDATE SET card = EXCLUDED.card, is_stale = FALSE
                    """,
                    SQL(", ").join(rows),
                )
            )

    @api.model
    def _get_vector_sql(self, text, budget=text_search.FILE_BUDGET):
        words, latin = text_search.prepare_vector(text, budget)
        return SQL("to_tsvector('russian', %s) || to_tsvector('romanian', %s)", words, latin)

    @api.model
    def _mark_partners(self, partners):
        """A counterparty has another name: its documents are indexed again by the job."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE paydox_document_index SET is_stale = TRUE
                 WHERE version_id IS NULL AND document_id IN (
                    SELECT document.id FROM paydox_document document JOIN res_partner ON partner_id = res_partner.id
                     WHERE res_partner.id IN %s OR res_partner.commercial_partner_id IN %s)
                """,
                tuple(partners.ids),
                tuple(partners.ids),
            )
        )
        if self.env.cr.rowcount:
            self._trigger_job()

    # === JOB === #

    @api.model
    def _trigger_job(self):
        # sudo: users have no access to the jobs
        wake(self.env, "paydox_edms.ir_cron_update_index")

    @api.model
    def _cron_update_index(self):
        """Index what lags behind: cards without a row or with another counterparty, then files that wait."""
        while documents := self._find_lagging_cards():
            self._write_cards(documents)
            if not self.env["ir.cron"]._commit_progress(len(documents), remaining=len(documents) == BATCH):
                return
        self._add_missing_archived()
        self._cron_index_files()

    @api.model
    def _find_lagging_cards(self):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                (SELECT document_id FROM paydox_document_index WHERE is_stale AND version_id IS NULL LIMIT %(limit)s)
                UNION
                (SELECT id FROM paydox_document document WHERE NOT EXISTS (
                    SELECT 1 FROM paydox_document_index WHERE document_id = document.id AND version_id IS NULL)
                 LIMIT %(limit)s)
                LIMIT %(limit)s
                """,
                limit=BATCH,
            )
        )
        return self.env["paydox.document"].browse(document_id for (document_id,) in rows)
