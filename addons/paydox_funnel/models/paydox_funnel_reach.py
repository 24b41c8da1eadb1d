from odoo import api, models
from odoo.tools import SQL

from ..tools.funnel_reach import KNOWN, find_event_condition, find_reach

EVENT_COLUMNS = ("lead_id", "to_status_id", "occurred_at", "left_at", "stay")


class PaydoxFunnel(models.AbstractModel):
    """Where the deals of a scope are looked for: among those of few owners when its condition or the rights say so.

    Which deals are found is told by the condition and the rights alone.
    """

    _inherit = "paydox.funnel"

    @api.model
    def _select_deals(self, scope, *columns):
        """Columns of the deals of the scope that the user may read."""
        query = self._find_deals(scope)
        if scope.reach:
            # The condition and the rights may name any column, unless they say no more than what is known of them.
            names = sorted({*columns, *KNOWN}) if scope.known else ["*"]
            query._tables[query.table] = self._get_parts_sql(
                scope, "crm_lead", names, SQL("user_id"), SQL("id"), SQL("create_date")
            )
        return query.select(*(SQL.identifier(query.table, column) for column in columns))

    @api.model
    def _find_deals(self, scope):
        """The deals of the scope that the user may read; looked for once for all numbers of the funnel."""
        if scope.query is None:
            leads = self.env["crm.lead"].with_context(active_test=True)
            leads.flush_model(["user_id", "company_id", "create_date"])
            # The test of ``active`` is in the domain of the scope, as it is in the domains of the lists that open from it.
            scope.query = leads._search(scope.domain)
            # sudo: as in ``_search``, what the rules themselves look for is not limited by rules
            rule = self.env["ir.rule"]._compute_domain("crm.lead", "read").optimize_full(leads.sudo())
            domain = scope.domain.optimize_full(leads) & rule
            scope.reach = find_reach(domain)
            scope.known = scope.reach and find_event_condition(domain, scope.reach)
        return scope.query

    @api.model
    def _get_events_sql(self, scope, deals):
        """The history of the deals of the scope.

        :param SQL deals: where the ids of deals of few owners stand already
        """
        source = self._get_all_events_sql(scope)
        if scope.known:
            return source
        ids = SQL("SELECT id FROM %s", deals) if scope.reach else self._select_deals(scope, "id")
        return SQL("(SELECT * FROM %s event WHERE lead_id IN (%s))", source, ids)

    @api.model
    def _get_all_events_sql(self, scope):
        """The history of the deals of the scope, and maybe that of others: to be joined with the deals."""
        self._find_deals(scope)
        if not scope.reach:
            return SQL("paydox_deal_status_event")
        owner, deal, created = SQL("deal_user_id"), SQL("lead_id"), SQL("deal_created_at")
        return self._get_parts_sql(scope, "paydox_deal_status_event", EVENT_COLUMNS, owner, deal, created, scope.known)

    @api.model
    def _get_parts_sql(self, scope, table, columns, owner, deal, created, known=None):
        extra = known or SQL("TRUE")
        if scope.mode == "cohort" and scope.begin:
            extra = SQL("%s AND %s >= %s", extra, created, scope.begin)
        if scope.mode == "cohort" and scope.end:
            extra = SQL("%s AND %s < %s", extra, created, scope.end)
        names = SQL(", ").join([SQL("*") if name == "*" else SQL.identifier(name) for name in columns])
        # OFFSET 0: each part by its own condition, which an index answers; the condition of the funnel comes after.
        parts = [
            SQL("(SELECT %s FROM %s WHERE %s OFFSET 0)", names, SQL.identifier(table), part)
            for part in scope.reach.get_parts(owner, deal, extra)
        ]
        return SQL("(%s)", SQL(" UNION ALL ").join(parts))
