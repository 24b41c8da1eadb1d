from collections import namedtuple
from contextlib import contextmanager

from psycopg2 import DataError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.funnel_scope import BREAKDOWNS, FunnelScope, parse_day, to_utc

TOP_KEYS = 100

Count = namedtuple("Count", "status_id reached_id is_lost company_id count amount")
Cut = namedtuple("Cut", "status_id key is_rest company_id count amount")


class PaydoxFunnel(models.AbstractModel):
    """The queries of the funnel: a constant number of them, over the deals that the user may read."""

    _inherit = "paydox.funnel"

    # === ARGUMENTS ===#

    @api.model
    def _get_scope(self, domain, date_from, date_to, mode, breakdown):
        """Check every argument: nothing but what is allowed here reaches the queries."""
        # Who is only asked to approve a deal reads that one, but the funnel is for those who read its history too.
        self.env["paydox.deal.status.event"].check_access("read")
        if mode not in ("cohort", "snapshot"):
            raise UserError(self.env._("The funnel has no such mode. Choose cohort or snapshot."))
        if breakdown and breakdown not in BREAKDOWNS:
            raise UserError(
                self.env._(
                    "The funnel cannot be cut by this field. Choose one of: %(names)s.", names=", ".join(BREAKDOWNS)
                )
            )
        first, last = self._parse_day(date_from), self._parse_day(date_to)
        if first and last and first > last:
            raise UserError(
                self.env._(
                    "The period ends (%(date_to)s) before it begins (%(date_from)s). Choose a later end.",
                    date_from=first,
                    date_to=last,
                )
            )
        if domain and not isinstance(domain, (list, Domain)):
            raise UserError(self.env._("The filter of the funnel must be a list of conditions."))
        statuses = self.env["paydox.deal.status"].search([("active", "in", (True, False))])
        with self._refuse_bad_domain():
            return FunnelScope(
                statuses=statuses,
                domain=Domain(domain or []),
                mode=mode,
                breakdown=breakdown or None,
                date_from=first,
                date_to=last,
                begin=to_utc(first, self.env.tz),
                end=to_utc(last, self.env.tz, days=1),
                now=fields.Datetime.now(),
            )

    @api.model
    def _parse_day(self, value):
        try:
            return parse_day(value)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(value)s is not a day. Write it as YYYY-MM-DD, for example 2026-01-31.", value=str(value)[:30]
                )
            ) from error

    @contextmanager
    def _refuse_bad_domain(self):
        try:
            yield
        except (
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            AssertionError,
            RecursionError,
            OverflowError,
            DataError,
        ) as error:
            raise UserError(
                self.env._("The filter of the funnel cannot be read: %(error)s", error=str(error).split("\n")[0][:200])
            ) from error

    # === QUERIES ===#

    @api.model
    def _get_deals_sql(self, scope, *extra):
        """The deals of the scope that the user may read, each with its status at the moment of the funnel.

        :param extra: further columns of the deals, never a text of a client
        """
        # The test of ``active`` is in the domain of the scope, as it is in the domains of the lists that open from it.
        leads = self.env["crm.lead"].with_context(active_test=True)
        query = leads._search(scope.domain)
        columns = [
            "id",
            "company_id",
            "expected_revenue",
            "reached_status_id",
            "create_date",
            "date_closed",
            "won_status",
            *extra,
        ]
        if scope.breakdown:
            columns.append(scope.breakdown)
        leads.flush_model([*columns, "deal_status_id"])
        selected = query.select(
            *(SQL.identifier(query.table, column) for column in columns),
            SQL("%s AS current_status_id", SQL.identifier(query.table, "deal_status_id")),
        )
        lost_ids = scope.lost_ids or (0,)
        if scope.moment is None:
            return SQL(
                """
                SELECT deal.*, deal.current_status_id AS status_id,
                       COALESCE(deal.won_status = 'lost' OR deal.current_status_id IN %(lost_ids)s, FALSE) AS is_lost
                  FROM (%(deals)s) deal
                """,
                deals=selected,
                lost_ids=lost_ids,
            )
        self.env["paydox.deal.status.event"].flush_model(["lead_id", "to_status_id", "occurred_at", "left_at"])
        return SQL(
            """
            SELECT deal.*, event.to_status_id AS status_id,
                   COALESCE(event.to_status_id IN %(lost_ids)s, FALSE)
                   OR COALESCE(deal.won_status = 'lost' AND deal.date_closed < %(moment)s
                               AND COALESCE(deal.current_status_id NOT IN %(lost_ids)s, TRUE), FALSE) AS is_lost
              FROM (%(deals)s) deal
         LEFT JOIN paydox_deal_status_event event
                ON event.lead_id = deal.id AND event.occurred_at < %(moment)s
               AND (event.left_at IS NULL OR event.left_at >= %(moment)s)
            """,
            deals=selected,
            lost_ids=lost_ids,
            moment=scope.moment,
        )

    @api.model
    def _fetch_counts(self, scope):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT status_id, reached_status_id, is_lost, company_id, COUNT(*), SUM(expected_revenue)
                  FROM (%s) deal GROUP BY status_id, reached_status_id, is_lost, company_id
                """,
                self._get_deals_sql(scope),
            )
        )
        return [Count(*row) for row in rows]

    @api.model
    def _fetch_median_days(self, scope):
        """Median stay in each status, finished and running, in days."""
        events = self.env["paydox.deal.status.event"]
        events.flush_model(["lead_id", "to_status_id", "occurred_at", "left_at"])
        query = self.env["crm.lead"].with_context(active_test=True)._search(scope.domain)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT event.to_status_id,
                       PERCENTILE_CONT(0.5) WITHIN GROUP (
                           ORDER BY EXTRACT(EPOCH FROM COALESCE(event.left_at, %(now)s) - event.occurred_at)
                       )
                  FROM paydox_deal_status_event event
                 WHERE event.lead_id IN %(deals)s AND event.to_status_id IN %(layers)s
              GROUP BY event.to_status_id
                """,
                now=scope.now,
                deals=query.subselect(),
                layers=tuple(scope.layers.ids) or (0,),
            )
        )
        return {status_id: round(seconds / 86400, 2) for status_id, seconds in rows}

    @api.model
    def _fetch_median_cycle(self, scope):
        """Median days from the creation of a deal to its winning."""
        if scope.mode == "snapshot":
            return None
        [[seconds]] = self.env.execute_query(
            SQL(
                """
                SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY EXTRACT(EPOCH FROM date_closed - create_date))
                  FROM (%(deals)s) deal
                 WHERE status_id IN %(won)s AND NOT is_lost AND date_closed >= create_date
                """,
                deals=self._get_deals_sql(scope),
                won=tuple(status.id for status in scope.statuses if status.outcome == "won") or (0,),
            )
        )
        return None if seconds is None else round(seconds / 86400, 2)

    @api.model
    def _fetch_breakdown(self, scope):
        """Counts by layer and key: the keys with most deals one by one, the others together."""
        deals = SQL("(%s) deal", self._get_deals_sql(scope))
        return self._fetch_cuts(
            scope, SQL.identifier(scope.breakdown), deals, SQL("COUNT(*)"), SQL("SUM(expected_revenue)")
        )

    @api.model
    def _fetch_cuts(self, scope, key, deals, count, amount):
        rows = self.env.execute_query(
            SQL(
                """
                WITH cut AS (
                         SELECT status_id, %(key)s AS key, company_id, %(count)s AS deals, %(amount)s AS amount
                           FROM %(deals)s
                          WHERE NOT is_lost AND status_id IN %(layers)s
                       GROUP BY status_id, %(key)s, company_id HAVING %(count)s <> 0
                     ),
                     top AS (
                         SELECT key FROM cut WHERE key IS NOT NULL GROUP BY key ORDER BY SUM(deals) DESC, key LIMIT %(limit)s
                     )
                  SELECT cut.status_id, top.key, cut.key IS NOT NULL AND top.key IS NULL, cut.company_id,
                         SUM(cut.deals)::bigint, SUM(cut.amount)
                    FROM cut LEFT JOIN top ON top.key = cut.key
                GROUP BY 1, 2, 3, 4
                """,
                key=key,
                deals=deals,
                count=count,
                amount=amount,
                layers=tuple(scope.layers.ids) or (0,),
                limit=TOP_KEYS,
            )
        )
        return [Cut(*row) for row in rows]
