"""Draws the marks of signatures, and makes the signed copy of a PDF. No ORM here."""

import io
import struct
import subprocess
import sys
from html import escape
from pathlib import Path

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from odoo.addons.paydox_edms.tools.pdf_fonts import get_fonts
from odoo.addons.paydox_edms.tools.pdf_stamp import PROTECTED

BLUE = colors.HexColor("#1f4e9e")
STAMP_WIDTH = 120 * mm
STAMP_QR = 17 * mm
# More signatures than this do not fit under a text; they get pages of their own.
MAX_STAMP_HEIGHT = 75 * mm
SECONDS = 20


def make_signed_copy(content, certificate):
    """A copy of the PDF with the marks of its signatures.

    :param bytes content: the file; it is not changed
    :param dict certificate: as for ``draw_certificate``
    :return: ``(bytes, False)``; without a readable PDF the pages about the signatures only, and ``protected`` or
        ``unreadable``
    """
    pages = draw_certificate(certificate)
    parts = [draw_stamp(certificate), pages, content]
    command = [sys.executable, str(Path(__file__).with_name("pdf_stamp.py")), str(SECONDS)]
    data = b"".join(struct.pack(">Q", len(part)) + part for part in parts)
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS + 2, check=False)
    except subprocess.TimeoutExpired:
        return pages, "unreadable"
    if done.returncode:
        return pages, "protected" if done.returncode == PROTECTED else "unreadable"
    return done.stdout, False


def draw_stamp(certificate):
    """The mark as a page of just its size; many signatures make it too high to fit on any page."""
    styles = _get_styles()
    texts = [_text(certificate["stamp_title"], styles["bold"])]
    texts += [_text(signature["line"], styles["small"]) for signature in certificate["signatures"]]
    texts.append(_text(certificate["stamp_note"], styles["small"]))
    table = Table([[_QrCode(certificate["url"], STAMP_QR), texts]], colWidths=[STAMP_QR + 4 * mm, None])
    table.setStyle(
        TableStyle(
            [
                ("BOX", (0, 0), (-1, -1), 1, BLUE),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("PADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    table._argW[1] = STAMP_WIDTH - table._argW[0]
    _width, height = table.wrap(STAMP_WIDTH, A4[1])
    page_height = height + 2 if height <= MAX_STAMP_HEIGHT else 10 * A4[1]
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(STAMP_WIDTH + 2, page_height))
    table.drawOn(canvas, 1, 1)
    canvas.save()
    return stream.getvalue()


def draw_certificate(certificate):
    """Pages that tell everything about the signatures of a file.

    :param dict certificate: ``title``; ``warning`` (text or False); ``facts``: pairs of label and text; ``signatures``:
        dicts with ``line`` (one sentence), ``name``, ``facts`` and ``image`` (PNG bytes or False); ``url``,
        ``url_label``, ``stamp_title``, ``stamp_note``
    """
    styles = _get_styles()
    story = [_text(certificate["title"], styles["title"])]
    if certificate["warning"]:
        story.append(_text(certificate["warning"], styles["warning"]))
    story += [_draw_facts(certificate["facts"], styles), Spacer(0, 8)]
    story += [_draw_signature(signature, styles) for signature in certificate["signatures"]]
    qr_code = [_QrCode(certificate["url"], 28 * mm), _text(certificate["url_label"], styles["small"])]
    story.append(KeepTogether([Spacer(0, 8), *qr_code]))
    stream = io.BytesIO()
    document = SimpleDocTemplate(stream, pagesize=A4, title=certificate["title"], author="PayDox")
    document.build(story)
    return stream.getvalue()


class _QrCode(Flowable):
    def __init__(self, text, size):
        super().__init__()
        self.width = self.height = size
        self._text = text

    def draw(self):
        code = QrCodeWidget(self._text, barLevel="M")
        left, bottom, right, top = code.getBounds()
        scale = self.width / (right - left)
        drawing = Drawing(self.width, self.height, transform=[scale, 0, 0, scale, -left * scale, -bottom * scale])
        drawing.add(code)
        renderPDF.draw(drawing, self.canv, 0, 0)


def _draw_signature(signature, styles):
    cells = [[_text(signature["name"], styles["bold"]), _draw_image(signature["image"])]]
    cells.append([_draw_facts(signature["facts"], styles, 110 * mm), ""])
    table = Table(cells, colWidths=[112 * mm, 48 * mm], spaceAfter=6)
    table.setStyle(
        TableStyle(
            [
                ("BOX", (0, 0), (-1, -1), 0.8, BLUE),
                ("SPAN", (1, 0), (1, 1)),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
        )
    )
    return KeepTogether(table)


def _draw_image(content):
    if not content:
        return ""
    width, height = ImageReader(io.BytesIO(content)).getSize()
    scale = min(44 * mm / width, 22 * mm / height)
    return Image(io.BytesIO(content), width * scale, height * scale, mask="auto")


def _draw_facts(facts, styles, width=160 * mm):
    rows = [[_text(label, styles["label"]), _text(text, styles["small"])] for label, text in facts]
    table = Table(rows, colWidths=[width * 0.27, width * 0.73], hAlign="LEFT")
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("PADDING", (0, 0), (-1, -1), 1.5)]))
    return table


def _get_styles():
    regular, bold = get_fonts()
    small = ParagraphStyle("small", fontName=regular, fontSize=7.5, leading=9.5)
    return {
        "small": small,
        "label": ParagraphStyle("label", parent=small, textColor=colors.HexColor("#5f6368")),
        "bold": ParagraphStyle("bold", parent=small, fontName=bold, fontSize=8.5, leading=11, textColor=BLUE),
        "title": ParagraphStyle("title", parent=small, fontName=bold, fontSize=15, leading=20, spaceAfter=6),
        "warning": ParagraphStyle("warning", parent=small, fontSize=9, leading=12, spaceAfter=6, textColor=colors.red),
    }


def _text(text, style):
    return Paragraph(escape(text or "", quote=False), style)
