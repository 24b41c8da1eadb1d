"""Patterns of registration numbers, such as ``{kind}-{year}/{seq:04}``. No ORM here."""

import re

PLACEHOLDERS = (
    "kind",
    "journal",
    "dept",
    "case",
    "company",
    "partner_code",
    "year",
    "yy",
    "month",
    "day",
    "parent_number",
)
SEQUENCE = "seq"
MAX_WIDTH = 12

_TOKEN = re.compile(r"\{([^{}]*)\}|([{}])|([^{}]+)")
_SEQUENCE_FIELD = re.compile(r"seq(?::0?(\d{1,2}))?")


class PatternError(ValueError):
    """A pattern that must not be used.

    :param str reason: ``empty``, ``brace``, ``unknown``, ``missing``, ``twice``, ``width`` or ``touching``
    :param str part: the piece of the pattern that is wrong
    """

    def __init__(self, reason, part=""):
        super().__init__(f"{reason}: {part}" if part else reason)
        self.reason = reason
        self.part = part


def parse(pattern, placeholders=PLACEHOLDERS):
    """Split a pattern into tokens and refuse the ones that could give equal numbers.

    :return: list of ``("text", str)``, ``("field", name)`` and one ``("seq", width)``
    """
    if not pattern or not pattern.strip():
        raise PatternError("empty")
    tokens = [_parse_token(match, placeholders) for match in _TOKEN.finditer(pattern)]
    sequences = [index for index, token in enumerate(tokens) if token[0] == SEQUENCE]
    if not sequences:
        raise PatternError("missing")
    if len(sequences) > 1:
        raise PatternError("twice")
    _check_neighbours(tokens, sequences[0])
    return tokens


def _parse_token(match, placeholders):
    field, brace, text = match.groups()
    if brace:
        raise PatternError("brace", brace)
    if text is not None:
        return ("text", text)
    if field in placeholders:
        return ("field", field)
    sequence = _SEQUENCE_FIELD.fullmatch(field)
    if not sequence:
        raise PatternError("unknown", "{%s}" % field)
    width = int(sequence.group(1) or 1)
    if not 1 <= width <= MAX_WIDTH:
        raise PatternError("width", "{%s}" % field)
    return (SEQUENCE, width)


def _check_neighbours(tokens, index):
    """``A1`` + ``1`` and ``A`` + ``11`` are the same text, so the sequence needs separators."""
    before = tokens[index - 1] if index else None
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    for token, edge in ((before, -1), (after, 0)):
        if token and (token[0] == "field" or token[1][edge].isalnum()):
            raise PatternError("touching", token[1])


def get_fields(pattern):
    """Names of the placeholders that the pattern uses, without the sequence."""
    return {value for kind, value in parse(pattern) if kind == "field"}


def get_default_period(pattern):
    """Period in which the numbering starts again, as far as the pattern tells."""
    names = get_fields(pattern)
    has_year = bool(names & {"year", "yy"})
    if has_year and "month" in names:
        return "monthly"
    return "yearly" if has_year else "never"


def get_skeleton(pattern):
    """The pattern without the width of the sequence: two patterns of one skeleton share their numbers."""
    return "".join(_render_token(token, {}, "{seq}", keep=True) for token in parse(pattern))


def get_frame(pattern, values, placeholders=PLACEHOLDERS):
    """The number with everything filled in but the sequence."""
    return "".join(_render_token(token, values, "{seq}") for token in parse(pattern, placeholders))


def render(pattern, values, sequence, placeholders=PLACEHOLDERS):
    """The registration number.

    :param dict values: text per placeholder
    :param int sequence: the place in the journal, from 1
    """
    return "".join(
        _render_token(token, values, str(sequence).zfill(token[1]) if token[0] == SEQUENCE else "")
        for token in parse(pattern, placeholders)
    )


def _render_token(token, values, sequence_text, keep=False):
    kind, value = token
    if kind == SEQUENCE:
        return sequence_text
    if kind == "text":
        return value
    return "{%s}" % value if keep else values[value]
