"""The place in a history where a page ended: (moment, source, id). It comes back from a client, so nothing in it is trusted."""

from datetime import datetime
from typing import NamedTuple

MAX_ROW_ID = 2**62
MAX_CODE = 64


class Key(NamedTuple):
    moment: datetime
    source: str
    id: int

    def to_list(self):
        return [self.moment.isoformat(sep=" ", timespec="microseconds"), self.source, self.id]


def parse_key(value):
    """The key in ``value`` as ``Key.to_list`` gave it; None when there is none.

    :raise ValueError: what was sent is no key
    """
    if value is None or value is False:
        return None
    if not isinstance(value, (list, tuple)) or len(value) != 3:
        raise ValueError("A key has three parts.")
    moment, source, row_id = value
    if not isinstance(moment, str) or not isinstance(source, str) or len(source) > MAX_CODE:
        raise ValueError("A key begins with a moment and a source.")
    if not isinstance(row_id, int) or isinstance(row_id, bool) or not 0 <= row_id <= MAX_ROW_ID:
        raise ValueError("A key ends with a number.")
    if "\0" in source:
        raise ValueError("A source is a word.")
    parsed = datetime.fromisoformat(moment)
    if parsed.tzinfo is not None:
        raise ValueError("Moments are in UTC.")
    return Key(parsed, source, row_id)
