import re

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.paydox_edms.tools import text_search

MAX_COUNT = 1_000
MAX_LIMIT = 200
# Characters of files that are looked through for the snippets of one page of results.
READ_BUDGET = 3_000_000
_CHUNK = 50_000
_MAX_CANDIDATES = 40
_LEXEME = re.compile(r"'((?:[^']|'')+)'")


class PaydoxDocument(models.Model):
    """Results of the full-text search with the place of the hit."""

    _inherit = "paydox.document"

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def search_documents(self, query, domain=None, limit=80, offset=0, with_archived=False):
        """Documents with all words of the query in their card or file, the newest first, with the place of the hit.

        :param str query: words; in quotes a phrase; the last word may be unfinished
        :param list domain: further conditions
        :param int limit: at most 200
        :param bool with_archived: look through archived versions too
        :return: ``{"total": 3, "records": [{"id", "display_name", "date", "state", "kind", "partner", "hits": [{
            "where": "card" or "file", "label", "version_id", "version_number", "filename", "page",
            "snippet": [["text", False], ["hit", True], ...]}]}]}``; ``total`` stops at 1,001
        """
        if not isinstance(query, str) or len(query) > text_search.MAX_QUERY:
            raise UserError(
                self.env._("Write what to look for in at most %(limit)s characters.", limit=text_search.MAX_QUERY)
            )
        if not all(type(number) is int for number in (limit, offset)) or limit < 1 or offset < 0:
            raise UserError(self.env._("The page of the results is given in whole numbers, from 1 and from 0."))
        if not isinstance(domain or [], (list, tuple, Domain)):
            raise UserError(self.env._("Further conditions are given as a domain, a list of conditions."))
        if not query.strip():
            return {"total": 0, "records": []}
        field = "search_archived" if with_archived else "search_text"
        scope = Domain(field, "ilike", query) & Domain(domain or Domain.TRUE)
        documents = self.search(scope, limit=min(limit, MAX_LIMIT), offset=offset)
        hits = documents._get_hits(query, with_archived)
        return {
            "total": self.search_count(scope, limit=MAX_COUNT + 1),
            "records": [document._prepare_result(hits.get(document.id, [])) for document in documents],
        }

    def _prepare_result(self, hits):
        return {
            "id": self.id,
            "display_name": self.display_name,
            "date": self.date.isoformat(),
            "state": self.state,
            "kind": self.kind_id.display_name,
            "partner": self.partner_id.display_name or "",
            "hits": hits,
        }

    # === PLACES === #

    def _get_hits(self, query, with_archived=False):
        """Where the words of the query stand: ``{document id: hits}``."""
        index_sudo = self.env["paydox.document.index"].sudo()
        tsquery = index_sudo._get_tsquery(query)
        places = self._find_card_places() + self._find_file_places(index_sudo, tsquery, with_archived)
        lexemes = [lexeme.replace("''", "'") for lexeme in _LEXEME.findall(tsquery)]
        budget, found = READ_BUDGET, []
        for document_id, hit, text in places:
            candidates, read = self._find_candidates(text, lexemes, budget)
            budget -= read
            found.append((document_id, hit, text, candidates))
        words = {word for _document_id, _hit, _text, candidates in found for _start, _end, word in candidates}
        confirmed = index_sudo._filter_words(words, tsquery)
        hits = {}
        for document_id, hit, text, candidates in found:
            marks = [(start, end) for start, end, word in candidates if word in confirmed]
            if not marks and hit["field"] in ("number", "sender_number"):
                marks = self._find_piece(text, query)
            if marks:
                hits.setdefault(document_id, []).append(self._prepare_hit(hit, text, marks))
        return hits

    def _find_card_places(self):
        places = []
        # sudo: names of counterparties as the card shows them; the documents are those that the user reads
        for document_id, parts in self.sudo()._get_search_parts().items():
            for name, text in parts:
                label = self._fields[name]._description_string(self.env)
                places.append((document_id, {"where": "card", "field": name, "label": label}, text))
        return places

    def _find_file_places(self, index_sudo, tsquery, with_archived):
        """Names and texts of the files that have any of the words."""
        if not tsquery or not self.ids:
            return []
        archived = SQL("TRUE") if with_archived else SQL("version_id IS NULL")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(version_id, actual_version_id) FROM paydox_document_index
                 WHERE document_id IN %s AND %s AND file @@ %s::tsquery
                """,
                tuple(self.ids),
                archived,
                index_sudo._get_any(tsquery),
            )
        )
        versions = self.env["paydox.document.version"].search([("id", "in", [row[0] for row in rows if row[0]])])
        # sudo: the text of files of versions that the user reads
        texts = {sudo.res_id: sudo.index_content or "" for sudo in versions.sudo()._get_attachment()}
        places = []
        for version in versions.sorted("number", reverse=True):
            hit = {
                "where": "file",
                "version_id": version.id,
                "version_number": version.number,
                "filename": version.filename,
            }
            name = hit | {"field": "filename", "label": self.env._("File Name")}
            places.append((version.document_id.id, name, version.filename))
            content = hit | {"field": "file", "label": self.env._("Text of the File")}
            places.append((version.document_id.id, content, texts.get(version.id, "")))
        return places

    @api.model
    def _find_candidates(self, text, lexemes, budget):
        """:return: ``(first candidates in the text, number of characters read)``"""
        candidates, position = [], 0
        while position < min(len(text), budget) and len(candidates) < _MAX_CANDIDATES:
            # Chunks end at a blank, so that no word is cut.
            end = text.find(" ", position + _CHUNK) if position + _CHUNK < len(text) else len(text)
            end = len(text) if end < 0 else end
            candidates += [
                (position + start, position + stop, word)
                for start, stop, word in text_search.find_candidates(text[position:end], lexemes)
            ]
            position = end
        return candidates[: _MAX_CANDIDATES * 10], position

    @api.model
    def _find_piece(self, text, query):
        start = text_search.fold(text).find(text_search.fold(query.strip()))
        return [(start, start + len(query.strip()))] if start >= 0 else []

    @api.model
    def _prepare_hit(self, hit, text, marks):
        snippet, place = text_search.cut_snippet(text, marks)
        page = text.count(text_search.PAGE_BREAK, 0, place) + 1 if text_search.PAGE_BREAK in text else 0
        return {"version_id": 0, "version_number": 0, "filename": "", "page": page, "snippet": snippet} | hit
