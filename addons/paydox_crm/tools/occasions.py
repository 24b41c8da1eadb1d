"""When a day of every year comes next. Pure functions, no ORM."""

from datetime import date

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_day(month, day):
    """Whether there is such a day in some year."""
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


def in_year(year, month, day):
    """The day in that year; 29 February is kept on the 28th when there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 2, 28)


def next_occasion(today, month, day):
    """The next time the day comes, today included."""
    found = in_year(today.year, month, day)
    return found if found >= today else in_year(today.year + 1, month, day)
