"""Fonts for pages that we draw: they come with Odoo and have Latin, Cyrillic and Romanian letters. No ORM here."""

from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from odoo.tools.misc import file_path

# A package of a distribution may leave out fonts or link to those of the system, so there is more than one choice.
_FAMILIES = (
    ("google/Open_Sans/Open_Sans-Regular.ttf", "google/Open_Sans/Open_Sans-Bold.ttf"),
    ("google/Roboto/Roboto-Regular.ttf", "google/Roboto/Roboto-Bold.ttf"),
    ("sign/NotoSans-Reg.ttf", "sign/NotoSans-Reg.ttf"),
)


@cache
def get_fonts():
    """Names of the normal and the bold font, registered with reportlab."""
    for regular, bold in _FAMILIES:
        try:
            pdfmetrics.registerFont(TTFont("Paydox", file_path(f"web/static/fonts/{regular}")))
            pdfmetrics.registerFont(TTFont("PaydoxBold", file_path(f"web/static/fonts/{bold}")))
        except (OSError, TTFError):
            continue
        return "Paydox", "PaydoxBold"
    return "Helvetica", "Helvetica-Bold"
