from collections import namedtuple
from datetime import timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.funnel_scope import to_utc

# A deal is stuck when it stays longer than so many times the median stay in its status.
STUCK_FACTOR = 2
STEPS = {"day": relativedelta(days=1), "week": relativedelta(weeks=1), "month": relativedelta(months=1)}

Loss = namedtuple("Loss", "reason_id status_id company_id count amount")
Point = namedtuple("Point", "begin status_id is_lost company_id count amount")


class PaydoxFunnel(models.AbstractModel):
    """What one asks after the funnel: why deals are lost, how it goes from month to month, which deals are stuck."""

    _inherit = "paydox.funnel"

    @api.readonly
    @api.model
    def get_insights(self, domain=None, date_from=None, date_to=None, mode="cohort"):
        """Compute losses by reason, the trend and the stuck deals; arguments as in ``get_funnel``.

        :return: {"losses": […], "trend": […], "trend_step": "day" | "week" | "month", "stuck": […]}, each number with the domain
            of its deals
        :rtype: dict
        """
        scope = self._get_scope(domain, date_from, date_to, mode, None)
        is_cohort = scope.mode == "cohort"
        with self._refuse_bad_domain():
            losses = self._fetch_losses(scope) if is_cohort else []
            step, points = self._fetch_trend(scope) if is_cohort else (None, [])
            stuck = self._get_stuck(scope) if scope.moment is None else []
        rates = self._get_rates({row.company_id for row in [*losses, *points]})
        return {
            "losses": self._build_losses(scope, losses, rates),
            "trend": self._build_trend(scope, step, points, rates),
            "trend_step": step,
            "stuck": stuck,
        }

    # === LOSSES ===#

    @api.model
    def _fetch_losses(self, scope):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lost_reason_id, reached_status_id, company_id, COUNT(*), SUM(expected_revenue)
                  FROM (%s) deal WHERE is_lost GROUP BY 1, 2, 3
                """,
                self._get_deals_sql(scope, "lost_reason_id"),
            )
        )
        return [Loss(*row) for row in rows]

    @api.model
    def _build_losses(self, scope, losses, rates):
        # sudo: the name of the reason stands on the deal that the user may read
        reasons_sudo = self.env["crm.lost.reason"].sudo().browse({loss.reason_id for loss in losses if loss.reason_id})
        names = {reason.id: reason.name for reason in reasons_sudo} | {None: self.env._("No reason given")}
        groups = {}
        for loss in losses:
            groups.setdefault(loss.reason_id, []).append(loss)
        total = sum(loss.count for loss in losses)
        result = []
        for reason_id, group in groups.items():
            domain = scope.get_lost_domain() & Domain("lost_reason_id", "=", reason_id or False)
            count = sum(loss.count for loss in group)
            result.append(
                {
                    "reason_id": reason_id or False,
                    "name": names[reason_id],
                    "count": count,
                    "share": count / total,
                    "amount": self._sum_amount(group, rates),
                    "domain": scope.get_domain_list(domain),
                    "layers": [
                        {
                            "status_id": status.id,
                            "count": sum(loss.count for loss in group if loss.status_id == status.id),
                            "domain": scope.get_domain_list(domain & scope.get_furthest_domain(status)),
                        }
                        for status in scope.layers
                    ],
                }
            )
        return sorted(result, key=lambda loss: (-loss["count"], loss["name"]))

    # === TREND ===#

    @api.model
    def _fetch_trend(self, scope):
        """``(step, points)``: the deals by the day, week or month in which they were created, by the clock of the user."""
        zone = str(self.env.tz)
        deals = self._get_deals_sql(scope)
        [[first, last]] = self.env.execute_query(SQL("SELECT MIN(create_date), MAX(create_date) FROM (%s) deal", deals))
        days = (last - first).days if first else 0
        step = "day" if days <= 31 else "week" if days <= 182 else "month"
        rows = self.env.execute_query(
            SQL(
                """
                SELECT date_trunc(%(step)s, timezone(%(zone)s, timezone('UTC', create_date)))::date, status_id, is_lost,
                       company_id, COUNT(*), SUM(expected_revenue)
                  FROM (%(deals)s) deal GROUP BY 1, 2, 3, 4
                """,
                step=step,
                zone=zone,
                deals=deals,
            )
        )
        return step, [Point(*row) for row in rows]

    @api.model
    def _build_trend(self, scope, step, points, rates):
        won_ids = set(scope.won_ids)
        groups = {}
        for point in points:
            groups.setdefault(point.begin, []).append(point)
        if not groups:
            return []
        trend, begin, end = [], min(groups), max(groups)
        while begin <= end:
            group = groups.get(begin, [])
            following = begin + STEPS[step]
            won = [point for point in group if point.status_id in won_ids and not point.is_lost]
            lost = [point for point in group if point.is_lost]
            closed = sum(point.count for point in won + lost)
            period = Domain("create_date", ">=", self._to_moment(begin)) & Domain(
                "create_date", "<", self._to_moment(following)
            )
            trend.append(
                {
                    "date_from": begin.isoformat(),
                    "date_to": (following - timedelta(days=1)).isoformat(),
                    "created": sum(point.count for point in group),
                    "won": sum(point.count for point in won),
                    "lost": sum(point.count for point in lost),
                    "won_amount": self._sum_amount(won, rates),
                    "win_rate": sum(point.count for point in won) / closed if closed else None,
                    "domain": scope.get_domain_list(scope.domain & period),
                    "won_domain": scope.get_domain_list(scope.get_status_domain(sorted(won_ids)) & period),
                    "lost_domain": scope.get_domain_list(scope.get_lost_domain() & period),
                    "closed_domain": scope.get_domain_list(scope.get_closed_domain() & period),
                }
            )
            begin = following
        return trend

    @api.model
    def _to_moment(self, day):
        try:
            return fields.Datetime.to_string(to_utc(day, self.env.tz))
        except (pytz.exceptions.InvalidTimeError, OverflowError):
            return fields.Datetime.to_string(fields.Datetime.to_datetime(day))

    # === STUCK ===#

    @api.model
    def _get_stuck(self, scope):
        """Deals that stay in an open status more than twice as long as the median stay there, paused ones not."""
        stuck = []
        leads = self.env["crm.lead"].with_context(active_test=False)
        numbers = self._fetch_from_tally(scope)
        medians = numbers[1] if numbers else self._fetch_median_days(scope)
        for status in scope.layers.filtered(lambda status: status.outcome == "open"):
            days = medians.get(status.id)
            if not days:
                continue
            since = scope.now - timedelta(days=days * STUCK_FACTOR)
            domain = (
                scope.get_count_domain(status)
                & Domain("active", "=", True)
                & leads._get_unpaused_domain()
                & Domain("status_event_id.occurred_at", "<", fields.Datetime.to_string(since))
            )
            stuck.append(
                {
                    "status_id": status.id,
                    "name": status.name,
                    "norm_days": days * STUCK_FACTOR,
                    "count": leads.search_count(domain),
                    "domain": scope.get_domain_list(domain),
                }
            )
        return stuck
