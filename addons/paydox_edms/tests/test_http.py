from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PDF, PaydoxEdmsMixin


@tagged("post_install", "-at_install")
class TestHttp(PaydoxEdmsMixin, HttpCase):
    """Files by URL."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.document = cls._create_document(confidentiality="secret")
        cls.version = cls.document.add_version("a.pdf", PDF)
        cls.attachment = cls.env["ir.attachment"].search(
            [("res_model", "=", cls.version._name), ("res_id", "=", cls.version.id), ("res_field", "=", "file")]
        )
        cls.urls = (
            f"/web/content/{cls.attachment.id}",
            f"/web/content/{cls.attachment.id}?download=true",
            f"/web/content/{cls.version._name}/{cls.version.id}/file",
            f"/web/content/{cls.version._name}/{cls.version.id}/file/a.pdf?unique=1",
            f"/web/content?model={cls.version._name}&id={cls.version.id}&field=file",
            f"/web/image/{cls.version._name}/{cls.version.id}/file",
        )

    @mute_logger("odoo.http")
    def test_strangers_get_no_file_by_url(self):
        for login in (None, "edms_stranger", "edms_clerk", "edms_manager", "edms_admin"):
            self.authenticate(login, login)
            for url in self.urls:
                with self.subTest(login=login, url=url):
                    self.assertNotIn(PDF, self.url_open(url).content)

    def test_author_gets_the_file(self):
        self.authenticate("edms_author", "edms_author")

        for url in self.urls[:5]:
            self.assertEqual(self.url_open(url).content, PDF, url)

    def test_text_of_a_page_is_not_run(self):
        page = b"<html><script>alert(1)</script></html>"
        version = self.document.add_version("a.txt", page)
        self.authenticate("edms_author", "edms_author")

        response = self.url_open(f"/web/content/{version._name}/{version.id}/file")

        self.assertEqual(response.content, page)
        self.assertTrue(response.headers["Content-Type"].startswith("text/plain"))
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])

    @mute_logger("odoo.http")
    def test_decision_forged_over_the_wire_is_refused(self):
        self.kind.route_id = self._create_route({"users": self.director})
        self.document.action_submit()
        line = self.document.sudo().approval_id.line_ids
        self.authenticate("edms_manager", "edms_manager")

        for method, args in {
            "write": [[line.id], {"state": "agreed"}],
            "unlink": [[line.id]],
            "_ask": [[line.id], "2026-01-01"],
            "action_agree": [[line.id]],
        }.items():
            response = self.url_open(
                f"/web/dataset/call_kw/{line._name}/{method}",
                json={
                    "params": {"model": line._name, "method": method, "args": args, "kwargs": {"context": {"su": True}}}
                },
            ).json()
            self.assertIn("error", response, method)
        line.invalidate_recordset()
        self.assertEqual(line.state, "pending")
