import io
import zipfile

from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools import file_guard
from odoo.addons.paydox_edms.tools.file_guard import BadFile, check_file

from .common import PDF, PaydoxEdmsCase

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
DOCX = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}


def make_zip(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class TestFileGuard(PaydoxEdmsCase):
    """What may become a version."""

    def assertRefused(self, reason, filename, content, **arguments):
        with self.subTest(filename=filename, content=content[:40]):
            with self.assertRaises(BadFile) as caught:
                check_file(filename, content, **arguments)
            self.assertEqual(caught.exception.reason, reason)

    def test_ordinary_files_pass(self):
        for filename, content in {
            "a.pdf": PDF,
            "b.PDF": b"\r\n" + PDF,
            "c.png": PNG,
            "d.docx": make_zip(DOCX),
            "with password.docx": OLE,
            "e.doc": OLE,
            "f.xlsx": make_zip({"xl/workbook.xml": b"x"}),
            "g.odt": make_zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"x"}),
            "h.txt": "Акт".encode("cp1251"),
            "i.txt": "Акт".encode("utf-16"),
            "MZ.txt": b"MZ-12 is the number of the order",
            "j.xml": b"<?xml version='1.0'?><Invoice/>",
            "k.csv": b"a;b",
            "l.zip": make_zip({"a.pdf": PDF, "b.docx": b"x"}),
            "m.dwg": b"AC1027",
            "no extension": b"text",
            "v1.2 final": PDF,
            "n.jpg": b"\xff\xd8\xff\xe0JFIF",
        }.items():
            with self.subTest(filename=filename):
                check_file(filename, content)

    def test_name_that_lies_about_the_content_is_refused(self):
        for filename, content in {
            "a.pdf": PNG,
            "b.png": PDF,
            "c.docx": PDF,
            "d.docx": make_zip({"a.txt": b"x"}),
            "e.txt": PDF,
            "f.csv": PNG,
            "g.jpg": b"\x00" * 40,
            "h.txt": b"a\x00b",
            "i.zip": PDF,
            "j.pdf": b"",
        }.items():
            self.assertRefused("extension", filename, content)

    def test_programs_are_refused_whatever_their_name(self):
        program = b"MZ\x90\x00" + b"\x00" * 60
        for filename in ("a.exe", "a.pdf", "a.txt", "a.docx", "a", "a.unknown"):
            self.assertRefused("executable", filename, program)
        for filename in ("a.js", "a.BAT", "a.pdf.exe", "a.ps1", "a.sh", "a.jar", "a.lnk", "a.exe "):
            self.assertRefused("executable", filename, b"text")
        self.assertRefused("executable", "run", b"#!/bin/sh\nrm -rf /")
        self.assertRefused("executable", "lib", b"\x7fELF\x02")

    def test_pages_and_drawings_with_scripts_are_refused(self):
        for filename in ("a.html", "a.HTM", "a.svg", "a.xhtml", "a.mht"):
            self.assertRefused("active", filename, b"harmless")
        for content in (
            b"<html><script>alert(1)</script></html>",
            b"\xef\xbb\xbf  <!DOCTYPE html><p>",
            b"<?xml version='1.0'?><!-- x --><svg onload='alert(1)'/>",
            b"\n\n<SCRIPT>alert(1)</SCRIPT>",
            b"\xff\xfe" + "<html>".encode("utf-16-le"),
        ):
            for filename in ("page", "a.unknown", "a.pdf", "a.png"):
                self.assertRefused("active", filename, content)

    def test_macros_are_refused_unless_allowed(self):
        with_macros = make_zip(DOCX | {"word/vbaProject.bin": b"x"})
        old = OLE + "_VBA_PROJECT".encode("utf-16-le")
        for filename, content in {
            "a.docm": with_macros,
            "b.docx": with_macros,
            "c.xlsm": make_zip({"xl/a": b"x"}),
            "d.doc": old,
            "e.xls": old,
            "f.odt": make_zip({"mimetype": b"x", "Basic/Standard/Module1.xml": b"x"}),
            "g.xlsx": make_zip({"xl/workbook.xml": b"x", "xl/macrosheets/sheet1.xml": b"x"}),
        }.items():
            self.assertRefused("macro", filename, content)
            check_file(filename, content, allow_macros=True)

    def test_archive_bombs_are_refused_without_unpacking(self):
        bomb = make_zip({"[Content_Types].xml": b"x", "word/document.xml": b"\x00" * (30 * 1024 * 1024)})
        for filename in ("a.zip", "a.docx", "a.unknown"):
            self.assertRefused("bomb", filename, bomb)
        self.patch(file_guard, "MAX_UNPACKED", 1000)
        self.assertRefused("bomb", "b.zip", make_zip({"a.txt": bytes(range(256)) * 8}))
        self.patch(file_guard, "MAX_ENTRIES", 3)
        self.assertRefused("bomb", "c.zip", make_zip({str(number): b"" for number in range(4)}))

    def test_size_that_is_only_announced_is_believed(self):
        """An archive that says it has 2 GB inside is refused by what it says, without a look at its bytes."""
        content = bytearray(make_zip({"a.txt": b"x" * 100}))
        entry = content.index(b"PK\x01\x02")
        content[entry + 24 : entry + 28] = (2 * 1024**3 - 1).to_bytes(4, "little")
        self.assertRefused("bomb", "a.zip", bytes(content))

    def test_archives_inside_archives_and_damaged_ones_are_refused(self):
        self.assertRefused("nested", "a.zip", make_zip({"b.zip": make_zip({"c.txt": b"x"})}))
        self.assertRefused("nested", "a.docx", make_zip(DOCX | {"word/embeddings/x.rar": b"x"}))
        self.assertRefused("broken", "a.zip", make_zip({"a.txt": b"x"})[:20])
        self.assertRefused("broken", "a.docx", b"PK\x03\x04" + b"\x00" * 100)

    def test_refusal_changes_nothing_and_says_what_to_do(self):
        document = self._create_document()
        first = document.add_version("a.pdf", PDF)
        for filename, content, words in (
            ("b.exe", b"MZ", "is a program"),
            ("b.svg", b"<svg/>", "Save it as PDF or PNG"),
            ("b.docx", make_zip(DOCX | {"word/vbaProject.bin": b"x"}), "ask a manager"),
            ("b.pdf", PNG, "not what its name says"),
            ("b.zip", make_zip({"a.txt": b"x"})[:30], "is damaged"),
            ("b.zip", make_zip({"a.txt": b"\x00" * (30 * 1024 * 1024)}), "too large when it is unpacked"),
            ("b.zip", make_zip({"a.gz": b"x"}), "another archive inside: a.gz"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                document.add_version(filename, content)
        document.invalidate_recordset()
        self.assertEqual(document.version_ids, first)
        self.assertEqual(first.state, "actual")

    def test_kind_may_allow_macros(self):
        document = self._create_document()
        content = make_zip(DOCX | {"word/vbaProject.bin": b"x"})
        self.kind.allow_macros = True

        self.assertEqual(document.add_version("a.docm", content).number, 1)
