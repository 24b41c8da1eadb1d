from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

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
        selects = [self.env["paydox.document.index"].sudo()._get_match_sql(query, with_archived)]
        selects.append(self._get_number_sql(query.strip()))
        selects = [select for select in selects if select]
        return Domain("id", "in", SQL("(%s)", SQL(" UNION ALL ").join(selects))) if selects else Domain.FALSE

    @api.model
    def _get_number_sql(self, query):
        """A piece out of the middle of a number, which is no word."""
        if len(query) < _DIGIT_TERM_LENGTH or " " in query or not any(char.isdigit() for char in query):
            return None
        # In a database of the locale C, only Latin letters are compared regardless of their case.
        spellings = dict.fromkeys((query, query.upper(), query.lower()))
        names = ("number", "sender_number")
        domain = Domain.OR(Domain(name, "ilike", spelling) for name in names for spelling in spellings)
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
        return {"name", "number", "sender_number", "partner_id", "amount", "note", "properties", "kind_id"}

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
