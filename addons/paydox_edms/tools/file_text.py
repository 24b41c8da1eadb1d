"""Text of files, as far as the file gives it. No ORM here."""

import logging
import re
import subprocess
import sys
from pathlib import Path

from odoo.addons.paydox_edms.tools.text_search import PAGE_BREAK, clean

MAX_CHARACTERS = 2_000_000

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


def read_pdf(content, seconds):
    """Text of a PDF, pages divided by ``PAGE_BREAK``. A broken file gives the pages before the break.

    :param int seconds: stop after this time
    :return: ``(text, whether it was read to the end)``
    """
    command = [sys.executable, str(Path(__file__).with_name("pdf_pages.py")), str(seconds), str(MAX_CHARACTERS)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as process:
        try:
            output, _errors = process.communicate(content, timeout=seconds + 1)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _errors = process.communicate()
    if process.returncode:
        _logger.info("A PDF could not be read to the end, the reader ended with %s.", process.returncode)
    # A negative code is a signal: the limit of time.
    return tidy(output.decode(errors="ignore")), process.returncode >= 0


def tidy(text):
    """One blank between words, no more than one empty line, words divided at the end of a line joined."""
    pages = clean(text[:MAX_CHARACTERS]).replace("\r\n", "\n").replace("\r", "\n").split(PAGE_BREAK)
    pages = [_LINES.sub("\n\n", _SPACES.sub(" ", _HYPHEN.sub("", page))).strip() for page in pages]
    return PAGE_BREAK.join(pages).rstrip()
