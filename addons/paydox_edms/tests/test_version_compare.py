import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PDF, PaydoxEdmsCase
from .test_file_guard import DOCX, make_zip
from .test_search import make_pdf

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestVersionCompare(PaydoxEdmsCase):
    """Preview of a version, and two versions side by side."""

    def _compare(self, versions, user=None):
        action = versions.with_user(user or self.author).action_compare()
        context = {name: value for name, value in action["context"].items() if name.startswith("default_")}
        return self.env[action["res_model"]].with_user(user or self.author).with_context(**context).create({})

    def test_differences_are_marked_and_texts_compared(self):
        document = self._create_document()
        first = document.add_version("a.txt", b"Price 100\nTerm <b>30</b> days\nEnd", comment="first")
        second = document.add_version("a.txt", b"Price 120\nTerm <b>30</b> days\nEnd", comment="prices")

        wizard = self._compare(first | second)

        self.assertEqual((wizard.left_id, wizard.right_id), (first, second))
        html = wizard.comparison
        self.assertIn('<div class="bg-danger-subtle">-Price 100</div>', html)
        self.assertIn('<div class="bg-success-subtle">+Price 120</div>', html)
        self.assertIn("Term &lt;b&gt;30&lt;/b&gt; days", html)
        self.assertIn('<tr class="table-warning"><th>Comment</th><td class="text-break">first</td>', html)
        self.assertIn('<tr class=""><th>File Name</th>', html)

    def test_one_version_is_compared_with_the_former(self):
        document = self._create_document()
        versions = [document.add_version("a.pdf", make_pdf(*pages)) for pages in (["x"], ["x", "y"], ["x"] * 3)]

        wizard = self._compare(versions[2])

        self.assertEqual((wizard.left_id, wizard.right_id), (versions[1], versions[2]))
        self.assertIn('<th>Pages</th><td class="text-break">2</td><td class="text-break">3</td>', wizard.comparison)
        with self.assertRaisesRegex(UserError, "Choose two"):
            versions[0].action_compare()
        with self.assertRaisesRegex(UserError, "Choose two"):
            (versions[0] | versions[1] | versions[2]).action_compare()

    def test_what_one_may_not_read_is_not_compared(self):
        secret = self._create_document(confidentiality="secret")
        versions = secret.add_version("a.txt", b"cinnamon") | secret.add_version("b.txt", b"pepper")
        mine = self.env["paydox.document"].with_user(self.stranger).create({"name": "x", "kind_id": self.kind.id})
        for user in (self.stranger, self.clerk, self.admin):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                versions.with_user(user).action_compare()
            wizard = self.env["paydox.document.version.compare"].with_user(user)
            with self.assertRaises(AccessError):
                wizard.create({"document_id": mine.id, "left_id": versions[0].id, "right_id": versions[1].id}).read(
                    ["comparison"]
                )
            with self.assertRaises(AccessError):
                versions[0].with_user(user).get_preview()
            with self.assertRaises(AccessError):
                secret.with_user(user).get_preview()
            with self.assertRaises(AccessError):
                versions[0].with_user(user).read(["file_text"])

    def test_preview_says_what_can_be_shown(self):
        document = self._create_document(confidentiality="open")
        self.assertFalse(document.get_preview())
        text = DOCX | {"word/document.xml": b'<w:d xmlns:w="w"><w:p><w:t>Price</w:t></w:p></w:d>'}
        for filename, content, kind, is_text_only, words in (
            ("a.pdf", PDF, "pdf", False, ""),
            ("a.png", PNG, "image", False, ""),
            ("a.txt", b"<script>alert(1)</script>", "text", False, "<script>alert(1)</script>"),
            ("a.docx", make_zip(text), "text", True, "Price"),
            ("a.docx", make_zip(DOCX), "none", False, ""),
            ("a.dwg", b"AC1027\x00\x01\x02", "none", False, ""),
        ):
            document.add_version(filename, content)
            preview = document.with_user(self.stranger).get_preview()
            with self.subTest(filename=filename):
                json.dumps(preview)
                self.assertEqual(
                    (preview["kind"], preview["is_text_only"], preview["text"]), (kind, is_text_only, words)
                )
                self.assertIn("download=true", preview["download_url"])
