"""Moments before and after a term, counted in working time. No ORM here.

``intervals`` are the stretches of work in order, as pairs of aware datetimes in the time zone of the calendar.
"""

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta


def shift_hours(intervals, moment, hours):
    """The moment ``hours`` of work after ``moment`` (before it when negative); None when the intervals do not reach."""
    left = timedelta(hours=abs(hours))
    ordered = intervals if hours >= 0 else reversed(intervals)
    for start, stop in ordered:
        begin, end = (max(start, moment), stop) if hours >= 0 else (start, min(stop, moment))
        length = end - begin
        if length < timedelta(0) or (not length and left):
            continue
        if length >= left:
            return begin + left if hours >= 0 else end - left
        left -= length
    return None


def shift_days(intervals, moment, days):
    """The same time of the day ``days`` working days after ``moment`` (before it when negative), within working hours.

    None when the intervals do not reach so far.
    """
    dates = sorted({start.date() for start, _stop in intervals})
    day = moment.date()
    if days < 0:
        position = bisect_left(dates, day) + days
    else:
        position = bisect_right(dates, day) + days - 1
    if days and not 0 <= position < len(dates):
        return None
    target = dates[position] if days else day
    clock = datetime.combine(target, moment.timetz().replace(tzinfo=None))
    zone = moment.tzinfo
    # pytz needs the offset of the day itself, or the hour moves with the change of the clock.
    clock = zone.localize(clock) if hasattr(zone, "localize") else clock.replace(tzinfo=zone)
    return into_work([pair for pair in intervals if pair[0].date() == target], clock)


def into_work(intervals, moment):
    """``moment`` when it is in one of the intervals, else the nearest end or start of one."""
    if not intervals:
        return moment
    edges = []
    for start, stop in intervals:
        if start <= moment <= stop:
            return moment
        edges += [start, stop]
    return min(edges, key=lambda edge: (abs(edge - moment), edge))


def next_start(intervals, moment):
    """The beginning of the first stretch of work after ``moment``, or None."""
    return next((start for start, _stop in intervals if start > moment), None)
