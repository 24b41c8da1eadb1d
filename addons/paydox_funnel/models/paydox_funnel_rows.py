from collections import namedtuple

from odoo import api, models
from odoo.tools import SQL

TOP_KEYS = 100
NOTHING = SQL("NULL::integer")

Count = namedtuple("Count", "status_id reached_id is_lost company_id count amount")
Cut = namedtuple("Cut", "status_id key is_rest company_id count amount")


class PaydoxFunnel(models.AbstractModel):
    """The numbers of the funnel counted deal by deal, in one statement. Each part of it has the same columns."""

    _inherit = "paydox.funnel"

    @api.model
    def _fetch_from_rows(self, scope, medians=None):
        """Counts, medians of the stays unless they are known, median cycle, breakdown."""
        deal = SQL("deal")
        parts = [self._select_counts(deal)]
        medians = self._fetch_known_days(scope) if medians is None else medians
        if medians is None:
            parts.append(self._select_median_days(scope, deal))
        if scope.mode == "cohort":
            parts.append(self._select_median_cycle(scope, deal))
        if scope.breakdown:
            parts.append(self._select_breakdown(scope))
        rows = self._execute(scope, parts)
        cycle = next((_to_days(row[-1]) for row in rows.get("cycle", ())), None)
        medians = _read_days(rows) if medians is None else medians
        return [Count(*row[1:]) for row in rows.get("deal", ())], medians, cycle, read_cuts(rows)

    @api.model
    def _fetch_sides(self, scope):
        """The same for each value of the breakdown apart, without a breakdown of their own: ``{key: (counts, days, cycle)}``."""
        deal, key = SQL("deal"), SQL.identifier(scope.breakdown)
        parts = [self._select_counts(deal, key), self._select_median_days_by(scope, deal, key)]
        if scope.mode == "cohort":
            parts.append(self._select_median_cycle(scope, deal, key))
        rows = self._execute(scope, parts)
        sides = {}
        for key_id, *row in rows.get("deal", ()):
            sides.setdefault(key_id, ([], {}, None))[0].append(Count(*row))
        for key_id, status_id, *row in rows.get("stay", ()):
            sides[key_id][1][status_id] = _to_days(row[-1])
        for key_id, *row in rows.get("cycle", ()):
            sides[key_id] = (*sides[key_id][:2], _to_days(row[-1]))
        return sides

    @api.model
    def _fetch_median_days(self, scope):
        """Median stay in each status, finished and running, in days."""
        medians = self._fetch_known_days(scope)
        return (
            medians
            if medians is not None
            else _read_days(self._execute(scope, [self._select_median_days(scope, SQL("deal"))]))
        )

    @api.model
    def _execute(self, scope, parts):
        """:return: ``{kind: rows without their kind}``"""
        deals = self._get_deals_sql(scope)
        numbers = SQL(" UNION ALL ").join(parts)
        groups = {}
        # The deals are looked for once, whatever is told of them.
        query = SQL("WITH deal AS MATERIALIZED (%s) SELECT * FROM (%s) number", deals, numbers)
        for kind, *row in self.env.execute_query(query):
            groups.setdefault(kind, []).append(row)
        return groups

    # === PARTS ===#

    @api.model
    def _select_counts(self, deals, key=NOTHING):
        return SQL(
            """
            SELECT 'deal' AS kind, %(key)s AS key, status_id, reached_status_id AS reached_id, is_lost AS flag, company_id,
                   COUNT(*) AS deals, SUM(expected_revenue) AS number
              FROM %(deals)s GROUP BY 2, 3, 4, 5, 6
            """,
            key=key,
            deals=deals,
        )

    @api.model
    def _select_median_days(self, scope, deals):
        self.env["paydox.deal.status.event"].flush_model(["lead_id", "to_status_id", "occurred_at", "left_at"])
        layer_ids = scope.layers.ids or [0]
        # One aggregate for each status: grouping would sort all stays once more.
        middle = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE to_status_id = %s)"
        return SQL(
            """
            SELECT 'stay' AS kind, NULL::integer AS key, status_id, NULL::integer AS reached_id, NULL::boolean AS flag,
                   NULL::integer AS company_id, NULL::bigint AS deals, number::numeric
              FROM (SELECT ARRAY[%(medians)s] AS numbers
                      FROM (SELECT to_status_id, %(seconds)s AS seconds
                              FROM %(events)s event WHERE to_status_id IN %(layers)s) stay
                   ) median
        CROSS JOIN LATERAL UNNEST(%(statuses)s::integer[], numbers) layer(status_id, number)
             WHERE number IS NOT NULL
            """,
            medians=SQL(", ").join([SQL(middle, status_id) for status_id in layer_ids]),
            seconds=_get_seconds(scope),
            events=self._get_events_sql(scope, deals),
            layers=tuple(layer_ids),
            statuses=layer_ids,
        )

    @api.model
    def _select_median_days_by(self, scope, deals, key):
        self.env["paydox.deal.status.event"].flush_model(["lead_id", "to_status_id", "occurred_at", "left_at"])
        return SQL(
            """
            SELECT 'stay' AS kind, %(key)s AS key, event.to_status_id AS status_id, NULL::integer AS reached_id,
                   NULL::boolean AS flag, NULL::integer AS company_id, NULL::bigint AS deals,
                   (PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(seconds)s))::numeric AS number
              FROM %(events)s event JOIN (SELECT id, %(field)s FROM %(deals)s) owner ON owner.id = event.lead_id
             WHERE event.to_status_id IN %(layers)s GROUP BY 2, 3
            """,
            key=SQL("owner.%s", key),
            field=key,
            seconds=_get_seconds(scope),
            events=self._get_all_events_sql(scope),
            deals=deals,
            layers=tuple(scope.layers.ids) or (0,),
        )

    @api.model
    def _select_median_cycle(self, scope, deals, key=NOTHING):
        """Median time from the creation of a deal to its winning."""
        return SQL(
            """
            SELECT 'cycle' AS kind, %(key)s AS key, NULL::integer AS status_id, NULL::integer AS reached_id,
                   NULL::boolean AS flag, NULL::integer AS company_id, NULL::bigint AS deals,
                   (PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY date_part('epoch', date_closed - create_date)))::numeric
                   AS number
              FROM %(deals)s WHERE status_id IN %(won)s AND NOT is_lost AND date_closed >= create_date
          GROUP BY 2
            """,
            key=key,
            deals=deals,
            won=tuple(status.id for status in scope.statuses if status.outcome == "won") or (0,),
        )

    @api.model
    def _select_breakdown(self, scope):
        key = SQL.identifier(scope.breakdown)
        return self._select_cuts(scope, key, SQL("deal"), SQL("COUNT(*)"), SQL("SUM(expected_revenue)"))

    @api.model
    def _select_cuts(self, scope, key, deals, count, amount):
        return SQL(
            """
            (WITH cut AS (
                      SELECT status_id, %(key)s AS key, company_id, %(count)s AS deals, %(amount)s AS amount
                        FROM %(deals)s
                       WHERE NOT is_lost AND status_id IN %(layers)s
                    GROUP BY status_id, %(key)s, company_id HAVING %(count)s <> 0
                  ),
                  top AS (
                      SELECT key FROM cut WHERE key IS NOT NULL GROUP BY key ORDER BY SUM(deals) DESC, key LIMIT %(limit)s
                  )
               SELECT 'cut' AS kind, top.key, cut.status_id, NULL::integer AS reached_id,
                      cut.key IS NOT NULL AND top.key IS NULL AS flag, cut.company_id, SUM(cut.deals)::bigint AS deals,
                      SUM(cut.amount) AS number
                 FROM cut LEFT JOIN top ON top.key = cut.key
             GROUP BY 2, 3, 5, 6)
            """,
            key=key,
            deals=deals,
            count=count,
            amount=amount,
            layers=tuple(scope.layers.ids) or (0,),
            limit=TOP_KEYS,
        )


def _get_seconds(scope):
    return SQL("COALESCE(event.stay, date_part('epoch', %s - event.occurred_at))", scope.now)


def _read_days(rows):
    return {status_id: _to_days(row[-1]) for _key, status_id, *row in rows.get("stay", ())}


def read_cuts(rows):
    return [
        Cut(status_id, key, is_rest, company_id, count, amount)
        for key, status_id, _reached, is_rest, company_id, count, amount in rows.get("cut", ())
    ]


def _to_days(seconds):
    return None if seconds is None else round(seconds / 86400, 2)
