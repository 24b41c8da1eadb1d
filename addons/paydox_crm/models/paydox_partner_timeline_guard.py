from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.keyset import Key

# So many times what is wanted is looked at without the rules.
WINDOW = 2


class PaydoxPartnerTimeline(models.AbstractModel):
    """Who sees which events. Rules are asked of what was found, once for each model: to plan them within each of twenty
    sources takes longer than all the rest.
    """

    _inherit = "paydox.partner.timeline"

    # === HOOKS === #

    @api.model
    def _get_guard_domain(self, model):
        """What is asked of the record of an event besides the access rules."""
        return Domain.TRUE

    # === HELPERS === #

    @api.model
    def _find_readable_events(self, scope, sources, kinds, key, count):
        """The first ``count`` events after ``key`` that the user may see, or as many as there are.

        Some more than wanted are looked at without the rules; when too few of them are his, he is somebody who reads
        little here, and the rest is looked for by the rules.
        """
        window = WINDOW * count
        found = self._find_events(scope, sources, kinds, key, window, with_rules=False)
        rows = self._filter_readable_events(sources, found)
        if len(rows) >= count or len(found) < window:
            return rows[:count]
        last = found[-1]
        after = Key(last["moment"], last["source"], last["id"])
        return rows + self._find_events(scope, sources, kinds, after, count - len(rows), with_rules=True)

    @api.model
    def _filter_readable_events(self, sources, rows):
        by_code = {source.code: source for source in sources}
        asked = {}
        for row in rows:
            source = by_code[row["source"]]
            if source.guard:
                asked.setdefault(source.guard, set()).update(source.get_guard_ids(row))
        readable = {model: self._filter_guards(model, ids) for model, ids in asked.items()}
        return [
            row
            for row in rows
            if not (source := by_code[row["source"]]).guard
            or not readable[source.guard].isdisjoint(source.get_guard_ids(row))
        ]

    @api.model
    def _filter_guards(self, model, ids):
        """Ids of those records whose events the user may see."""
        if self._get_guard_domain(model).is_true():
            # Of a few records the rules are asked in memory: to make SQL of those of documents takes three times as long.
            return set(self.env[model].browse(ids)._filtered_access("read").ids)
        return set(self._search_guarded(model, Domain("id", "in", ids)))

    @api.model
    def _get_guard_condition(self, source):
        """The same as a condition on an event."""
        if source.guard == "paydox.document":
            return SQL("TRUE")  # stands in the documents that the sources share
        readable = self._search_guarded(source.guard, Domain.TRUE).select()
        if source.has_guards:
            return SQL("EXISTS (SELECT FROM unnest(guard_ids) guard(id) WHERE guard.id IN (%s))", readable)
        return SQL("res_id IN (%s)", readable)

    @api.model
    def _search_guarded(self, model, domain):
        """Query of the records whose events the user may see."""
        return self.env[model].with_context(active_test=False)._search(domain & self._get_guard_domain(model))
