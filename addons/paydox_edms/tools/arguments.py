"""What a public method may be called with by RPC, made safe. No ORM here."""

import json

MAX_ID = 2**31 - 1


def to_id(value):
    """The database id in ``value``, a record or a number; 0, which no row has, for anything else."""
    value = getattr(value, "id", value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 < value <= MAX_ID else 0


def to_text(value, limit):
    """A stripped text of at most ``limit`` characters, or False when nothing is left."""
    if not value:
        return False
    # PostgreSQL has no place for the null character.
    return to_shown(value, -1).replace("\0", "").strip()[:limit] or False


def to_shown(value, limit):
    """At most ``limit`` characters of ``value`` as a message may repeat them (-1: all): halves of surrogate pairs
    cannot be sent back, and the answer would be none at all."""
    return str(value)[: None if limit < 0 else limit].encode("utf-8", "replace").decode()


def is_storable(value):
    """Whether a text, or JSON with its texts, has only characters that the database can keep."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "\0" not in text and "\\u0000" not in text and text == to_shown(text, -1)
