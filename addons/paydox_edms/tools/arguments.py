"""What a public method may be called with by RPC, made safe. No ORM here."""

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
    return str(value).replace("\0", "").strip()[:limit] or False
