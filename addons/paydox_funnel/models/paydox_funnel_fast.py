from datetime import date, datetime, time, timedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools.funnel_rank import find_middle, get_class, get_class_edges
from ..tools.funnel_tally import TALLY_FIELDS
from ..tools.funnel_tally_scope import TallyScope
from .paydox_funnel_rows import Count, read_cuts

EPOCH = date(2000, 1, 1)
MAX_COMPANIES = 200


class PaydoxFunnel(models.AbstractModel):
    """The numbers of a whole period from the tally, for those whose rights are told by the company alone.

    Each number is the one that counting the deals gives. Whatever the tally does not know (a filter, deals of one's own, a past
    moment, days that are not whole) is counted from the rows.
    """

    _inherit = "paydox.funnel"

    @api.model
    def _fetch_from_tally(self, scope):
        """As ``_fetch_from_rows``; None when the rows must be counted."""
        tally = self._get_tally(scope)
        if tally is None:
            return None
        medians = self._fetch_tally_days(scope, tally)
        cycle = self._fetch_tally_cycle(scope, tally)
        if medians is None or cycle is None:
            return None
        cuts = self._fetch_tally_cuts(scope, tally) if scope.breakdown else []
        return self._fetch_tally_counts(scope, tally), medians, cycle[0], cuts

    # === WHETHER ===#

    @api.model
    def _get_tally(self, scope):
        """What of the tally belongs to the scope, or None when the rows must be counted.

        :return: ``TallyScope``
        """
        if scope.mode != "cohort" or scope.moment or not scope.is_whole:
            return None
        companies = self._get_tally_companies()
        if companies is None:
            return None
        self.env["crm.lead"].flush_model()
        self.env["paydox.deal.status.event"].flush_model()
        begin, end = self._get_open_ends(scope)
        return TallyScope(begin, end, companies, scope.now) if not begin or not end or begin < end else None

    @api.model
    def _get_tally_companies(self):
        """The companies whose deals the user may read, each wholly; None when his rights depend on anything else.

        :return: ids, with None for deals of no company
        """
        rule = self.env["ir.rule"]._compute_domain("crm.lead", "read")
        if any(
            condition.field_expr != "company_id" or condition.operator not in ("in", "not in", "=", "!=")
            for condition in rule.iter_conditions()
        ):
            return None
        # sudo: only ids of companies are compared with the rule of the user
        company_ids = [*self.env["res.company"].sudo()._search([], limit=MAX_COMPANIES + 1), None]
        if len(company_ids) > MAX_COMPANIES:
            return None
        # sudo: the probe is no deal
        leads_sudo = self.env["crm.lead"].sudo()
        return [
            company_id
            for company_id in company_ids
            if leads_sudo.new({"company_id": company_id or False}).filtered_domain(rule)
        ]

    @api.model
    def _get_open_ends(self, scope):
        """Begin and end of the period, None for those beyond which there is no deal at all."""
        [[is_begun, is_ended]] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (SELECT 1 FROM crm_lead WHERE create_date < %(begin)s),
                          EXISTS (SELECT 1 FROM crm_lead WHERE create_date >= %(end)s)""",
                begin=scope.begin,
                end=scope.end,
            )
        )
        return scope.begin if is_begun else None, scope.end if is_ended else None

    # === COUNTS ===#

    @api.model
    def _fetch_tally_counts(self, scope, tally):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT status_id, reached_id, is_lost OR COALESCE(status_id IN %(lost_ids)s, FALSE), company_id,
                       SUM(deals)::bigint, SUM(amount)
                  FROM (
                       SELECT status_id, reached_id, is_lost, company_id, deals, amount
                         FROM paydox_funnel_tally WHERE kind = 'deal' AND %(cells)s AND %(companies)s
                        UNION ALL
                       SELECT deal_status_id, reached_status_id, COALESCE(won_status = 'lost', FALSE), company_id, 1,
                              expected_revenue
                         FROM crm_lead WHERE %(edges)s AND %(companies)s
                       ) deal
              GROUP BY 1, 2, 3, 4 HAVING SUM(deals) <> 0
                """,
                lost_ids=scope.lost_ids or (0,),
                cells=tally.in_days(SQL("cell")),
                edges=tally.at_edges(SQL("create_date")),
                companies=tally.of_companies(SQL("company_id")),
            )
        )
        return [Count(*row) for row in rows]

    @api.model
    def _fetch_tally_cuts(self, scope, tally):
        """As ``_fetch_breakdown``."""
        if scope.breakdown not in TALLY_FIELDS:
            return self._fetch_breakdown(scope)
        deals = SQL(
            """
            SELECT status_id, is_lost, company_id, key, deals, amount
              FROM paydox_funnel_tally WHERE kind = %(kind)s AND %(cells)s AND %(companies)s
             UNION ALL
            SELECT deal_status_id, won_status = 'lost', company_id, %(field)s, 1, expected_revenue
              FROM crm_lead WHERE %(edges)s AND %(companies)s
            """,
            kind=scope.breakdown,
            field=SQL.identifier(scope.breakdown),
            cells=tally.in_months(SQL("cell")),
            edges=tally.at_month_edges(SQL("create_date")),
            companies=tally.of_companies(SQL("company_id")),
        )
        part = self._select_cuts(scope, SQL("key"), SQL("(%s) deal", deals), SQL("SUM(deals)"), SQL("SUM(amount)"))
        return read_cuts({"cut": [row for _kind, *row in self.env.execute_query(part)]})

    # === MEDIANS ===#

    @api.model
    def _fetch_tally_days(self, scope, tally):
        """As ``_fetch_median_days``; None when the tally and the rows do not agree."""
        wanted = {}
        finished, running = self._fetch_stay_classes(scope, tally), self._fetch_running_days(scope, tally)
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
                        WHERE event.left_at IS NOT NULL AND %(edges)s AND %(lead_companies)s
                       ) stay
                 WHERE status_id IN %(layers)s GROUP BY 1, 2
                """,
                months=tally.in_months(SQL("cell")),
                days=tally.in_month_edge_days(SQL("cell")),
                companies=tally.of_companies(SQL("company_id")),
                edges=tally.at_edges(SQL("lead.create_date")),
                lead_companies=tally.of_companies(SQL("lead.company_id")),
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
                        WHERE left_at IS NULL AND %(edges)s AND %(deal_companies)s
                       ) stay
                 WHERE status_id IN %(layers)s GROUP BY 1, 2
                """,
                epoch=EPOCH,
                months=tally.in_months(SQL("cell")),
                companies=tally.of_companies(SQL("company_id")),
                edges=tally.at_month_edges(SQL("deal_created_at")),
                deal_companies=tally.of_companies(SQL("deal_company_id")),
                layers=tuple(scope.layers.ids) or (0,),
            )
        )
        days = {}
        for status_id, day, count in rows:
            if count:
                since = (scope.now - datetime.combine(EPOCH + timedelta(days=day), time.min)).total_seconds()
                # The last microsecond of the day; one class more on each side for the arithmetic of the database.
                low, high = max(0, get_class(since - 86400) - 1), get_class(since) + 1
                days.setdefault(status_id, {})[day] = (count, low, high)
        return days

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
                     UNION ALL
                    SELECT TRUE, date_part('epoch', %(now)s - occurred_at) FROM paydox_deal_status_event
                     WHERE to_status_id = %(status)s AND left_at IS NULL AND %(running)s AND %(period)s AND %(companies)s
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
        )

    @api.model
    def _fetch_tally_cycle(self, scope, tally):
        """As ``_fetch_median_cycle``: ``(days,)``, or None when the tally and the rows do not agree."""
        won_ids = tuple(status.id for status in scope.statuses if status.outcome == "won") or (0,)
        length = SQL("date_part('epoch', date_closed - create_date)")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT key, SUM(deals)::bigint
                  FROM (
                       SELECT key, deals FROM paydox_funnel_tally
                        WHERE kind = 'cycle' AND %(cells)s AND %(companies)s AND status_id IN %(won)s AND NOT is_lost
                        UNION ALL
                       SELECT paydox_funnel_class(%(length)s), 1 FROM crm_lead
                        WHERE %(edges)s AND %(companies)s AND deal_status_id IN %(won)s
                          AND won_status IS DISTINCT FROM 'lost' AND date_closed >= create_date
                       ) cycle
              GROUP BY 1
                """,
                length=length,
                cells=tally.in_days(SQL("cell")),
                edges=tally.at_edges(SQL("create_date")),
                companies=tally.of_companies(SQL("company_id")),
                won=won_ids,
            )
        )
        middle = find_middle({number: count for number, count in rows if count}, {})
        if not middle:
            return (None,)
        low, high = get_class_edges(middle.first, middle.last)
        [[found, lower, upper]] = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*), (array_agg(length ORDER BY length))[%(lower)s], (array_agg(length ORDER BY length))[%(upper)s]
                  FROM (SELECT %(length)s AS length FROM crm_lead
                         WHERE deal_status_id IN %(won)s AND date_closed IS NOT NULL AND %(length)s >= %(low)s
                           AND %(length)s <= %(high)s AND date_closed >= create_date
                           AND won_status IS DISTINCT FROM 'lost' AND %(period)s AND %(companies)s) cycle
                 WHERE paydox_funnel_class(length) BETWEEN %(first)s AND %(last)s
                """,
                length=length,
                won=won_ids,
                low=low,
                high=high,
                first=middle.first,
                last=middle.last,
                lower=middle.ranks[0] + 1,
                upper=middle.ranks[1] + 1,
                period=tally.in_period(SQL("create_date")),
                companies=tally.of_companies(SQL("company_id")),
            )
        )
        return (round((lower + upper) / 2 / 86400, 2),) if found == middle.finished else None
