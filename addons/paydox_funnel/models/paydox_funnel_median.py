from datetime import date, datetime, time, timedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools.funnel_rank import find_middle, get_class, get_class_edges
from ..tools.funnel_tally_schema import CUTS_OF_EVENTS
from ..tools.funnel_tally_scope import KnownScope

EPOCH = date(2000, 1, 1)
CYCLE = SQL("date_part('epoch', date_closed - create_date)")


class PaydoxFunnel(models.AbstractModel):
    """Exact medians without sorting: counts by class of length say where the middle lies, and only that class is read."""

    _inherit = "paydox.funnel"

    # === STAYS ===#

    @api.model
    def _fetch_tally_days(self, scope, tally):
        """Median stay in each status, finished and running, in days; None when the tally and the rows do not agree."""
        return self._find_days(
            scope, tally, self._fetch_stay_classes(scope, tally), self._fetch_running_days(scope, tally)
        )

    @api.model
    def _fetch_known_days(self, scope):
        """The same of deals that a condition on their events tells, without any sum; None when none does, or their owners do."""
        self._find_deals(scope)
        if not scope.known or scope.reach:
            return None
        self.env["paydox.deal.status.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT to_status_id, left_at IS NULL,
                       CASE WHEN left_at IS NULL THEN occurred_at::date - %s ELSE paydox_funnel_class(stay) END, COUNT(*)
                  FROM paydox_deal_status_event WHERE %s AND to_status_id IN %s GROUP BY 1, 2, 3
                """,
                EPOCH,
                scope.known,
                tuple(scope.layers.ids) or (0,),
            )
        )
        finished = {}
        for status_id, is_running, number, count in rows:
            if not is_running:
                finished.setdefault(status_id, {})[number] = count
        running = self._read_running_days(scope, [(row[0], *row[2:]) for row in rows if row[1]])
        return self._find_days(scope, KnownScope(scope.known), finished, running)

    @api.model
    def _find_days(self, scope, tally, finished, running):
        """The medians, from the stays around the middle; None when what is found is not what was counted."""
        wanted = {}
        for status_id in scope.layers.ids:
            middle = find_middle(finished.get(status_id, {}), running.get(status_id, {}))
            if middle:
                wanted[status_id] = middle
        if not wanted:
            return {}
        parts = [self._get_stays_sql(scope, tally, status_id, middle) for status_id, middle in wanted.items()]
        rows = self.env.execute_query(SQL(" UNION ALL ").join(parts))
        medians = {}
        for status_id, found, still, lower, upper in rows:
            middle = wanted[status_id]
            if (found, still) != (middle.finished, middle.running):
                return None
            medians[status_id] = round((lower + upper) / 2 / 86400, 2)
        return medians

    @api.model
    def _fetch_stay_classes(self, scope, tally):
        """``{status: {class of length: finished stays}}``"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT status_id, key, SUM(deals)::bigint
                  FROM (
                       SELECT status_id, key, deals FROM paydox_funnel_tally
                        WHERE ((kind = 'stays' AND %(months)s) OR (kind = 'stay' AND %(days)s)) AND %(companies)s
                        UNION ALL
                       SELECT event.to_status_id, paydox_funnel_class(event.stay), 1
                         FROM crm_lead lead JOIN paydox_deal_status_event event ON event.lead_id = lead.id
                        WHERE event.left_at IS NOT NULL AND %(edges)s AND %(lead_companies)s %(others)s
                       ) stay
                 WHERE status_id IN %(layers)s GROUP BY 1, 2
                """,
                months=tally.in_months(SQL("cell")),
                days=tally.in_month_edge_days(SQL("cell")),
                companies=tally.of_companies(SQL("company_id")),
                edges=tally.at_edges(SQL("lead.create_date")),
                lead_companies=tally.of_companies(SQL("lead.company_id")),
                others=self._take_events_off(tally, SQL("paydox_funnel_class(stay)"), SQL("left_at IS NOT NULL")),
                layers=tuple(scope.layers.ids) or (0,),
            )
        )
        classes = {}
        for status_id, number, count in rows:
            if count:
                classes.setdefault(status_id, {})[number] = count
        return classes

    @api.model
    def _fetch_running_days(self, scope, tally):
        """``{status: {day it began on: (running stays, lowest and highest class of their length)}}``"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT status_id, key, SUM(deals)::bigint
                  FROM (
                       SELECT status_id, key, deals FROM paydox_funnel_tally
                        WHERE kind = 'running' AND %(months)s AND %(companies)s
                        UNION ALL
                       SELECT to_status_id, occurred_at::date - %(epoch)s, 1 FROM paydox_deal_status_event
                        WHERE left_at IS NULL AND %(edges)s AND %(deal_companies)s %(others)s
                       ) stay
                 WHERE status_id IN %(layers)s GROUP BY 1, 2
                """,
                epoch=EPOCH,
                months=tally.in_months(SQL("cell")),
                companies=tally.of_companies(SQL("company_id")),
                edges=tally.at_month_edges(SQL("deal_created_at")),
                deal_companies=tally.of_companies(SQL("deal_company_id")),
                others=self._take_events_off(tally, SQL("occurred_at::date - %s", EPOCH), SQL("left_at IS NULL")),
                layers=tuple(scope.layers.ids) or (0,),
            )
        )
        return self._read_running_days(scope, rows)

    @api.model
    def _read_running_days(self, scope, rows):
        days = {}
        for status_id, day, count in rows:
            if count:
                since = (scope.now - datetime.combine(EPOCH + timedelta(days=day), time.min)).total_seconds()
                # The last microsecond of the day; one class more on each side for the arithmetic of the database.
                low, high = max(0, get_class(since - 86400) - 1), get_class(since) + 1
                days.setdefault(status_id, {})[day] = (count, low, high)
        return days

    @api.model
    def _take_events_off(self, tally, key, condition):
        select = SQL("SELECT to_status_id, %s, -1 FROM paydox_deal_status_event WHERE %s", key, condition)
        if not tally.without or tally.without.field in CUTS_OF_EVENTS:
            period, companies = tally.in_period(SQL("deal_created_at")), tally.of_companies(SQL("deal_company_id"))
            return tally.take_off(SQL("%s AND %s AND %s", select, period, companies), "deal_")
        period, companies = tally.in_period(SQL("create_date")), tally.of_companies(SQL("company_id"))
        column = SQL.identifier(tally.without.field)
        deals = SQL("SELECT id FROM crm_lead WHERE %s AND %s", period, companies)
        return SQL(" ").join(
            SQL("UNION ALL %s AND lead_id IN (%s AND %s)", select, deals, part)
            for part in tally.without.get_parts(column)
        )

    @api.model
    def _get_stays_sql(self, scope, tally, status_id, middle):
        """One row: status, finished and running stays found, the two middle lengths."""
        low, high = get_class_edges(middle.first, middle.last)
        running = SQL("FALSE")
        if middle.since is not None:
            running = SQL(
                "occurred_at >= %s AND occurred_at < %s",
                EPOCH + timedelta(days=middle.since),
                EPOCH + timedelta(days=middle.until + 1),
            )
        return SQL(
            """
            (SELECT %(status)s, COUNT(*) FILTER (WHERE NOT is_running), COUNT(*) FILTER (WHERE is_running),
                    (array_agg(length ORDER BY length))[%(lower)s], (array_agg(length ORDER BY length))[%(upper)s]
               FROM (
                    SELECT FALSE AS is_running, stay AS length FROM paydox_deal_status_event
                     WHERE to_status_id = %(status)s AND left_at IS NOT NULL AND stay >= %(low)s AND stay <= %(high)s
                       AND paydox_funnel_class(stay) BETWEEN %(first)s AND %(last)s AND %(period)s AND %(companies)s
                       AND %(within)s
                     UNION ALL
                    SELECT TRUE, date_part('epoch', %(now)s - occurred_at) FROM paydox_deal_status_event
                     WHERE to_status_id = %(status)s AND left_at IS NULL AND %(running)s AND %(period)s AND %(companies)s
                       AND %(within)s
                    ) stay)
            """,
            status=status_id,
            low=low,
            high=high,
            first=middle.first,
            last=middle.last,
            now=scope.now,
            running=running,
            lower=middle.ranks[0] + 1,
            upper=middle.ranks[1] + 1,
            period=tally.in_period(SQL("deal_created_at")),
            companies=tally.of_companies(SQL("deal_company_id")),
            within=tally.is_within("deal_"),
        )

    # === CYCLE ===#

    @api.model
    def _fetch_tally_cycle(self, scope, tally):
        """Median days from creation to winning: ``(days,)``, or None when the tally and the rows do not agree."""
        middle = find_middle(self._fetch_cycle_classes(scope, tally), {})
        if not middle:
            return (None,)
        [[found, lower, upper]] = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*), (array_agg(length ORDER BY length))[%(lower)s], (array_agg(length ORDER BY length))[%(upper)s]
                  FROM (%(cycles)s) cycle
                """,
                cycles=self._get_cycles_sql(scope, tally, middle),
                lower=middle.ranks[0] + 1,
                upper=middle.ranks[1] + 1,
            )
        )
        return (round((lower + upper) / 2 / 86400, 2),) if found == middle.finished else None

    @api.model
    def _fetch_cycle_classes(self, scope, tally):
        """``{class of length: won deals}``, as they stand now"""
        won = SQL("deal_status_id IN %s AND won_status IS DISTINCT FROM 'lost'", scope.won_ids or (0,))
        won_deals = SQL(
            "FROM crm_lead WHERE %s AND date_closed >= create_date AND %s", won, tally.of_companies(SQL("company_id"))
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT key, SUM(deals)::bigint
                  FROM (
                       SELECT key, deals FROM paydox_funnel_tally
                        WHERE kind = 'cycle' AND %(cells)s AND %(companies)s AND status_id IN %(won)s AND NOT is_lost
                        UNION ALL
                       SELECT paydox_funnel_class(%(length)s), 1 %(won_deals)s AND %(edges)s
                       %(others)s
                       ) cycle
              GROUP BY 1
                """,
                length=CYCLE,
                cells=tally.in_days(SQL("cell")),
                edges=tally.at_edges(SQL("create_date")),
                companies=tally.of_companies(SQL("company_id")),
                won=scope.won_ids or (0,),
                won_deals=won_deals,
                others=tally.take_off(
                    SQL(
                        "SELECT paydox_funnel_class(%s), -1 %s AND %s",
                        CYCLE,
                        won_deals,
                        tally.in_period(SQL("create_date")),
                    )
                ),
            )
        )
        return {number: count for number, count in rows if count}

    @api.model
    def _get_cycles_sql(self, scope, tally, middle):
        """Id and length of the won deals whose length lies in the middle classes."""
        low, high = get_class_edges(middle.first, middle.last)
        return SQL(
            """
            SELECT id, length
              FROM (SELECT id, %(length)s AS length FROM crm_lead
                     WHERE deal_status_id IN %(won)s AND date_closed IS NOT NULL AND %(length)s >= %(low)s
                       AND %(length)s <= %(high)s AND date_closed >= create_date
                       AND won_status IS DISTINCT FROM 'lost' AND %(period)s AND %(companies)s AND %(within)s) won
             WHERE paydox_funnel_class(length) BETWEEN %(first)s AND %(last)s
            """,
            length=CYCLE,
            won=scope.won_ids or (0,),
            low=low,
            high=high,
            first=middle.first,
            last=middle.last,
            period=tally.in_period(SQL("create_date")),
            companies=tally.of_companies(SQL("company_id")),
            within=tally.is_within(),
        )
