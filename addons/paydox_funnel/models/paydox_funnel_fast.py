from odoo import api, models
from odoo.tools import SQL

from ..tools.funnel_reach import find_event_condition
from ..tools.funnel_tally import TALLY_FIELDS
from ..tools.funnel_tally_scope import TallyScope, Without
from .paydox_funnel_rows import Count, read_cuts

MAX_COMPANIES = 200


class PaydoxFunnel(models.AbstractModel):
    """The numbers of a whole period from the tally, for those whose rights are told by the company alone.

    Each number is the one that counting the deals gives. Whatever the tally does not know (deals of one's own, most filters, where
    deals stood at a past moment, days that are not whole) is counted from the rows. A few deals that do not belong to the scope
    (a type that is left out) are counted and taken off the sums.
    """

    _inherit = "paydox.funnel"

    @api.model
    def _fetch_from_tally(self, scope):
        """As ``_fetch_from_rows``; None when the rows must be counted."""
        tally = self._get_tally(scope)
        if tally is None:
            return None
        medians = self._fetch_tally_days(scope, tally)
        if medians is None:
            return None
        if scope.moment:
            return self._fetch_past(scope, tally, medians)
        cycle = self._fetch_tally_cycle(scope, tally)
        if cycle is None:
            return None
        cuts = self._fetch_tally_cuts(scope, tally) if scope.breakdown else []
        return self._fetch_tally_counts(scope, tally), medians, cycle[0], cuts

    # === WHETHER ===#

    @api.model
    def _get_tally(self, scope):
        """What of the tally belongs to the scope, or None when the rows must be counted.

        :return: ``TallyScope``
        """
        if scope.mode != "cohort":
            return None
        companies = self._get_tally_companies()
        if companies is None:
            return None
        self.env["crm.lead"].flush_model()
        self.env["paydox.deal.status.event"].flush_model()
        without = None
        if not scope.filter.is_true():
            without = self._find_others(scope)
            if without is None:
                return None
        begin, end = self._get_open_ends(scope)
        return TallyScope(begin, end, companies, scope.now, without) if not begin or not end or begin < end else None

    @api.model
    def _find_others(self, scope):
        """The deals that the filter leaves out, when one field tells them and they are fewer than those it finds.

        :return: ``Without``, or None
        """
        self._find_deals(scope)
        if scope.reach:
            return None
        domain = scope.filter.optimize_full(self.env["crm.lead"]).map_conditions(self._name_records)
        for field in TALLY_FIELDS:
            condition = find_event_condition(domain, columns={field: "key"})
            if condition:
                rows = self.env.execute_query(
                    SQL(
                        """SELECT key, %s, SUM(deals) FROM paydox_funnel_tally WHERE kind = %s GROUP BY 1
                           HAVING SUM(deals) <> 0""",
                        condition,
                        field,
                    )
                )
                others = {key: count for key, is_found, count in rows if not is_found}
                return Without(field, tuple(others)) if sum(others.values()) * 2 < sum(row[2] for row in rows) else None
        return None

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
                         FROM crm_lead WHERE %(edges)s AND %(companies)s %(others)s
                       ) deal
              GROUP BY 1, 2, 3, 4 HAVING SUM(deals) <> 0
                """,
                lost_ids=scope.lost_ids or (0,),
                cells=tally.in_days(SQL("cell")),
                edges=tally.at_edges(SQL("create_date")),
                companies=tally.of_companies(SQL("company_id")),
                others=tally.take_off(
                    SQL(
                        """SELECT deal_status_id, reached_status_id, COALESCE(won_status = 'lost', FALSE), company_id, -1,
                                  -expected_revenue FROM crm_lead WHERE %s AND %s""",
                        tally.in_period(SQL("create_date")),
                        tally.of_companies(SQL("company_id")),
                    )
                ),
            )
        )
        return [Count(*row) for row in rows]

    @api.model
    def _fetch_tally_cuts(self, scope, tally, moves=()):
        """The breakdown.

        :param moves: further ``(status, value, company, deals, amount)``
        """
        names = {
            "field": SQL.identifier(scope.breakdown),
            "companies": tally.of_companies(SQL("company_id")),
            "period": tally.in_period(SQL("create_date")),
        }
        columns = SQL(
            "deal_status_id AS status_id, COALESCE(won_status = 'lost', FALSE) AS is_lost, company_id, %(field)s AS key",
            **names,
        )
        if scope.breakdown in TALLY_FIELDS:
            deals = SQL(
                """
                SELECT status_id, is_lost, company_id, key, deals, amount
                  FROM paydox_funnel_tally WHERE kind = %(kind)s AND %(cells)s AND %(companies)s
                 UNION ALL
                SELECT %(columns)s, 1, expected_revenue FROM crm_lead WHERE %(edges)s AND %(companies)s %(others)s
                """,
                kind=scope.breakdown,
                cells=tally.in_months(SQL("cell")),
                columns=columns,
                edges=tally.at_month_edges(SQL("create_date")),
                companies=names["companies"],
                others=tally.take_off(
                    SQL(
                        "SELECT %(columns)s, -1, -expected_revenue FROM crm_lead WHERE %(period)s AND %(companies)s",
                        columns=columns,
                        **names,
                    )
                ),
            )
        else:
            deals = SQL(
                """SELECT %(columns)s, 1 AS deals, expected_revenue AS amount FROM crm_lead
                    WHERE %(period)s AND %(companies)s AND %(within)s""",
                columns=columns,
                within=tally.is_within(),
                **names,
            )
        if moves:
            deals = SQL(
                """%s UNION ALL SELECT status_id, FALSE, company_id, key, deals, amount
                       FROM UNNEST(%s::integer[], %s::integer[], %s::integer[], %s::bigint[], %s::numeric[])
                         AS move(status_id, key, company_id, deals, amount)""",
                deals,
                *(list(column) for column in zip(*moves, strict=True)),
            )
        part = self._select_cuts(scope, SQL("key"), SQL("(%s) deal", deals), SQL("SUM(deals)"), SQL("SUM(amount)"))
        return read_cuts({"cut": [row for _kind, *row in self.env.execute_query(part)]})
