from contextlib import contextmanager

from psycopg2 import DataError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.paydox_edms.tools.arguments import to_shown

from ..tools.funnel_scope import BREAKDOWNS, FunnelScope, parse_day, to_utc

# The domain comes back with each number of the answer, so a long one is many times as long in it.
MAX_DOMAIN_CHARS = 200_000
WORK_MEM = "32MB"


class PaydoxFunnel(models.AbstractModel):
    """What the funnel is asked, and the deals it is about: those that the user may read."""

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
        self._check_domain(domain)
        statuses = self.env["paydox.deal.status"].search_fetch(
            [("active", "in", (True, False))], ["name", "sequence", "outcome", "color", "active"]
        )
        self._prepare_reading()
        with self._refuse_bad_domain():
            return FunnelScope(
                statuses=statuses,
                domain=self._leave_out_types(Domain(domain or [])),
                left_out=self._get_left_out_names(Domain(domain or [])),
                mode=mode,
                breakdown=breakdown or None,
                date_from=first,
                date_to=last,
                begin=to_utc(first, self.env.tz),
                end=to_utc(last, self.env.tz, days=1),
                now=fields.Datetime.now(),
            )

    @api.model
    def _check_domain(self, domain):
        if domain and not isinstance(domain, (list, Domain)):
            raise UserError(self.env._("The filter of the funnel must be a list of conditions."))
        with self._refuse_bad_domain():
            length = len(repr(domain)) if domain else 0
        if length > MAX_DOMAIN_CHARS:
            raise UserError(
                self.env._(
                    "The filter of the funnel is too long. Filter by what the deals have in common, not one by one."
                )
            )

    @api.model
    def _prepare_reading(self):
        """Until the transaction ends: sums of many rows stay in memory, and are not compiled, which takes longer than they do."""
        self.env.execute_query(
            SQL(
                """SELECT set_config('jit', 'off', TRUE),
                          CASE WHEN pg_size_bytes(current_setting('work_mem')) < pg_size_bytes(%(memory)s)
                               THEN set_config('work_mem', %(memory)s, TRUE) END""",
                memory=WORK_MEM,
            )
        )

    @api.model
    def _parse_day(self, value):
        try:
            return parse_day(value)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(value)s cannot be a day of the period. Write it as YYYY-MM-DD, for example 2026-01-31.",
                    value=to_shown(value, 30),
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
            # What a person can do something with: the other ones speak of the inside of the server.
            told = (
                str(error).split("\n")[0]
                if isinstance(error, (ValueError, DataError))
                else self.env._("its form is wrong")
            )
            raise UserError(
                self.env._(
                    "The filter of the funnel cannot be read: %(error)s. Remove it, or choose the fields in the filter editor.",
                    error=to_shown(told, 200),
                )
            ) from error

    # === DEALS ===#

    @api.model
    def _get_deals_sql(self, scope, *extra):
        """The deals of the scope that the user may read, each with its status at the moment of the funnel.

        :param extra: further columns of the deals, never a text of a client
        """
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
        self.env["crm.lead"].flush_model([*columns, "deal_status_id"])
        selected = self._select_deals(scope, *columns, "deal_status_id")
        lost_ids = scope.lost_ids or (0,)
        if scope.moment is None:
            return SQL(
                """
                SELECT deal.*, deal.deal_status_id AS status_id,
                       COALESCE(deal.won_status = 'lost' OR deal.deal_status_id IN %(lost_ids)s, FALSE) AS is_lost
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
                               AND COALESCE(deal.deal_status_id NOT IN %(lost_ids)s, TRUE), FALSE) AS is_lost
              FROM (%(deals)s) deal
         LEFT JOIN %(events)s event
                ON event.lead_id = deal.id AND event.occurred_at < %(moment)s
               AND (event.left_at IS NULL OR event.left_at >= %(moment)s)
            """,
            deals=selected,
            events=self._get_all_events_sql(scope),
            lost_ids=lost_ids,
            moment=scope.moment,
        )
