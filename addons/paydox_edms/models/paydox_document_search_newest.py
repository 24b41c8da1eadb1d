from datetime import timedelta
from functools import partial

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.paydox_edms.tools import periods

from .paydox_document_search import FEW_MATCHES

MANY_MATCHES = 20_000
# So many of the newest documents are looked at one by one: at first, and when words are in very many of them.
LOOKED_AT = 2_000
LOOKED_AT_IF_FREQUENT = 10_000
FREQUENT, RARE = LOOKED_AT // 10, LOOKED_AT // 100
# So many of the newest documents are found by the words of their months.
NEWEST = (32_000, 128_000)
_TEXT_FIELDS = {"search_text": False, "search_archived": True}


class PaydoxDocument(models.Model):
    """A page of the full-text search is found among the newest documents, when the words are in very many."""

    _inherit = "paydox.document"

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **options):
        domain = Domain(domain)
        texts = self._get_texts(domain) if limit and order == self._order else set()
        # What is found by subselects alone would be read, or sorted, in whole.
        for period, matches in self._get_attempts(texts):
            narrowed = domain.map_conditions(lambda leaf, found=matches: self._narrow(leaf, found))
            if period:
                narrowed &= Domain("date", ">=", period.first_day)
            page = self._get_newest(super()._search(narrowed, **options), offset, limit)
            if not period or len(page) == limit:
                return page._as_query()
        return super()._search(domain, offset, limit, order, **options)

    @api.model
    def _get_newest(self, query, offset, limit):
        """Page of a query in the order of this model. Sorted apart: PostgreSQL would read all documents in their order,
        and hope to come soon upon enough of those that are asked for."""
        id_sql, date_sql = (self._field_to_sql(self._table, name, query) for name in ("id", "date"))
        rows = self.env.execute_query(
            SQL(
                """
                WITH readable (id, date) AS MATERIALIZED (%s)
                SELECT id FROM readable ORDER BY date DESC, id DESC LIMIT %s OFFSET %s
                """,
                query.select(id_sql, date_sql),
                limit,
                offset or 0,
            )
        )
        return self.browse(document_id for (document_id,) in rows)

    @api.model
    def _get_texts(self, domain):
        """What the domain looks for in texts, as ``{(field name, words)}``."""
        return {(leaf.field_expr, leaf.value) for leaf in domain.iter_conditions() if self._looks_for_text(leaf)}

    @api.model
    def _looks_for_text(self, leaf):
        return (
            leaf.field_expr in _TEXT_FIELDS
            and leaf.operator in ("ilike", "like", "=ilike", "=like")
            and isinstance(leaf.value, str)
            and bool(leaf.value.strip())
        )

    @api.model
    def _narrow(self, leaf, matches):
        return Domain("id", "in", matches[leaf.field_expr, leaf.value]) if self._looks_for_text(leaf) else leaf

    # === ATTEMPTS === #

    @api.model
    def _get_attempts(self, texts):
        """Where to look, one after the other, as ``(period, {text: ids})``; without a period these are all that match."""
        if not texts:
            return
        newest = self._find_in_last_days(texts, LOOKED_AT)
        if newest:
            yield newest
        found = min(map(len, newest[1].values())) if newest else 0
        yield from filter(None, (find() for find in self._plan(texts, found)))

    @api.model
    def _plan(self, texts, found):
        """What to try, by the number of matches among the newest documents."""
        if found >= FREQUENT:
            yield partial(self._find_in_last_days, texts, LOOKED_AT_IF_FREQUENT)
        elif found < RARE:
            yield partial(self._find_anywhere, texts, FEW_MATCHES)
        for number in NEWEST:
            yield partial(self._find_in_months, texts, number)
        yield partial(self._find_anywhere, texts, MANY_MATCHES)

    @api.model
    def _find_anywhere(self, texts, most):
        matches = {text: self._find_matches(text[1], _TEXT_FIELDS[text[0]], most) for text in texts}
        return None if None in matches.values() else (None, matches)

    @api.model
    def _find_in_last_days(self, texts, number):
        days = self._get_newest_days(number)
        # The last of these days may have more documents.
        return days and self._find_in_period(texts, periods.Period(days[0] + timedelta(days=1)))

    @api.model
    def _find_in_months(self, texts, number):
        days = self._get_newest_days(number)
        period = days and periods.cover(*days)
        return period and self._find_in_period(texts, period)

    @api.model
    def _find_in_period(self, texts, period):
        # Words of archived versions have no date beside them.
        if any(_TEXT_FIELDS[field_name] for field_name, _words in texts):
            return None
        matches = {text: self._find_matches(text[1], False, MANY_MATCHES, period) for text in texts}
        return None if None in matches.values() else (period, matches)

    @api.model
    def _get_newest_days(self, number):
        """``(oldest, newest)`` days of so many of the newest documents; None when there are not so many."""
        self.flush_model(["date"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT document.date, (SELECT max(date) FROM paydox_document)
                  FROM paydox_document document ORDER BY document.date DESC, document.id DESC OFFSET %s LIMIT 1
                """,
                number,
            )
        )
        return rows[0] if rows else None
