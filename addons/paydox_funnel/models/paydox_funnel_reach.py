from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.funnel_reach import KNOWN, find_choices, find_event_condition, find_reach
from ..tools.funnel_tally_schema import CUTS_OF_EVENTS

MAX_RECORDS = 1000
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
            leads.flush_model(list(KNOWN))
            # The test of ``active`` is in the domain of the scope, as it is in the domains of the lists that open from it.
            scope.query = leads._search(scope.domain)
            # sudo: as in ``_search``, what the rules themselves look for is not limited by rules
            rule = self.env["ir.rule"]._compute_domain("crm.lead", "read").optimize_full(leads.sudo())
            domain = (scope.domain.optimize_full(leads) & rule).map_conditions(self._name_records)
            scope.reach = find_reach(domain)
            # One index for each field; by two at once they are few: the deals are found first, then the history of each.
            choices = find_choices(domain)
            is_quick = scope.reach or not choices or (len(choices) == 1 and choices < set(CUTS_OF_EVENTS))
            scope.known = find_event_condition(domain, scope.reach) if is_quick else None
        return scope.query

    @api.model
    def _name_records(self, condition):
        """A department with those below it: their ids, when they are few."""
        if condition.operator not in ("any!", "not any!") or condition.field_expr not in KNOWN:
            return condition
        records = self.env[self.env["crm.lead"]._fields[condition.field_expr].comodel_name]
        # sudo: as ``any!`` says, their own rules do not matter
        records_sudo = records.sudo().with_context(active_test=False).search(condition.value, limit=MAX_RECORDS + 1)
        if len(records_sudo) > MAX_RECORDS:
            return condition
        return Domain(condition.field_expr, "in" if condition.operator == "any!" else "not in", records_sudo.ids)

    @api.model
    def _get_events_sql(self, scope, deals):
        """The history of the deals of the scope.

        :param SQL deals: where their ids stand
        """
        source = self._get_all_events_sql(scope)
        if scope.known:
            return source
        return SQL("(SELECT * FROM %s event WHERE lead_id IN (SELECT id FROM %s))", source, deals)

    @api.model
    def _get_all_events_sql(self, scope):
        """The history of the deals of the scope, and maybe that of others: to be joined with the deals."""
        self._find_deals(scope)
        if not scope.reach:
            everything = SQL("paydox_deal_status_event")
            return SQL("(SELECT * FROM %s event WHERE %s)", everything, scope.known) if scope.known else everything
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
