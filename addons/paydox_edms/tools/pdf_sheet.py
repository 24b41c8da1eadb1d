"""Draws a sheet (approval, acquaintance) as PDF: tables whose head repeats on each page, and numbered pages.

Drawn with reportlab, since the wkhtmltopdf of many distributions neither repeats the head of a table nor has footers,
and cuts rows between two pages. No ORM here.
"""

import io
import itertools
import re
from html import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepTogether, LongTable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from odoo.addons.paydox_edms.tools.pdf_fonts import get_fonts

PAGE = landscape(A4)
MARGIN = 12 * mm
PADDING = 2.5
LEADING = 8.6
MAX_LINES = 50
# A text as short as this is lower than a page in the narrowest column.
MAX_LETTERS = 60
_LONG_WORD = re.compile(r"(\S{20})(?=\S)")
LINE = colors.HexColor("#9aa0a6")
HEAD = colors.HexColor("#eef1f4")


def draw_sheet(sheet):
    """Return the bytes of the PDF.

    :param dict sheet: ``title``; ``facts``: pairs of label and value; ``sections``: dicts with ``title``, ``notes``
        (sentences), ``columns`` (pairs of label and relative width), ``rows`` (lists of texts), ``empty`` (what to say
        without rows); ``footer``: text; ``page_label``: text with ``{page}`` and ``{pages}``
    """
    stream = io.BytesIO()
    styles = _get_styles()
    document = SimpleDocTemplate(
        stream,
        pagesize=PAGE,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 6 * mm,
        title=sheet["title"],
        author="PayDox",
    )
    story = [_text(sheet["title"], styles["title"]), _draw_facts(sheet["facts"], styles)]
    for section in sheet["sections"]:
        story += _draw_section(section, styles, document.width)
    document.build(story, canvasmaker=lambda *args, **kwargs: _NumberedCanvas(sheet, *args, **kwargs))
    return stream.getvalue()


class _NumberedCanvas(Canvas):
    """Knows how many pages there are, by drawing the footers at the end."""

    def __init__(self, sheet, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._sheet = sheet
        self._pages = []

    def showPage(self):
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(get_fonts()[0], 6.5)
            self.setFillColor(colors.HexColor("#5f6368"))
            label = self._sheet["page_label"].format(page=number, pages=len(self._pages))
            self.drawString(MARGIN, MARGIN, self._sheet["footer"])
            self.drawRightString(PAGE[0] - MARGIN, MARGIN, label)
            Canvas.showPage(self)
        return super().save()


def _get_styles():
    regular, bold = get_fonts()
    cell = ParagraphStyle("cell", fontName=regular, fontSize=7, leading=LEADING)
    return {
        "cell": cell,
        "head": ParagraphStyle("head", parent=cell, fontName=bold),
        "note": ParagraphStyle("note", parent=cell, fontSize=8, leading=10, spaceAfter=2),
        "section": ParagraphStyle("section", parent=cell, fontName=bold, fontSize=10, leading=13, spaceBefore=8),
        "title": ParagraphStyle("title", parent=cell, fontName=bold, fontSize=14, leading=18, spaceAfter=4),
    }


def _text(text, style):
    return Paragraph(escape(text or "", quote=False).replace("\n", "<br/>"), style)


def _draw_facts(facts, styles):
    """Label and value beside one another, in two columns of facts."""
    cells = [(_text(label, styles["head"]), _text(value, styles["cell"])) for label, value in facts]
    half = (len(cells) + 1) // 2
    right = cells[half:] + [("", "")] * (2 * half - len(cells))
    width = (PAGE[0] - 2 * MARGIN) / 2
    rows = [[*left, *other] for left, other in zip(cells[:half], right, strict=True)]
    table = Table(rows, colWidths=[width * 0.24, width * 0.76] * 2, spaceAfter=4)
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("PADDING", (0, 0), (-1, -1), 1.5)]))
    return table


def _draw_section(section, styles, width):
    title = [_text(section["title"], styles["section"])]
    title += [_text(note, styles["note"]) for note in section["notes"]]
    if not section["rows"]:
        return [KeepTogether([*title, _text(section["empty"], styles["note"])])]
    weights = [weight for _label, weight in section["columns"]]
    widths = [width * weight / sum(weights) for weight in weights]
    rows = [[_text(label, styles["head"]) for label, _weight in section["columns"]]]
    for row in section["rows"]:
        rows += [
            [_cell(text, column, styles["cell"]) for text, column in zip(part, widths, strict=True)]
            for part in _split_row(row, widths, styles["cell"])
        ]
    # With known heights the table is measured once and not again for every page.
    heights = [max(map(_get_height, row, widths)) for row in rows]
    table = LongTable(rows, colWidths=widths, rowHeights=heights, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), styles["cell"].fontName, styles["cell"].fontSize, styles["cell"].leading),
                ("GRID", (0, 0), (-1, -1), 0.4, LINE),
                ("BACKGROUND", (0, 0), (-1, 0), HEAD),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("PADDING", (0, 0), (-1, -1), PADDING),
            ]
        )
    )
    return [*title, Spacer(0, 2), table]


def _cell(text, width, style):
    """Most texts need one line; a paragraph costs ten times as much."""
    if "\n" not in text and stringWidth(text, style.fontName, style.fontSize) <= width - 2 * PADDING:
        return text
    return _text(text, style)


def _get_height(cell, width):
    lines = LEADING if isinstance(cell, str) else cell.wrap(width - 2 * PADDING, PAGE[1])[1]
    return lines + 2 * PADDING


def _split_row(row, widths, style):
    """A row higher than a page cannot be drawn, so what is long goes on in the next rows."""
    if max(map(len, row)) <= MAX_LETTERS:
        return [row]
    parts = [_split_text(text, width - 2 * PADDING - 2, style) for text, width in zip(row, widths, strict=True)]
    return itertools.zip_longest(*parts, fillvalue="")


def _split_text(text, width, style):
    """Pieces of at most ``MAX_LINES`` lines."""
    text = _LONG_WORD.sub(r"\1 ", text)
    lines = simpleSplit(text, style.fontName, style.fontSize, width)
    return ["\n".join(lines[start : start + MAX_LINES]) for start in range(0, len(lines), MAX_LINES)] or [""]
