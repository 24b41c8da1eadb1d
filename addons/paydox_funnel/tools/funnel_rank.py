"""Where the middle of many lengths lies, told from counts by class alone. No ORM.

Finished stays are counted by class of length. Running ones are counted by the day they began on: each day covers a few classes,
which move on as time goes by. So it is known of most values on which side of a class they lie; only the classes
around the middle, and the days that cross them, are read one by one.
"""

from collections import namedtuple
from itertools import accumulate
from math import floor, log2

CLASSES_PER_DOUBLING = 16

# The rows to read: classes ``first``..``last`` of what is finished, days ``since``..``until`` of what runs. ``below`` values are
# surely smaller. ``finished`` and ``running`` rows must be found, ``ranks`` are the two middle ones among them.
Middle = namedtuple("Middle", "first last since until below finished running ranks")


def get_class(seconds):
    """As ``paydox_funnel_class`` of the database; the two may differ by one at the very edge of a class."""
    return 0 if seconds < 60 else floor(CLASSES_PER_DOUBLING * log2(seconds / 60)) + 1


def get_class_edges(first, last):
    """Seconds from which and up to which the lengths of the classes lie, a bit wider than they are."""
    low = 0 if first <= 0 else 60 * 2 ** ((first - 1) / CLASSES_PER_DOUBLING)
    high = 60 * 2 ** (last / CLASSES_PER_DOUBLING)
    return low * 0.999999 - 1, high * 1.000001 + 1


def find_middle(finished, running):
    """Which rows hold the two middle values.

    :param dict finished: class → how many
    :param dict running: day → (how many, lowest class, highest class); a later day has no higher classes
    :return: a ``Middle``, or None when there is nothing
    """
    total = sum(finished.values()) + sum(count for count, _low, _high in running.values())
    if total <= 0:
        return None
    middle = (total - 1) // 2, total // 2
    top = max([*finished, *(high for _count, _low, high in running.values())]) + 1
    sizes, surely, maybe = [0] * (top + 1), [0] * (top + 1), [0] * (top + 1)
    for number, count in finished.items():
        sizes[number] += count
    for count, low, high in running.values():
        surely[high] += count
        maybe[low] += count
    # How many lie below each class: finished, running for sure, running at most.
    done, sure, most = ([0, *accumulate(counts)] for counts in (sizes, surely, maybe))
    first = max(number for number in range(top + 1) if done[number] + most[number] <= middle[0])
    last = min(number for number in range(first, top + 1) if done[number + 1] + sure[number + 1] > middle[1])
    days = [day for day, (_count, low, high) in running.items() if high >= first and low <= last]
    below = done[first] + sure[first]
    return Middle(
        first=first,
        last=last,
        since=min(days, default=None),
        until=max(days, default=None),
        below=below,
        finished=done[last + 1] - done[first],
        running=sum(running[day][0] for day in days),
        ranks=tuple(rank - below for rank in middle),
    )
