from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

FEW_MATCHES = 5_000
_DIGIT_TERM_LENGTH = 3
_TEXT_PROPERTIES = ("char", "text", "html", "integer", "float", "selection", "tags")


class PaydoxDocument(models.Model):
    """Full-text search over cards and files. Access rules apply to it as to any other search."""

    _inherit = "paydox.document"

    search_text = fields.Char(
        string="Text of Card and Files", compute="_compute_search_text", search="_search_search_text", exportable=False
    )
    search_archived = fields.Char(
        string="Text, Archived Versions too",
        compute="_compute_search_text",
        search="_search_search_archived",
        exportable=False,
    )

    # The order of the list: a frequent word is found among the newest documents without reading all that have it.
    _date_idx = models.Index("(date DESC, id DESC)")

    # === COMPUTE METHODS === #

    def _compute_search_text(self):
        self.search_text = self.search_archived = False

    def _search_search_text(self, operator, value):
        return self._get_text_domain(operator, value)

    def _search_search_archived(self, operator, value):
        return self._get_text_domain(operator, value, with_archived=True)

    @api.model
    def _get_text_domain(self, operator, value, with_archived=False):
        if operator not in ("ilike", "like", "=ilike", "=like", "in"):
            return NotImplemented
        queries = [value] if isinstance(value, str) else list(value)
        return Domain.OR(self._get_query_domain(query, with_archived) for query in queries)

    @api.model
    def _get_query_domain(self, query, with_archived=False):
        if not isinstance(query, str) or not query.strip():
            return Domain.TRUE
        few = self._find_matches(query, with_archived, FEW_MATCHES)
        if few is not None:
            return Domain("id", "in", few)
        selects = self._get_matches_sql(query, with_archived)
        return Domain("id", "in", SQL("(%s)", SQL(" UNION ALL ").join(selects)))

    @api.model
    def _find_matches(self, query, with_archived, most, period=None):
        """Ids of the documents with all words of the query, whoever may read them, or None when there are more than ``most``.

        PostgreSQL cannot tell how frequent the beginning of a word is. Given ids instead of a subselect, it need not guess.

        :param periods.Period period: only documents of it
        """
        selects = self._get_matches_sql(query, with_archived, period)
        if not selects:
            return []
        # Materialized: read until there are enough, but not planned as if only the first ones mattered.
        found = SQL(
            "WITH found (id) AS MATERIALIZED (%s) SELECT id FROM found LIMIT %s",
            SQL(" UNION ALL ").join(selects),
            most + 1,
        )
        rows = self.env.execute_query(found)
        return None if len(rows) > most else list({document_id for (document_id,) in rows})

    @api.model
    def _get_matches_sql(self, query, with_archived, period=None):
        """Subselects of documents by their words and by a piece of their number."""
        # sudo: subselects; the search around them applies the access rules
        words = self.env["paydox.document.index"].sudo()._get_match_sql(query, with_archived, period)
        return [select for select in (words, self._get_number_sql(query.strip(), period)) if select]

    @api.model
    def _get_number_sql(self, query, period=None):
        """A piece out of the middle of a number, which is no word."""
        if len(query) < _DIGIT_TERM_LENGTH or " " in query or not any(char.isdigit() for char in query):
            return None
        # In a database of the locale C, only Latin letters are compared regardless of their case.
        spellings = dict.fromkeys((query, query.upper(), query.lower()))
        names = ("number", "sender_number")
        domain = Domain.OR(Domain(name, "ilike", spelling) for name in names for spelling in spellings)
        if period:
            domain &= Domain("date", ">=", period.first_day)
        # sudo: a subselect; the search around it applies the access rules
        return self.sudo().with_context(active_test=False)._search(domain).subselect()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        self.env["paydox.document.index"]._mark_cards(documents)
        return documents

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & self._get_search_fields():
            self.env["paydox.document.index"]._mark_cards(self)
        return result

    # === HELPERS === #

    @api.model
    def _get_search_fields(self):
        """Names of the fields whose words are indexed. An addon that adds one extends ``_get_search_parts`` as well."""
        return {"name", "number", "sender_number", "date", "partner_id", "amount", "note", "properties", "kind_id"}

    def _get_search_parts(self):
        """What of the cards is indexed, as ``{document id: [(field name, text)]}``; empty fields are left out."""
        properties = {values["id"]: values["properties"] for values in self.read(["properties"])}
        parts = {}
        for document in self:
            partner = document.partner_id
            names = dict.fromkeys([partner.name, partner.commercial_partner_id.name, partner.vat])
            texts = [
                ("number", document.number),
                ("name", document.name),
                ("sender_number", document.sender_number),
                ("partner_id", " ".join(filter(None, names))),
                ("amount", f"{document.amount:.2f}" if document.amount else ""),
                ("properties", "\n".join(map(self._get_property_text, properties[document.id] or []))),
                ("note", html2plaintext(document.note, include_references=False) if document.note else ""),
            ]
            parts[document.id] = [(name, text) for name, text in texts if text and text.strip()]
        return parts

    @api.model
    def _get_property_text(self, definition):
        value = definition.get("value")
        if not value or definition["type"] not in _TEXT_PROPERTIES:
            return ""
        if definition["type"] == "selection":
            return dict(definition.get("selection") or []).get(value, "")
        if definition["type"] == "tags":
            labels = {tag[0]: tag[1] for tag in definition.get("tags") or []}
            return " ".join(labels.get(tag, "") for tag in value)
        return html2plaintext(value, include_references=False) if definition["type"] == "html" else str(value)
