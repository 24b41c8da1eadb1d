"""What a file really is, and why it must not be kept. Nothing is unpacked. No ORM here."""

import io
import re
import zipfile

MAX_UNPACKED = 1024 * 1024 * 1024
MAX_RATIO = 100
# An archive as small as this is no bomb, however well it is packed.
HARMLESS_UNPACKED = 20 * 1024 * 1024
MAX_ENTRIES = 20_000

EXECUTABLE_EXTENSIONS = frozenset(
    [
        "apk",
        "app",
        "bat",
        "bash",
        "cmd",
        "com",
        "cpl",
        "dll",
        "dmg",
        "exe",
        "gadget",
        "hta",
        "inf",
        "ins",
        "iso",
        "jar",
        "jnlp",
        "js",
        "jse",
        "lnk",
        "mjs",
        "msc",
        "msi",
        "msp",
        "mst",
        "pif",
        "pl",
        "ps1",
        "psm1",
        "php",
        "py",
        "rb",
        "reg",
        "scr",
        "sct",
        "sh",
        "sys",
        "vb",
        "vbe",
        "vbs",
        "wasm",
        "ws",
        "wsc",
        "wsf",
        "wsh",
    ]
)
ACTIVE_EXTENSIONS = frozenset(
    ["htm", "html", "mht", "mhtml", "shtml", "svg", "svgz", "swf", "xht", "xhtml", "xsl", "xslt"]
)
MACRO_EXTENSIONS = frozenset(
    ["docm", "dotm", "potm", "ppam", "ppsm", "pptm", "sldm", "xla", "xlam", "xlm", "xlsb", "xlsm", "xltm"]
)
ARCHIVE_EXTENSIONS = frozenset(
    ["7z", "arj", "bz2", "cab", "gz", "lz", "lzma", "rar", "tar", "tbz", "tgz", "txz", "xz", "z", "zip", "zst"]
)

_EXECUTABLE_SIGNATURES = (
    b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"#!", b"L\x00\x00\x00\x01\x14\x02\x00", b"dex\n", b"\x00asm",
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_RTF = b"{\\rtf"
# What a file must begin with, by extension; office files protected by a password are OLE files.
_SIGNATURES = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "bmp": (b"BM",),
    "webp": (b"RIFF",),
    "tif": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    "tiff": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    "rtf": (_RTF,),
    "doc": (_OLE, _RTF, _ZIP, b"<?xml", b"\xdb\xa5"),
    "xls": (_OLE, _ZIP, b"<?xml", b"\x09\x08", b"\x09\x04"),
    "ppt": (_OLE, _ZIP),
    "msg": (_OLE,),
    "docx": (_ZIP, _OLE),
    "xlsx": (_ZIP, _OLE),
    "pptx": (_ZIP, _OLE),
    "odt": (_ZIP,),
    "ods": (_ZIP,),
    "odp": (_ZIP,),
    "zip": (_ZIP, b"PK\x05\x06"),
    "7z": (b"7z\xbc\xaf\x27\x1c",),
    "rar": (b"Rar!\x1a\x07",),
    "gz": (b"\x1f\x8b",),
}
_TEXT_EXTENSIONS = frozenset(["csv", "eml", "json", "log", "md", "tsv", "txt", "xml", "yaml", "yml"])
_OFFICE_PARTS = {
    "docx": "word/",
    "xlsx": "xl/",
    "pptx": "ppt/",
    "odt": "mimetype",
    "ods": "mimetype",
    "odp": "mimetype",
}
_KNOWN = (
    b"%PDF-",
    _OLE,
    *(signature for name in ("png", "jpg", "gif", "tif", "7z", "rar", "gz", "zip") for signature in _SIGNATURES[name]),
)
_ACTIVE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+(?:html|svg)|html|svg|script|body|iframe)\b", re.I | re.S
)
_MACRO_PARTS = re.compile(r"(?:.*/)?vbaProject\.bin|xl/macrosheets/.+|Basic/[^/]+/.+|Scripts/.+", re.I)
_OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")


class BadFile(ValueError):
    """A file that must not be kept.

    :param str reason: ``executable``, ``active``, ``macro``, ``extension``, ``broken``, ``bomb`` or ``nested``
    :param str part: the extension, or what is wrong in the archive
    """

    def __init__(self, reason, part=""):
        super().__init__(f"{reason}: {part}" if part else reason)
        self.reason = reason
        self.part = part


def get_extension(filename):
    """Small letters, without the dot; empty when there is none."""
    stem, dot, extension = filename.rpartition(".")
    return extension.lower().strip() if dot and stem else ""


def check_file(filename, content, allow_macros=False):
    """Refuse what could run, what is not what its name says, and archives that would burst.

    :param str filename: the name, sanitized
    :param bytes content: the bytes
    :param bool allow_macros: office files may bring macros along
    :raises BadFile: with the reason
    """
    extension = get_extension(filename)
    if extension in EXECUTABLE_EXTENSIONS or _is_executable(extension, content):
        raise BadFile("executable", extension)
    # A text file that shows how a page is written is text; anything else that begins as a page is one.
    if extension in ACTIVE_EXTENSIONS or (extension not in _TEXT_EXTENSIONS and _is_active(content)):
        raise BadFile("active", extension)
    if extension in MACRO_EXTENSIONS and not allow_macros:
        raise BadFile("macro", extension)
    _check_signature(extension, content)
    if content.startswith((_ZIP, b"PK\x05\x06")):
        _check_archive(extension, content, allow_macros)
    elif content.startswith(_OLE) and not allow_macros and _OLE_MACROS in content:
        raise BadFile("macro", extension)


def _is_executable(extension, content):
    # A text may begin with any letters.
    is_text = extension in _TEXT_EXTENSIONS and b"\x00" not in content[:8192]
    return not is_text and content.startswith(_EXECUTABLE_SIGNATURES)


def _is_active(content):
    head = content[:4096]
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            head = head[2:].decode(encoding, errors="ignore").encode()
    return bool(_ACTIVE.match(head.removeprefix(b"\xef\xbb\xbf")))


def _check_signature(extension, content):
    if extension == "pdf":
        # The norm lets a few bytes stand before the beginning.
        fits = b"%PDF-" in content[:1024]
    elif extension in _TEXT_EXTENSIONS:
        is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        fits = not content.startswith(_KNOWN) and (is_wide or b"\x00" not in content[:8192])
    else:
        fits = extension not in _SIGNATURES or content.startswith(_SIGNATURES[extension])
    if not fits:
        raise BadFile("extension", extension)


def _check_archive(extension, content, allow_macros):
    if content.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise BadFile("bomb", extension)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadFile("broken", extension) from error
    names = [entry.filename for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED or (unpacked > HARMLESS_UNPACKED and unpacked > len(content) * MAX_RATIO):
        raise BadFile("bomb", extension)
    part = _OFFICE_PARTS.get(extension)
    if part and not any(name.startswith(part) for name in names):
        raise BadFile("extension", extension)
    if not allow_macros and any(_MACRO_PARTS.fullmatch(name) for name in names):
        raise BadFile("macro", extension)
    for name in names:
        if get_extension(name) in ARCHIVE_EXTENSIONS:
            raise BadFile("nested", name[-80:])
