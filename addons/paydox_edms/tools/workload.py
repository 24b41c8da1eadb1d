"""Days and weeks of the load of people, and what fits into them. No ORM here."""

import math
from datetime import timedelta

SCALES = {"day": 7, "week": 6}


def get_start(day, scale):
    """The Monday on which the columns that show ``day`` begin, whatever the scale."""
    return day - timedelta(days=day.weekday())


def make_columns(start, scale):
    """First and last day of each column: seven days, or six weeks."""
    length = 1 if scale == "day" else 7
    return [
        (start + timedelta(days=length * index), start + timedelta(days=length * (index + 1) - 1))
        for index in range(SCALES[scale])
    ]


def find_column(columns, day):
    """Position of the column that holds ``day``, or None."""
    return next((index for index, (first, last) in enumerate(columns) if first <= day <= last), None)


def move_day(day, column, scale):
    """Where something of ``day`` comes when it is put in ``column``: a week keeps the day of the week."""
    first, _last = column
    return first if scale == "day" else first + timedelta(days=day.weekday())


def get_capacity(hours, full_hours, limit):
    """How many pieces fit into ``hours`` of work, when ``limit`` fit into a day of ``full_hours``; rounded up."""
    if hours <= 0 or full_hours <= 0:
        return 0
    # A hundredth of a piece comes from rounding, not from work.
    return math.ceil(limit * hours / full_hours - 0.01)
