"""Text of files, as far as the file gives it. No ORM here; office files are read by Odoo's own indexation."""

import io
import logging
import re
import time
import zipfile

from odoo.addons.paydox_edms.tools.text_search import PAGE_BREAK, clean

MAX_CHARACTERS = 2_000_000
MAX_UNPACKED = 100 * 1024 * 1024

_logger = logging.getLogger(__name__)
_HYPHEN = re.compile(r"(?<=[^\W\d_])-\n(?=[^\W\d_])")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\n\s*\n+")
_LEGACY_ENCODINGS = ("cp1251", "koi8_r", "cp866", "cp1250", "iso8859_16", "cp1252")
_FREQUENT = frozenset("оеаинтсрвлкмдпуяыьгзбчйăâîşţșțĂÂÎŞŢȘȚ")
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_text(content):
    """Text of a text file in whatever encoding."""
    content = content[: MAX_CHARACTERS * 2]
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return tidy(content.decode(encoding, errors="replace"))
    try:
        return tidy(content.decode())
    except UnicodeDecodeError as error:
        if error.start >= len(content) - 4:  # cut within a letter
            return tidy(content.decode(errors="ignore"))
    texts = [content.decode(encoding, errors="replace") for encoding in _LEGACY_ENCODINGS]
    return tidy(max(texts, key=lambda text: _score(text[:20_000])))


def _score(text):
    """How much a text looks like Russian or Romanian: frequent letters count, other foreign ones count against it."""
    foreign = [char for char in text if not char.isascii()]
    return sum(1 if char in _FREQUENT else -1 for char in foreign)


def read_pdf(content, seconds=None):
    """Text of a PDF, pages divided by ``PAGE_BREAK``. A broken file gives the pages before the break.

    :param float seconds: stop after this time
    :return: ``(text, whether it was read to the end)``
    """
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    output = io.StringIO()
    try:
        is_complete = _write_pages(content, output, time.monotonic() + seconds if seconds else None)
    except Exception as error:  # noqa: BLE001  a file can be broken in any way; what was read is kept
        _logger.info("A PDF could not be read to the end: %s", type(error).__name__)
        is_complete = True
    return tidy(output.getvalue()), is_complete


def _write_pages(content, output, end):
    from pdfminer.converter import TextConverter  # noqa: PLC0415  slow to import, needed by few processes
    from pdfminer.layout import LAParams  # noqa: PLC0415
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager  # noqa: PLC0415
    from pdfminer.pdfpage import PDFPage  # noqa: PLC0415

    manager = PDFResourceManager()
    with TextConverter(manager, output, laparams=LAParams()) as device:
        interpreter = PDFPageInterpreter(manager, device)
        for page in PDFPage.get_pages(io.BytesIO(content)):
            if end and time.monotonic() > end:
                return False
            interpreter.process_page(page)
            if output.tell() > MAX_CHARACTERS:
                break
    return True


def tidy(text):
    """One blank between words, no more than one empty line, words divided at the end of a line joined."""
    pages = clean(text[:MAX_CHARACTERS]).replace("\r\n", "\n").replace("\r", "\n").split(PAGE_BREAK)
    pages = [_LINES.sub("\n\n", _SPACES.sub(" ", _HYPHEN.sub("", page))).strip() for page in pages]
    return PAGE_BREAK.join(pages).rstrip()


def get_unpacked_size(content):
    """Size of what an archive says it holds; 0 for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return 0
