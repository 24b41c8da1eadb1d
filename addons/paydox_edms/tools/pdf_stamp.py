"""Puts a stamp on the last page of a PDF, or adds pages when there is no room. Writes the copy to the standard output.

Run as a program of its own: a hostile PDF unpacks to gigabytes or never ends, and then the limits below end this process
and not the server. The input is three parts, each after its length: the stamp, the pages to add, the file.
"""

import io
import logging
import resource
import struct
import sys

MAX_MEMORY = 1536 * 1024 * 1024
MARGIN = 24
PROTECTED = 3


def main(seconds):
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    logging.disable(logging.CRITICAL)
    source = sys.stdin.buffer
    stamp, pages, content = (source.read(struct.unpack(">Q", source.read(8))[0]) for _part in range(3))
    sys.stdout.buffer.write(stamp_file(stamp, pages, content))


def stamp_file(stamp, pages, content):
    """Return the bytes of the copy; ends the program with ``PROTECTED`` when the file has a password."""
    try:
        from PyPDF2 import PdfReader, PdfWriter, Transformation  # noqa: PLC0415  within the limits
    except ImportError:
        from pypdf import PdfReader, PdfWriter, Transformation  # noqa: PLC0415

    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        sys.exit(PROTECTED)
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    last, stamp_page = writer.pages[-1], PdfReader(io.BytesIO(stamp)).pages[0]
    place = _find_place(last, content, len(reader.pages) - 1, stamp_page)
    if place:
        # What is merged is clipped to its own boxes, which are therefore those of the page.
        stamp_page.mediabox = stamp_page.cropbox = stamp_page.trimbox = last.mediabox
        stamp_page.add_transformation(Transformation().translate(*place))
        last.merge_page(stamp_page)
    else:
        for page in PdfReader(io.BytesIO(pages)).pages:
            writer.add_page(page)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _find_place(page, content, number, stamp_page):
    """Where the stamp fits below everything on the page, or None."""
    box = page.mediabox
    width, height = float(stamp_page.mediabox.width), float(stamp_page.mediabox.height)
    bottom = _find_bottom(content, number)
    unusual = page.get("/Rotate") or page.get("/Annots") or list(map(float, page.cropbox)) != list(map(float, box))
    if unusual or bottom is None or float(box.width) < width + 2 * MARGIN or bottom < height + 2 * MARGIN:
        return None
    return float(box.right) - width - MARGIN, float(box.bottom) + MARGIN


def _find_bottom(content, number):
    """How high above the lower edge the lowest text, line or picture of the page is, or None when it is not known."""
    from pdfminer.converter import PDFPageAggregator  # noqa: PLC0415
    from pdfminer.layout import LAParams  # noqa: PLC0415
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager  # noqa: PLC0415
    from pdfminer.pdfpage import PDFPage  # noqa: PLC0415

    manager = PDFResourceManager()
    device = PDFPageAggregator(manager, laparams=LAParams())
    interpreter = PDFPageInterpreter(manager, device)
    for page in PDFPage.get_pages(io.BytesIO(content), pagenos={number}):
        interpreter.process_page(page)
        layout = device.get_result()
        return min((item.y0 for item in layout), default=layout.y1) - layout.y0
    return None


if __name__ == "__main__":
    main(int(sys.argv[1]))
