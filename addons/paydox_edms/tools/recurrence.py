"""Days of something that is repeated every n days, weeks or months. No ORM here."""

from datetime import datetime, time, timedelta

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule

FREQUENCIES = {"day": DAILY, "week": WEEKLY, "month": MONTHLY}
# Nobody is on leave for longer without the calendar being wrong.
MAX_SHIFT = 60


def make_rule(start, unit, interval=1, until=None, count=None):
    """The days as an iterable of datetimes at midnight, without end when neither ``until`` nor ``count`` is given.

    A day of the month that a month does not have is its last day: the 31st comes in every month.

    :param datetime.date start: the first day
    :param str unit: ``day``, ``week`` or ``month``
    """
    options = {"interval": interval, "dtstart": datetime.combine(start, time.min)}
    if until:
        options["until"] = datetime.combine(until, time.max)
    if count:
        options["count"] = count
    if unit == "month" and start.day > 28:
        options |= {"bymonthday": range(28, start.day + 1), "bysetpos": -1}
    return rrule(FREQUENCIES[unit], cache=False, **options)


def list_days(rule, after=None, to=None):
    """The days of a rule after one day, up to another one, in order.

    :param datetime.date after: not this day and none before it
    :param datetime.date to: this day and none after it
    """
    for moment in rule:
        day = moment.date()
        if to and day > to:
            return
        if not after or day > after:
            yield day


def next_day(rule, after=None):
    """The first day of a rule after a day, or None when there is no more."""
    return next(list_days(rule, after), None)


def fit(day, is_working, shift):
    """The working day on which something planned for ``day`` happens, or None when it is left out.

    :param is_working: function of a day
    :param str shift: ``same`` (whatever day it is), ``next`` or ``previous`` working day, ``skip``
    """
    if shift == "same" or is_working(day):
        return day
    if shift == "skip":
        return None
    step = timedelta(days=1 if shift == "next" else -1)
    for _count in range(MAX_SHIFT):
        day += step
        if is_working(day):
            return day
    return None
