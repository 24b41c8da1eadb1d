"""Names of uploaded files. No ORM here."""

import re
import unicodedata

MAX_LENGTH = 200

_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(r'[<>:"|?*]')


def sanitize(filename):
    """A name that is safe to show, to store and to offer for download.

    Path parts, control characters and marks that turn the direction of text (``exe.fdp`` read as ``pdf.exe``) go;
    the extension survives when the name is too long. Empty when nothing sensible is left.
    """
    name = (filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = unicodedata.normalize("NFC", name)
    name = "".join(" " if char in "\t\n\r" else char for char in name)
    name = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    name = _RESERVED.sub("_", name)
    name = _SPACES.sub(" ", name).strip(" .")
    if len(name) <= MAX_LENGTH:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or len(extension) > 10:
        return name[:MAX_LENGTH].rstrip(" .")
    return stem[: MAX_LENGTH - len(extension) - 1].rstrip(" .") + "." + extension
