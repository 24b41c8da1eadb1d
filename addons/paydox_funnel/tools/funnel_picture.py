"""The funnel as an SVG picture, in the proportions of the screen (`funnel_utils.js`). No ORM."""

from math import ceil

from markupsafe import Markup

# The narrowest visible layer, as a share of the picture's width.
MIN_SHARE = 0.006
# The board of the PDF, in its own units.
BOARD_WIDTH = 1040.0
NAMES_WIDTH = 150.0
HEAD_HEIGHT = 30.0
HEAD_FONT = 10.5
# Mean width of a letter, as a share of the font's size.
LETTER = 0.56
GUTTER = 12.0
COLUMN_WIDTHS = (50.0, 105.0, 60.0, 60.0, 60.0, 85.0, 85.0)
# More layers than this go on on a further page.
MAX_ROWS = 26
# Lower rows have no room for the notes: the table beside has the same numbers.
MIN_ROW_FOR_NOTES = 24
# The same colours as funnel.variables.scss.
COLORS = {
    "now": "#2a7f8e",
    "reached": "#c3dfe4",
    "gap": "#e9f3f5",
    "won": "#3f8f5b",
    "won_reached": "#cbe5d3",
    "bad": "#b3401f",
    "bad_gap": "#f9e0d6",
    "text": "#212529",
    "muted": "#6c757d",
}


def get_row_size(layer_count, height=500.0):
    """Return (row, bar, font): row and bar heights that let all layers fit in the given height."""
    row = max(6.0, min(52.0, height / max(1, layer_count)))
    # Without the notes below the names the letters may fill the bar.
    font = row * 0.36 if row >= MIN_ROW_FOR_NOTES else min(9.0, row * 0.5)
    return row, row * 0.58, max(4.5, min(12.0, font))


def get_shares(layers, mode):
    """Return per layer (outer, inner, next outer or None) as shares of the picture's width."""
    outers = [(layer["count"] if mode == "snapshot" else layer["reached"]) or 0 for layer in layers]
    biggest = max([*outers, *(layer["count"] for layer in layers)], default=0)

    def share(value):
        return max(MIN_SHARE, value / biggest) if biggest and value > 0 else 0.0

    shares = []
    for index, layer in enumerate(layers):
        has_next = mode != "snapshot" and index < len(layers) - 1
        next_outer = share(outers[index + 1]) if has_next else None
        shares.append((share(outers[index]), share(layer["count"]), next_outer))
    return shares


def fits_inside(share, text):
    """Tell whether a text fits in the solid part; else it stands beside it."""
    return share >= 0.03 + 0.025 * len(text)


def shorten(text, width, font):
    """Cut a text to the given width, by the mean width of a letter."""
    limit = max(3, int(width / (font * LETTER)))
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def draw_boards(layers, mode, rows, columns, height=470.0):
    """Draw the funnel on as many boards as it takes to be legible, one for each page; arguments as of `draw_board`."""
    count = max(1, ceil(len(layers) / MAX_ROWS))
    size = max(1, ceil(len(layers) / count))
    shares = get_shares(layers, mode)
    return [
        draw_board(
            layers[first : first + size],
            mode,
            rows[first : first + size],
            columns,
            height,
            shares[first : first + size],
        )
        for first in range(0, max(1, len(layers)), size)
    ]


def draw_board(layers, mode, rows, columns, height=470.0, shares=None):
    """Draw the funnel with the table of its numbers beside it.

    Everything scales with the width of the page, so it looks the same whatever the resolution
    of the browser that prints it.

    :param layers: layers of `get_funnel`
    :param mode: "cohort" or "snapshot"
    :param rows: per layer a dict of texts: count, reached, conversion, and the list cells
    :param columns: titles of the cells
    :param shares: widths, when the layers are a part of a funnel
    :return: the element `svg` as Markup; every text in it is escaped
    """
    row, bar, font = get_row_size(len(layers), height - HEAD_HEIGHT)
    table = sum(COLUMN_WIDTHS[: len(columns)])
    picture = BOARD_WIDTH - NAMES_WIDTH - table - 2 * GUTTER
    center = NAMES_WIDTH + GUTTER + picture / 2
    parts = [_draw_heads(columns)]
    widths = get_shares(layers, mode) if shares is None else shares
    for index, (layer, width, texts) in enumerate(zip(layers, widths, rows, strict=True)):
        y = HEAD_HEIGHT + index * row
        color = COLORS["bad" if layer["bottleneck"] else "text"]
        reached = texts["reached"] if row >= MIN_ROW_FOR_NOTES else ""
        parts += [
            _draw_name(layer["name"], reached, NAMES_WIDTH, y + bar / 2, font),
            _draw_gap(layer, width, texts, center, picture, y + bar, row - bar, font),
            _draw_layer(layer, width, texts, center, picture, y, bar, font),
            _draw_cells(texts["cells"], y + bar / 2, font, color, layer["bottleneck"]),
        ]
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %(width)s %(height)s"'
        ' font-family="%(family)s">%(parts)s</svg>'
    ) % {
        "width": _number(BOARD_WIDTH),
        "height": _number(height),
        "family": "Roboto, DejaVu Sans, Arial, sans-serif",
        "parts": Markup().join(parts),
    }


