"""Rates of a day out of a list that was read once. No ORM here."""

from bisect import bisect_right


def get_rate(rates, day):
    """The rate that holds on ``day``: the latest up to it, or the first one ever; 1 without any.

    :param list rates: ``[(day, rate)]`` in the order of the days
    """
    if not rates:
        return 1.0
    index = bisect_right(rates, day, key=lambda pair: pair[0])
    return rates[max(index - 1, 0)][1]
