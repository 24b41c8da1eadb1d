"""What one picture of the funnel is about: which deals, at which moment, and the domain behind each of its numbers."""

from copy import copy
from datetime import date, datetime, time, timedelta

import pytz

from odoo.fields import Datetime, Domain

BREAKDOWNS = ("deal_type_id", "partner_id", "department_id", "user_id", "team_id")


def parse_day(value):
    """``YYYY-MM-DD`` or a date to a date, nothing to None; ValueError for anything else."""
    if value is None or value is False or value == "":
        return None
    if isinstance(value, str):
        value = datetime.strptime(value, "%Y-%m-%d").date()
    # The ends of the calendar have no day before or after them, and of short years no text in domains.
    if not isinstance(value, date) or isinstance(value, datetime) or not 1000 <= value.year < 9999:
        raise ValueError("not a day")
    return value


def to_utc(day, tz, days=0):
    """Midnight of ``day`` plus ``days`` in the zone ``tz``, as a naive datetime in UTC."""
    if not day:
        return None
    midnight = datetime.combine(day, time.min) + timedelta(days=days)
    return tz.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)


class FunnelScope:
    """Deals and moment of one funnel. Each condition stands here once as a domain; the queries say the same in SQL."""

    def __init__(self, *, statuses, domain, left_out, mode, breakdown, date_from, date_to, begin, end, now):
        self.statuses = statuses
        # Names of the types that are not counted.
        self.left_out = left_out
        self.mode = mode
        self.breakdown = breakdown
        self.date_from = date_from.isoformat() if date_from else None
        self.date_to = date_to.isoformat() if date_to else None
        self.begin, self.end = begin, end
        self.now = now
        self.moment = end if mode == "cohort" and end and end <= now else None
        self.layers = statuses.filtered(lambda status: status.active and status.outcome != "lost")
        self.lost_ids = tuple(statuses.filtered(lambda status: status.outcome == "lost").ids)
        self.won_ids = tuple(statuses.filtered(lambda status: status.outcome == "won").ids)
        # What the deals of the period are narrowed by.
        self.filter = domain
        # The deals as the user may read them, looked for once; whose they are, and the same said of their events, when it can be told.
        self.query = self.reach = self.known = None
        self.domain = domain & (self._get_open_domain() if mode == "snapshot" else self._get_cohort_domain(begin, end))

    def narrow(self, condition):
        """The same at the same moment, of fewer deals."""
        scope = copy(self)
        scope.domain = self.domain & condition
        scope.filter = self.filter & condition
        scope.breakdown = scope.query = scope.reach = scope.known = None
        return scope

    def _get_cohort_domain(self, begin, end):
        domain = Domain("active", "in", [True, False])
        if begin:
            domain &= Domain("create_date", ">=", Datetime.to_string(begin))
        if end:
            domain &= Domain("create_date", "<", Datetime.to_string(end))
        return domain

    def _get_open_domain(self):
        closed_ids = self.statuses.filtered(lambda status: status.outcome != "open").ids
        return (
            Domain("active", "=", True)
            & Domain("won_status", "not in", ["won", "lost"])
            & Domain("deal_status_id", "not in", closed_ids)
        )

    # === DOMAINS ===#

    def get_later_ids(self, status):
        """Ids of ``status`` and of those after it, archived ones too: deals have come as far as them."""
        key = (status.sequence, status.id)
        return [s.id for s in self.statuses if s.outcome != "lost" and (s.sequence, s.id) >= key]

    def get_status_domain(self, status_ids):
        """Deals that are in one of the statuses and not lost, at the moment of the funnel."""
        if self.moment is None:
            here = Domain("deal_status_id", "in", list(status_ids))
        else:
            here = self._get_event_domain(Domain("to_status_id", "in", list(status_ids)))
        return self.domain & here & ~self._get_lost_condition()

    def get_count_domain(self, status):
        return self.get_status_domain([status.id])

    def get_reached_domain(self, status):
        return self.domain & Domain("reached_status_id", "in", self.get_later_ids(status))

    def get_furthest_domain(self, status):
        return Domain("reached_status_id", "=", status.id)

    def get_lost_domain(self):
        return self.domain & self._get_lost_condition()

    def get_closed_domain(self):
        """Deals that a win rate is of: won and lost ones."""
        return self.get_status_domain(self.won_ids) | self.get_lost_domain()

    def get_cycle_domain(self):
        """Won deals that were closed after their creation: those of the median cycle."""
        return self.get_status_domain(self.won_ids) & Domain("has_cycle", "=", True)

    def get_stay_domain(self, status):
        """Deals that ever stood in the status: those of its median stay."""
        return self.domain & Domain("status_event_ids", "any", [("to_status_id", "=", status.id)])

    def get_running_domain(self):
        """Deals in the open layers: those that a velocity counts on."""
        return self.get_status_domain(self.layers.filtered(lambda status: status.outcome == "open").ids)

    def get_outside_domain(self):
        """Deals in no layer: without status, or in an archived one."""
        if self.moment is None:
            inside = Domain("deal_status_id", "in", self.layers.ids)
        else:
            inside = self._get_event_domain(Domain("to_status_id", "in", self.layers.ids))
        return self.domain & ~inside & ~self._get_lost_condition()

    def _get_lost_condition(self):
        if self.moment is None:
            return Domain("won_status", "=", "lost") | Domain("deal_status_id", "in", self.lost_ids)
        # The second part is for a reference without a lost status: nothing in the history tells of the loss.
        return self._get_event_domain(Domain("to_status_id", "in", self.lost_ids)) | (
            Domain("won_status", "=", "lost")
            & Domain("date_closed", "<", Datetime.to_string(self.moment))
            & Domain("deal_status_id", "not in", self.lost_ids)
        )

    def _get_event_domain(self, condition):
        moment = Datetime.to_string(self.moment)
        return Domain(
            "status_event_ids",
            "any",
            condition
            & Domain("occurred_at", "<", moment)
            & (Domain("left_at", "=", False) | Domain("left_at", ">=", moment)),
        )

    def get_domain_list(self, domain):
        """Plain lists, for JSON."""
        return to_plain(domain)


def to_plain(value):
    """A domain as plain lists, for JSON."""
    if isinstance(value, Domain):
        value = list(value)
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return value
    return [to_plain(item) for item in value]
