"""Which cells of the tally belong to a period, and which deals at its edges have to be counted. Conditions in SQL, no database."""

from collections import namedtuple
from datetime import datetime, time, timedelta

from odoo.tools import SQL


class Without(namedtuple("Without", "field keys")):
    """Deals that are in the sums and not in the scope, told by the values of one field; None is the value of those without one."""

    def get_parts(self, column):
        """Conditions that exclude each other and find them, each from an index."""
        ids = tuple(sorted(key for key in self.keys if key))
        parts = [SQL("%s IN %s", column, ids)] if ids else []
        return [*parts, SQL("%s IS NULL", column)] if None in self.keys else parts

    def get_rest(self, column):
        """The condition that finds all others."""
        parts = self.get_parts(column)
        return SQL("COALESCE(NOT (%s), TRUE)", SQL(" OR ").join(parts)) if parts else SQL("TRUE")


class KnownScope:
    """Deals told by one condition on their events, beside no sum."""

    def __init__(self, condition):
        self.condition = condition

    def in_period(self, _column):
        return self.condition

    def of_companies(self, _column):
        return SQL("TRUE")

    def is_within(self, _prefix=""):
        return SQL("TRUE")


class TallyScope:
    """A period cut into whole months, whole days and what is left at its edges, each as a condition.

    :param Without without: deals to take off the sums; None for none
    """

    def __init__(self, begin, end, companies, now, without=None):
        self.companies = companies
        self.without = without
        self.begin, self.end = begin, end
        first = begin and _midnight(begin, up=True)
        last = end and _midnight(end)
        if first and last and first > last:  # within one day
            first = last = end
        self.first, self.last = first, last
        month_first = first and _month(first, up=True)
        month_last = last and _month(last)
        if month_first and month_last and month_first > month_last:  # within one month
            month_first = month_last = last
        self.month_first, self.month_last = month_first, month_last

    def in_period(self, column):
        return _between(column, self.begin, self.end)

    def in_days(self, column):
        return _between(column, self.first, self.last)

    def in_months(self, column):
        return _between(column, self.month_first, self.month_last)

    def in_month_edge_days(self, column):
        return _edges(column, self.first, self.month_first, self.month_last, self.last)

    def at_edges(self, column):
        return _edges(column, self.begin, self.first, self.last, self.end)

    def at_month_edges(self, column):
        return _edges(column, self.begin, self.month_first, self.month_last, self.end)

    def take_off(self, select, prefix=""):
        """``UNION ALL`` with what is in the sums and not in the scope, each once.

        :param SQL select: these rows of the whole period, without a condition on the field that tells them
        :param str prefix: of the column of the field
        """
        if not self.without:
            return SQL()
        column = SQL.identifier(prefix + self.without.field)
        return SQL(" ").join(SQL("UNION ALL %s AND %s", select, part) for part in self.without.get_parts(column))

    def is_within(self, prefix=""):
        return self.without.get_rest(SQL.identifier(prefix + self.without.field)) if self.without else SQL("TRUE")

    def of_companies(self, column):
        ids = tuple(company_id for company_id in self.companies if company_id)
        parts = [SQL("%s IN %s", column, ids)] if ids else []
        if None in self.companies:
            parts.append(SQL("%s IS NULL", column))
        return SQL("(%s)", SQL(" OR ").join(parts)) if parts else SQL("FALSE")


def _between(column, first, last):
    if first and last and first >= last:
        return SQL("FALSE")
    parts = [SQL("%s >= %s", column, first)] if first else []
    if last:
        parts.append(SQL("%s < %s", column, last))
    return SQL(" AND ").join(parts) if parts else SQL("%s IS NOT NULL", column)


def _edges(column, begin, first, last, end):
    """What lies from ``begin`` to ``first`` and from ``last`` to ``end``; None is an end that is open on both."""
    parts = []
    if begin and begin < first:
        parts.append(_between(column, begin, first))
    if end and last < end:
        parts.append(_between(column, last, end))
    return SQL("(%s)", SQL(" OR ").join([SQL("(%s)", part) for part in parts])) if parts else SQL("FALSE")


def _midnight(moment, up=False):
    midnight = datetime.combine(moment.date(), time.min)
    return midnight + timedelta(days=1) if up and midnight < moment else midnight


def _month(moment, up=False):
    first = moment.replace(day=1)
    return (first + timedelta(days=31)).replace(day=1) if up and first < moment else first
