"""Text of office files: an archive with XML inside, read piece by piece, so that a large one takes no memory. No ORM here."""

import io
import logging
import re
import zipfile
from xml.parsers import expat

_logger = logging.getLogger(__name__)

MAX_UNPACKED = 200 * 1024 * 1024
_CHUNK = 256 * 1024
# The parts with text, in the order of reading; each slide is a page.
_PARTS = (
    re.compile(r"word/(?:document|footnotes|endnotes|header\d*|footer\d*)\.xml"),
    re.compile(r"xl/sharedStrings\.xml"),
    re.compile(r"xl/worksheets/sheet\d+\.xml"),
    re.compile(r"ppt/slides/slide\d+\.xml"),
    re.compile(r"content\.xml"),
)
_PAGE = re.compile(r"ppt/slides/")
_TEXT_TAGS = {"t", "v", "p", "h", "span", "a", "s"}
_LINE_TAGS = {"p", "h", "row", "si", "br", "tab", "tc", "table-cell"}


class _Enough(Exception):
    pass


class _Reader:
    """Collects the text of the elements that hold any."""

    def __init__(self, characters):
        self.left, self.pieces, self.stack = characters, [], []
        self.is_open_document = False

    def start(self, name, attributes):
        tag = name.rpartition(":")[2]
        # Cells of a sheet name their shared strings by number; those are read from the list of strings.
        self.stack.append("" if tag == "c" and attributes.get("t") == "s" else tag)

    def end(self, name):
        self.stack.pop()
        if name.rpartition(":")[2] in _LINE_TAGS:
            self.pieces.append("\n" if name.rpartition(":")[2] not in ("tab", "tc", "table-cell") else " ")

    def text(self, text):
        if not self.stack or self.stack[-1] not in (_TEXT_TAGS if self.is_open_document else ("t", "v")):
            return
        if self.stack[-1] == "v" and len(self.stack) > 1 and not self.stack[-2]:
            return
        self.pieces.append(text[: self.left] + (" " if self.stack[-1] == "v" else ""))
        self.left -= len(text)
        if self.left <= 0:
            raise _Enough


def read_office(content, characters):
    """Text of a DOCX, XLSX, PPTX, ODT, ODS or ODP file; of a broken one what stands before the break.

    :param int characters: at most so many
    """
    texts = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
                return ""
            for name in _find_parts(archive):
                reader = _Reader(characters)
                reader.is_open_document = name == "content.xml"
                is_complete = _read_part(archive, name, reader)
                texts.append(("\f" if _PAGE.match(name) and texts else "\n") + "".join(reader.pieces))
                characters = reader.left
                if not is_complete:
                    break
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        _logger.info("An office file could not be read to the end: %s", type(error).__name__)
    return "".join(texts).lstrip("\n")


def _find_parts(archive):
    names = [name for name in archive.namelist() if any(part.fullmatch(name) for part in _PARTS)]
    return sorted(names, key=lambda name: (_rank(name), [int(number) for number in re.findall(r"\d+", name)]))


def _rank(name):
    return next(index for index, part in enumerate(_PARTS) if part.fullmatch(name))


def _read_part(archive, name, reader):
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    try:
        with archive.open(name) as part:
            while chunk := part.read(_CHUNK):
                parser.Parse(chunk)
    except _Enough:
        return False
    except expat.ExpatError:
        return True
    return True
