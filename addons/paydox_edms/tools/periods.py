"""Months and years as words of the search index, so that the newest documents are found without the others. No ORM here."""

from datetime import date
from typing import NamedTuple

_MAX_MONTHS = 24
_MAX_YEARS = 100


class Period(NamedTuple):
    """All days from ``first_day`` on; ``words`` stand in the index of every document of it, if there are any."""

    first_day: date
    words: list[str] = []


def get_words(day):
    """Words of the day's year and month. No text has them: a section sign is no letter."""
    return [f"§{day:%Y}", f"§{day:%Y-%m}"]


def cover(first, last):
    """Words that cover all days from ``first`` to ``last``: of months, of years when those are too many.

    :return: a ``Period``, or None when the years are too many as well
    """
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months <= _MAX_MONTHS:
        start = first.replace(day=1)
        words = [f"§{year:04}-{month + 1:02}" for year, month in _months(start, months)]
        return Period(start, words)
    if last.year - first.year < _MAX_YEARS:
        return Period(date(first.year, 1, 1), [f"§{year:04}" for year in range(first.year, last.year + 1)])
    return None


def _months(start, count):
    return [divmod(start.year * 12 + start.month - 1 + number, 12) for number in range(count)]
