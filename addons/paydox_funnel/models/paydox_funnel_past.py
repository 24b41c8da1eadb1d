from odoo import api, models
from odoo.tools import SQL

from ..tools.funnel_rank import find_middle
from .paydox_funnel_median import CYCLE
from .paydox_funnel_rows import Count


class PaydoxFunnel(models.AbstractModel):
    """A period that is over: the sums tell how its deals stand now; those that moved since are put back to where they stood then."""

    _inherit = "paydox.funnel"

    @api.model
    def _fetch_past(self, scope, tally, medians):
        """As ``_fetch_from_rows``; None when the history alone does not tell where the deals stood."""
        counts = self._fetch_tally_counts(scope, tally)
        # Lost without a lost status: nothing in the history tells of it.
        if any(row.is_lost and row.status_id not in scope.lost_ids for row in counts):
            return self._fetch_from_rows(scope, medians)
        moves = self._fetch_moves(scope, tally)
        classes = self._fetch_cycle_classes(scope, tally)
        cuts, won_then = [], {}
        for kind, status_id, number, is_lost, company_id, deals, amount, lengths in moves:
            if kind == "deal":
                counts.append(Count(status_id, number, is_lost, company_id, deals, amount))
            elif kind == "cut":
                cuts.append((status_id, number, company_id, deals, amount))
            else:
                classes[number] = classes.get(number, 0) + deals
                won_then[number] = lengths or []
        cycle = self._fetch_past_cycle(
            scope, tally, {number: count for number, count in classes.items() if count}, won_then
        )
        if cycle is None:
            return None
        return counts, medians, cycle[0], self._fetch_tally_cuts(scope, tally, cuts) if scope.breakdown else []

    @api.model
    def _fetch_moves(self, scope, tally):
        """What to add to the sums so that each deal counts where it stood: by status, by class of the cycle, by value."""
        return self.env.execute_query(
            SQL(
                """
                WITH moved AS MATERIALIZED (
                     SELECT lead.deal_status_id, lead.reached_status_id, lead.company_id, lead.expected_revenue, lead.date_closed,
                            COALESCE(lead.won_status = 'lost', FALSE) AS lost_now, lead.create_date,
                            former.to_status_id AS former_id, %(key)s AS key
                       FROM (SELECT lead_id FROM paydox_deal_status_event WHERE left_at IS NULL AND occurred_at >= %(moment)s
                                AND %(period)s AND %(companies)s AND %(within)s) event
                       JOIN crm_lead lead ON lead.id = event.lead_id
                  LEFT JOIN paydox_deal_status_event former
                         ON former.lead_id = event.lead_id AND former.occurred_at < %(moment)s AND former.left_at >= %(moment)s
                ),
                place AS (
                     SELECT -1 AS sign, deal_status_id AS status_id, lost_now AS is_lost, moved.* FROM moved
                      UNION ALL
                     SELECT 1, former_id, FALSE, moved.* FROM moved
                )
                SELECT 'deal', status_id, reached_status_id, is_lost OR COALESCE(status_id IN %(lost)s, FALSE), company_id,
                       SUM(sign)::bigint, SUM(sign * expected_revenue), NULL::double precision[]
                  FROM place GROUP BY 2, 3, 4, 5
                 UNION ALL
                SELECT 'cycle', NULL, paydox_funnel_class(%(length)s), NULL, NULL, SUM(sign)::bigint, NULL,
                       array_agg(%(length)s) FILTER (WHERE sign = 1)
                  FROM place WHERE status_id IN %(won)s AND NOT is_lost AND date_closed >= create_date GROUP BY 3
                 UNION ALL
                SELECT 'cut', status_id, key, NULL, company_id, SUM(sign)::bigint, SUM(sign * expected_revenue), NULL
                  FROM place WHERE %(is_cut)s AND NOT is_lost AND status_id IN %(layers)s GROUP BY 2, 3, 5
                """,
                moment=scope.moment,
                period=tally.in_period(SQL("deal_created_at")),
                companies=tally.of_companies(SQL("deal_company_id")),
                within=tally.is_within("deal_"),
                key=SQL.identifier("lead", scope.breakdown) if scope.breakdown else SQL("NULL::integer"),
                is_cut=bool(scope.breakdown),
                layers=tuple(scope.layers.ids) or (0,),
                lost=scope.lost_ids or (0,),
                won=scope.won_ids or (0,),
                length=CYCLE,
            )
        )

    @api.model
    def _fetch_past_cycle(self, scope, tally, classes, won_then):
        """``(days,)``, or None when the sums and the rows do not agree."""
        middle = find_middle(classes, {})
        if not middle:
            return (None,)
        still = SQL(
            """NOT EXISTS (SELECT 1 FROM paydox_deal_status_event event
                            WHERE event.lead_id = cycle.id AND event.left_at IS NULL AND event.occurred_at >= %s)""",
            scope.moment,
        )
        unmoved = SQL("SELECT length FROM (%s) cycle WHERE %s", self._get_cycles_sql(scope, tally, middle), still)
        lengths = [length for [length] in self.env.execute_query(unmoved)]
        for number in range(middle.first, middle.last + 1):
            lengths += won_then.get(number, [])
        if len(lengths) != middle.finished:
            return None
        lower, upper = (sorted(lengths)[rank] for rank in middle.ranks)
        return (round((lower + upper) / 2 / 86400, 2),)
