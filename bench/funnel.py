"""The funnel three ways on one database: ``get_funnel``, SQL written by hand for the same numbers, and Odoo's pivot."""

from contextlib import contextmanager
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api
from odoo.tools import SQL

# What a database administrator would write for the very same numbers, for one company with one currency.
DEALS = """
    SELECT id, create_date, date_closed, reached_status_id, won_status, expected_revenue,
           deal_status_id AS status_id, won_status = 'lost' AS is_lost, deal_type_id, user_id, partner_id, department_id, team_id
      FROM crm_lead
     WHERE create_date >= %(begin)s AND create_date < %(end)s AND (company_id = %(company)s OR company_id IS NULL) %(where)s
"""
# Of a period that is over: where each deal stood at its end.
DEALS_THEN = """
    SELECT crm_lead.id, crm_lead.create_date, date_closed, reached_status_id, won_status, expected_revenue,
           state.to_status_id AS status_id, COALESCE(state.to_status_id = ANY(%(lost)s), FALSE) AS is_lost,
           crm_lead.deal_type_id, crm_lead.user_id, partner_id, crm_lead.department_id, team_id
      FROM crm_lead LEFT JOIN paydox_deal_status_event state
           ON state.lead_id = crm_lead.id AND occurred_at < %(end)s AND (left_at IS NULL OR left_at >= %(end)s)
     WHERE crm_lead.create_date >= %(begin)s AND crm_lead.create_date < %(end)s
       AND (crm_lead.company_id = %(company)s OR crm_lead.company_id IS NULL) %(where)s
"""
COUNTS = """
    SELECT status_id, reached_status_id, is_lost, count(*), sum(expected_revenue) FROM (%(deals)s) deal GROUP BY 1, 2, 3
"""
MEDIAN_DAYS = """
    SELECT to_status_id, percentile_cont(0.5) WITHIN GROUP (
               ORDER BY extract(epoch FROM coalesce(left_at, %(now)s) - occurred_at)) / 86400
      FROM paydox_deal_status_event
     WHERE lead_id IN (SELECT id FROM (%(deals)s) deal) AND to_status_id = ANY(%(layers)s) GROUP BY 1
"""
MEDIAN_CYCLE = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM date_closed - create_date)) / 86400
      FROM (%(deals)s) deal WHERE status_id = ANY(%(won)s) AND NOT is_lost AND date_closed >= create_date
"""
BREAKDOWN = """
    SELECT status_id, %(key)s, count(*), sum(expected_revenue) FROM (%(deals)s) deal
     WHERE NOT is_lost AND status_id = ANY(%(layers)s) GROUP BY 1, 2
"""


class FunnelBench:
    """One user looks at the deals of twelve months, cut by ``breakdown`` or not.

    :param dict only: field → id, what the deals are filtered by
    :param ago: how long ago the period ended; None: it ends today
    :param without: id of a type that is left out of the common funnel
    """

    def __init__(self, env, uid, company_id, breakdown=None, own_deals_only=False, only=None, ago=None, without=None):
        self.env = api.Environment(env.cr, uid, {"allowed_company_ids": [company_id], "tz": "UTC", "lang": "en_US"})
        self.company_id = company_id
        self.breakdown = breakdown
        self.own_deals_only = own_deals_only
        self.only = only or {}
        self.without = without
        self.lost = []
        self.is_past = ago is not None
        self.date_to = date.today() - (ago or timedelta())
        self.date_from = self.date_to - relativedelta(years=1)
        self.domain = [(field, "=", value) for field, value in self.only.items()]

    @contextmanager
    def prepared(self):
        """The type that is left out is so while this is measured."""
        deal_type = self.env["paydox.deal.type"].sudo().browse(self.without or [])
        self._set_in_funnel(deal_type, False)
        try:
            yield
        finally:
            self.env.cr.rollback()
            self._set_in_funnel(deal_type, True)

    def _set_in_funnel(self, deal_type, in_funnel):
        deal_type.in_funnel = in_funnel
        self.env.cr.commit()

    # === THE THREE WAYS ===#

    def run_paydox(self):
        return self.env["paydox.funnel"].get_funnel(
            self.domain, str(self.date_from), str(self.date_to), mode="cohort", breakdown=self.breakdown
        )

    def run_sql(self, now=None):
        """The same numbers in the same shape."""
        now = now or datetime.utcnow().replace(microsecond=0)
        statuses = self._fetch("SELECT id, outcome FROM paydox_deal_status WHERE active ORDER BY sequence, id")
        layers = [status_id for status_id, outcome in statuses if outcome != "lost"]
        self.lost = [status_id for status_id, outcome in statuses if outcome == "lost"]
        won = [status_id for status_id, outcome in statuses if outcome == "won"]
        rows = self._fetch(COUNTS)
        days = dict(self._fetch(MEDIAN_DAYS, now=now, layers=layers))
        [[cycle]] = self._fetch(MEDIAN_CYCLE, won=won)
        cuts = self._fetch(BREAKDOWN, key=SQL.identifier(self.breakdown), layers=layers) if self.breakdown else []
        return _assemble(layers, won, rows, days, cycle, cuts)

    def run_pivot(self):
        """Odoo's pivot, stage by month of creation, as its screen asks for it."""
        return (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .formatted_read_grouping_sets(
                [
                    ("create_date", ">=", str(self.date_from)),
                    ("create_date", "<", str(self.date_to + timedelta(days=1))),
                    *self.domain,
                    *([("deal_type_id", "!=", self.without)] if self.without else []),
                ],
                [[], ["stage_id"], ["create_date:month"], ["stage_id", "create_date:month"]],
                ["__count", "expected_revenue:sum"],
            )
        )

    # === EQUALITY ===#

    def assert_equal(self):
        """Every number of ``get_funnel`` is that of the SQL, and the pivot counts the same deals.

        :return: how many numbers were compared
        """
        result = self.run_paydox()
        expected = self.run_sql(datetime.fromisoformat(result["generated_at"]))
        pairs = list(_pairs(result, expected))
        different = [(name, one, other) for name, one, other in pairs if not _same(one, other)]
        if different:
            raise AssertionError(f"get_funnel and SQL differ: {different[:5]}")
        [total] = self.run_pivot()[0]
        if total["__count"] != result["cohort"]:
            raise AssertionError(f"The pivot counts {total['__count']} deals, get_funnel {result['cohort']}.")
        return len(pairs)

    def _fetch(self, query, **parameters):
        where = [SQL("AND crm_lead.%s = %s", SQL.identifier(field), value) for field, value in self.only.items()]
        if self.own_deals_only:
            where.append(SQL("AND (crm_lead.user_id = %s OR crm_lead.user_id IS NULL)", self.env.uid))
        if self.without:
            where.append(SQL("AND crm_lead.deal_type_id <> %s", self.without))
        names = {"begin": self.date_from, "end": self.date_to + timedelta(days=1), "company": self.company_id}
        if self.is_past:
            names["lost"] = self.lost
        deals = SQL(DEALS_THEN if self.is_past else DEALS, where=SQL(" ").join(where), **names)
        if "%(" in query:
            query = SQL(query, deals=deals, **parameters)
        self.env.cr.execute(query)
        return self.env.cr.fetchall()


