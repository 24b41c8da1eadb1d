import io
import subprocess

from PIL import Image
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from odoo.addons.paydox_edms.tools.sign_proof import SignProof

from .common import PaydoxEdmsMixin


@tagged("post_install", "-at_install")
class TestSignedCopy(PaydoxEdmsMixin, HttpCase):
    """Copies with the marks of signatures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.director.name = "Иванов Țurcan"
        cls.env["hr.employee"].create(
            {"name": "Director", "user_id": cls.director.id, "job_title": "Генеральный директор"}
        )

    def _draw_pdf(self, lines, size=A4, pages=1, password=None, rotate=0):
        stream = io.BytesIO()
        canvas = Canvas(stream, pagesize=size, invariant=1)
        for page in range(pages):
            for line in range(lines):
                canvas.drawString(60, size[1] - 60 - 14 * line, f"Page {page} clause {line}")
            canvas.showPage()
        canvas.save()
        if not password and not rotate:
            return stream.getvalue()
        writer = PdfFileWriter()
        for page in PdfFileReader(stream).pages:
            writer.add_page(page.rotate(rotate) if rotate else page)
        if password:
            writer.encrypt(password)
        stream = io.BytesIO()
        writer.write(stream)
        return stream.getvalue()

    def _create_signed(self, content, filename="contract.pdf", image=None, users=None, **overrides):
        users = users or self.director
        self.kind.route_id = self._create_route({"users": users, "kind": "sign"})
        document = self._create_document(**overrides)
        document.add_version(filename, content)
        document.action_submit()
        for user in users:
            document.with_user(user)._decide("agree", answer={"proof": SignProof("password", image)})
        return document.current_version_id.with_user(self.author)

    def _read(self, content):
        command = ["pdftotext", "-raw", "-", "-"]
        text = subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
        return text.split("\f")[:-1]

    def _read_signed(self, version):
        filename, content = version._make_signed_copy()
        self.assertIn("- signed.pdf", filename)
        return self._read(content)

    def test_stamp_stands_under_the_text_of_the_last_page(self):
        original = self._draw_pdf(10, pages=2)
        version = self._create_signed(original)

        filename, copy = version._make_signed_copy()

        pages = self._read(copy)
        self.assertEqual(filename, "contract - signed.pdf")
        self.assertEqual(len(pages), 2)
        self.assertNotIn("electronic signature", pages[0])
        self.assertIn("Page 1 clause 9", pages[1])
        for words in ("simple electronic signature", "Иванов Țurcan, Генеральный директор", "UTC+00:00"):
            self.assertIn(words, pages[1])
        self.assertIn(version.checksum[:16], pages[1])
        version.invalidate_recordset()
        self.assertEqual(version._get_real_checksum(), version.checksum)
        self.assertEqual(len(version.document_id.version_ids), 1)

    def test_full_page_gets_another_one_behind_it(self):
        for content in (
            self._draw_pdf(54),
            self._draw_pdf(3, size=(200, 300)),
            self._draw_pdf(3, rotate=90),
        ):
            version = self._create_signed(content)

            pages = self._read_signed(version)

            self.assertEqual(len(pages), 2)
            self.assertNotIn("electronic signature", pages[0])
            self.assertIn("Иванов Țurcan", pages[1])
            self.assertIn(version.checksum, pages[1].replace("\n", ""))
            self.assertIn(f"/odoo/documents/{version.document_id.id}", pages[1].replace("\n", ""))

    def test_landscape_page_takes_the_stamp(self):
        version = self._create_signed(self._draw_pdf(3, size=landscape(A4)))

        pages = self._read_signed(version)

        self.assertEqual(len(pages), 1)
        self.assertIn("electronic signature", pages[0])

    def test_many_signatures_get_a_page_of_their_own(self):
        users = self.env["res.users"].create(
            [
                {
                    "name": f"Signatory {index:02}",
                    "login": f"signatory{index}",
                    "group_ids": [(6, 0, self.env.ref("base.group_user").ids)],
                }
                for index in range(20)
            ]
        )
        version = self._create_signed(self._draw_pdf(3), users=users)

        pages = self._read_signed(version)

        self.assertGreater(len(pages), 2)
        self.assertNotIn("electronic signature", pages[0])
        for user in users:
            self.assertIn(user.name, "".join(pages[1:]))

    def test_drawn_signature_is_on_the_page(self):
        stream = io.BytesIO()
        Image.new("RGBA", (300, 100), (0, 0, 0, 0)).save(stream, "PNG")
        version = self._create_signed(self._draw_pdf(54), image=stream.getvalue())

        copy = version._make_signed_copy()[1]

        self.assertIn(b"/Subtype /Image", copy)

    def test_file_with_password_gets_a_page_that_says_so(self):
        version = self._create_signed(self._draw_pdf(3, password="secret"))

        filename, content = version._make_signed_copy()

        text = "".join(self._read(content)).replace("\n", " ")
        self.assertEqual(filename, "contract - signatures.pdf")
        self.assertIn("protected by a password", text)
        self.assertIn("Иванов Țurcan", text)

    def test_broken_file_gets_a_page_that_says_so(self):
        for content in (b"%PDF-1.4 nothing", self._draw_pdf(3)[:-200] + b"x" * 50, b"%PDF-1.7\n" + b"<<" * 50000):
            version = self._create_signed(content)

            text = "".join(self._read(version._make_signed_copy()[1])).replace("\n", " ")

            self.assertIn("Иванов Țurcan", text)

    def test_file_that_is_no_pdf_gets_a_page(self):
        version = self._create_signed(b"just a text", "note.txt")

        filename, content = version._make_signed_copy()

        self.assertEqual(filename, "note - signatures.pdf")
        self.assertIn("note.txt", "".join(self._read(content)))

    def test_no_copy_of_a_file_that_was_changed_after_signing(self):
        version = self._create_signed(self._draw_pdf(3))
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", version._name), ("res_id", "=", version.id), ("res_field", "=", "file")]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET db_datas = %s, store_fname = NULL WHERE id = %s",
            (self._draw_pdf(4), attachment.id),
        )
        self.env.invalidate_all()

        with self.assertRaisesRegex(UserError, "verification fails"):
            version._make_signed_copy()

    def test_unsigned_version_has_no_copy(self):
        document = self._create_document()
        version = document.add_version("a.pdf", self._draw_pdf(1))

        with self.assertRaisesRegex(UserError, "is not signed"):
            version.action_download_signed()

    def test_second_signature_stands_beside_the_first(self):
        users = self.director | self.chief
        version = self._create_signed(self._draw_pdf(3), users=users)

        text = "".join(self._read_signed(version))

        self.assertIn("Иванов Țurcan", text)
        self.assertIn("Chief", text)

    @mute_logger("odoo.http")
    def test_copy_by_url_is_for_those_who_read_the_document(self):
        version = self._create_signed(self._draw_pdf(3), confidentiality="secret")
        url = f"/paydox_edms/signed/{version.id}"

        self.authenticate("edms_author", "edms_author")
        response = self.url_open(url)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertTrue(response.content.startswith(b"%PDF"))
        for login in (None, "edms_stranger", "edms_clerk", "edms_manager", "edms_admin"):
            self.authenticate(login, login)
            with self.subTest(login=login):
                self.assertFalse(self.url_open(url).content.startswith(b"%PDF"))
        with self.assertRaises(AccessError):
            version.with_user(self.stranger).action_download_signed()
        self.authenticate("edms_author", "edms_author")
        self.assertEqual(self.url_open("/paydox_edms/signed/999999999").status_code, 404)
