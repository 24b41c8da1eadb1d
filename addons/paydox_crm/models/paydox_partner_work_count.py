from odoo import api, models
from odoo.tools import SQL


class PaydoxPartnerWork(models.Model):
    """How much is open with counterparties: the same number as the list has, without planning all its access rules."""

    _inherit = "paydox.partner.work"

    # === BUSINESS METHODS === #

    @api.model
    def _count_open(self, partner_ids):
        """Rows that are open and readable. What there is at all is found first, by the indexes of the counterparties;
        the access rules are then asked of those few records only, and of no sort that has none.

        :return: ``{partner id: number}``
        """
        rows = self._find_open(partner_ids) if partner_ids else []
        columns = self._get_link_columns()
        found = {name: {row[name] for row in rows if row[name]} for name in columns}
        readable = {
            name: set(self._filter_readable(columns[name], ids, rows)) for name, ids in found.items() if ids
        }  # fmt: skip
        counts = {}
        for row in rows:
            if any(row[name] in ids for name, ids in readable.items()):
                counts[row["partner_id"]] = counts.get(row["partner_id"], 0) + 1
        return counts

    # === HELPERS === #

    @api.model
    def _find_open(self, partner_ids):
        """Open rows, whoever may read them. Nothing of this leaves the server unfiltered."""
        for model, names in self._depends.items():
            self.env[model].flush_model(names)
        sources = self._get_sources(lambda column, model: SQL("TRUE"))
        return self.env.execute_query_dict(
            SQL(
                "SELECT partner_id, %(links)s FROM (%(sources)s) row WHERE is_open AND partner_id IN %(partners)s",
                links=SQL(", ").join(map(SQL.identifier, self._get_link_columns())),
                sources=SQL(" UNION ALL ").join(SQL("(%s)", source) for source in sources),
                partners=tuple(partner_ids),
            )
        )

    @api.model
    def _filter_readable(self, model, ids, rows):
        """Those of the records that the user reads, by the same question as in the list."""
        if model != "mail.activity":
            return self.env[model].with_context(active_test=False)._search([("id", "in", list(ids))])
        # The source of activities has the condition on whose they are; the counterparty is what is left to ask.
        partner_ids = {row["partner_id"] for row in rows if row["activity_id"]}
        partners = self.env["res.partner"].with_context(active_test=False)._search([("id", "in", list(partner_ids))])
        readable = set(partners)
        return [row["activity_id"] for row in rows if row["activity_id"] and row["partner_id"] in readable]