def _assemble(layers, won, rows, days, cycle, cuts):
    cohort = sum(row[3] for row in rows)
    result = {"cohort": cohort, "layers": [], "median_cycle_days": cycle}
    for index, status_id in enumerate(layers):
        here = [row for row in rows if row[0] == status_id and not row[2]]
        reached = sum(row[3] for row in rows if row[1] in layers[index:])
        result["layers"].append(
            {
                "status_id": status_id,
                "count": sum(row[3] for row in here),
                "amount": float(sum(row[4] for row in here)),
                "reached": reached,
                "lost_here": sum(row[3] for row in rows if row[2] and row[1] == status_id),
                "funnel_conversion": reached / cohort if cohort else None,
                "stage_conversion": None,
                "median_days": days.get(status_id),
                "breakdown": {
                    key or False: (count, float(amount)) for status, key, count, amount in cuts if status == status_id
                },
            }
        )
    for layer, following in zip(result["layers"], result["layers"][1:], strict=False):
        layer["stage_conversion"] = following["reached"] / layer["reached"] if layer["reached"] else None
    for name, chosen in (
        ("won", [row for row in rows if row[0] in won and not row[2]]),
        ("lost", [row for row in rows if row[2]]),
    ):
        result[name] = {"count": sum(row[3] for row in chosen), "amount": float(sum(row[4] for row in chosen))}
    return result


def _pairs(result, expected):
    """``(name, number of get_funnel, number of SQL)`` for every number."""
    yield "cohort", result["cohort"], expected["cohort"]
    yield "median cycle", result["totals"]["median_cycle_days"], expected["median_cycle_days"]
    yield "layers", len(result["layers"]), len(expected["layers"])
    for outcome in ("won", "lost"):
        for number in ("count", "amount"):
            yield f"{outcome} {number}", result[outcome][number], expected[outcome][number]
    for layer, other in zip(result["layers"], expected["layers"], strict=True):
        for number in other:
            if number == "breakdown":
                cuts = {cut["key"]: (cut["count"], cut["amount"]) for cut in layer["breakdown"]}
                yield from _breakdown_pairs(layer["name"], cuts, other["breakdown"])
            else:
                yield f"{layer['name']} {number}", layer[number], other[number]


def _breakdown_pairs(name, cuts, expected):
    """Keys beyond the hundred largest stand together in get_funnel, so they are compared together."""
    if "other" in cuts:
        rest = [value for key, value in expected.items() if key not in cuts]
        expected = {key: value for key, value in expected.items() if key in cuts}
        expected["other"] = (sum(count for count, _amount in rest), sum(amount for _count, amount in rest))
    yield f"{name} keys", len(cuts), len(expected)
    for key, (count, amount) in expected.items():
        yield f"{name} {key} count", cuts.get(key, (None, None))[0], count
        yield f"{name} {key} amount", cuts.get(key, (None, None))[1], amount


def _same(one, other):
    """Counts are equal; sums and days are equal to the cent and to the hundredth that get_funnel rounds to."""
    if one is None or other is None or (isinstance(one, int) and isinstance(other, int)):
        return one == other
    return abs(float(one) - float(other)) <= 0.0051