def _draw_heads(titles):
    """The titles of the columns in letters of one size, on two lines where the column is narrow."""
    x = BOARD_WIDTH - sum(COLUMN_WIDTHS[: len(titles)])
    parts = []
    for title, width in zip(titles, COLUMN_WIDTHS, strict=False):
        x += width
        lines = _wrap(title, width - 8, HEAD_FONT)
        for index, line in enumerate(lines):
            y = HEAD_HEIGHT / 2 + (index - (len(lines) - 1) / 2) * HEAD_FONT * 1.1
            parts.append(_text(x, y, line, HEAD_FONT, "end", COLORS["muted"]))
    return Markup().join(parts)


def _wrap(text, width, font):
    """At most two lines, broken at the space that leaves the longer one shortest."""
    breaks = [index for index, letter in enumerate(text) if letter == " "]
    if len(text) * font * LETTER <= width or not breaks:
        return [shorten(text, width, font)]
    middle = min(breaks, key=lambda index: max(index, len(text) - index - 1))
    return [shorten(part, width, font) for part in (text[:middle], text[middle + 1 :])]


def _draw_cells(texts, y, font, color, bold=False):
    x = BOARD_WIDTH - sum(COLUMN_WIDTHS[: len(texts)])
    parts = []
    for text, width in zip(texts, COLUMN_WIDTHS, strict=False):
        x += width
        size = min(font, (width - 8) / (LETTER * max(1, len(text))))
        parts.append(_text(x, y, text, size, "end", color, bold))
    return Markup().join(parts)


def _draw_name(name, reached, width, y, font):
    shift = font * 0.5 if reached else 0
    parts = [_text(width, y - shift, shorten(name, width, font), font, "end", bold=True)]
    if reached:
        parts.append(_text(width, y + font * 0.6, reached, font * 0.8, "end", COLORS["muted"]))
    return Markup().join(parts)


def _draw_gap(layer, shares, texts, center, picture, y, gap, font):
    outer, _inner, next_outer = shares
    if next_outer is None:
        return Markup()
    is_bad = layer["bottleneck"]
    top, bottom = outer * picture / 2, next_outer * picture / 2
    corners = (
        (center - top, y),
        (center + top, y),
        (center + bottom, y + gap),
        (center - bottom, y + gap),
    )
    polygon = Markup('<polygon points="%s" fill="%s"/>') % (
        " ".join(f"{_number(x)},{_number(corner_y)}" for x, corner_y in corners),
        COLORS["bad_gap" if is_bad else "gap"],
    )
    color = COLORS["bad" if is_bad else "muted"]
    if gap < font * 0.85:
        return polygon
    return polygon + _text(center, y + gap / 2, texts["conversion"], font * 0.85, "middle", color, is_bad)


def _draw_layer(layer, shares, texts, center, picture, y, bar, font):
    outer, inner, _next = shares
    is_won = layer.get("outcome") == "won"
    outer_color = COLORS["won_reached" if is_won else "reached"]
    inner_color = COLORS["won" if is_won else "now"]
    parts = [
        _bar(center, outer * picture, y, bar, outer_color),
        _bar(center, inner * picture, y, bar, inner_color),
    ]
    if fits_inside(inner, texts["count"]):
        parts.append(_text(center, y + bar / 2, texts["count"], font, "middle", "#ffffff", True))
    elif not layer["count"]:
        parts.append(_text(center, y + bar / 2, texts["count"], font, "middle", bold=True))
    else:
        x = center + inner * picture / 2 + font * 0.4
        parts.append(_text(x, y + bar / 2, texts["count"], font, "start", COLORS["text"], True))
    return Markup().join(parts)


def _bar(center, width, y, height, color):
    if not width:
        return Markup()
    return Markup('<rect x="%s" y="%s" width="%s" height="%s" rx="3" fill="%s"/>') % (
        _number(center - width / 2),
        _number(y),
        _number(width),
        _number(height),
        color,
    )


def _text(x, y, text, size, anchor, color=COLORS["text"], bold=False):
    # The base line is moved by hand: old WebKit knows no `dominant-baseline: central`.
    return Markup('<text x="%s" y="%s" font-size="%s" text-anchor="%s" fill="%s" font-weight="%s">%s</text>') % (
        _number(x),
        _number(y + size * 0.36),
        _number(size),
        anchor,
        color,
        "bold" if bold else "normal",
        text,
    )


def _number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")
