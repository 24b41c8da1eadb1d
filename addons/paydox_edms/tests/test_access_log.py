from datetime import timedelta
from http.client import HTTPConnection

from odoo import fields
from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.paydox_edms.models import paydox_document_access_log

from .common import PDF, PDF_2, PaydoxEdmsMixin


@tagged("post_install", "-at_install")
class TestAccessLog(PaydoxEdmsMixin, HttpCase):
    """The journal of access, and the ways to a file by URL."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.kind.log_access = True
        cls.document = cls._create_document(confidentiality="secret", responsible_id=cls.legal.id)
        cls.version = cls.document.add_version("a.pdf", PDF)
        cls.attachment = cls.version.sudo()._get_attachment()
        cls.log = cls.env["paydox.document.access.log"]

    def assertLogged(self, *actions, user=None):
        self.env.flush_all()
        rows = self.log.search([("user_id", "=", (user or self.legal).id)], order="id")
        self.assertEqual(rows.mapped("action"), list(actions))
        rows.sudo(False).env.cr.execute("DELETE FROM paydox_document_access_log")
        rows.invalidate_model()
        return rows

    def test_opening_the_card_is_written_down_however_it_is_read(self):
        document = self.document.with_user(self.legal)
        document.web_read({"name": {}, "note": {}, "version_ids": {"fields": {"filename": {}}}})
        document.read()
        document.search_read([("id", "=", document.id)], ["note"])
        document.read(["version_ids"])
        self.assertLogged("open", "open", "open", "open")

        document.web_search_read([], {"name": {}, "state": {}})
        self.assertLogged()
        self.version.with_user(self.legal).read(["file"])
        self.attachment.with_user(self.legal).read(["raw"])
        self.attachment.with_user(self.legal).with_context(bin_size=True).read(["index_content"])
        self.version.with_user(self.legal).get_preview()
        self.assertLogged("download", "download", "download")

    def test_no_context_key_hides_the_reading_of_a_file(self):
        version = self.version.with_user(self.legal)
        content = version.read(["file"])[0]["file"]
        self.assertLogged("download")
        for key in ("bin_size_file", "bin_size_raw", "bin_size_datas"):
            version.invalidate_recordset()
            self.assertEqual(version.with_context(**{key: True}).read(["file"])[0]["file"], content)
            self.assertLogged("download")

        self.assertNotEqual(version.with_context(bin_size=True).read(["file"])[0]["file"], content)
        self.assertLogged()

    @mute_logger("odoo.http")
    def test_files_by_url_are_written_down(self):
        self.authenticate("edms_legal", "edms_legal")
        for url, action in (
            (f"/web/content/{self.version._name}/{self.version.id}/file?download=true", "download"),
            (f"/web/content/{self.version._name}/{self.version.id}/file", "preview"),
            (f"/web/content/{self.attachment.id}?download=1", "download"),
            (f"/web/image/{self.attachment.id}", "preview"),
        ):
            self.url_open(url)
            with self.subTest(url=url):
                self.assertLogged(action)

    @mute_logger("odoo.http")
    def test_pieces_of_one_file_are_one_preview(self):
        self.authenticate("edms_legal", "edms_legal")
        url = f"/web/content/{self.version._name}/{self.version.id}/file"
        for first in (1, 3, 5):
            self.url_open(url, headers={"Range": f"bytes={first}-{first + 1}"})
        self.assertLogged("preview")

    def test_copies_and_messages_are_written_down(self):
        attachment = self.attachment.with_user(self.legal)
        own = self.env["paydox.document"].with_user(self.legal).create({"name": "x", "kind_id": self.kind.id})
        attachment.copy({"res_model": own._name, "res_id": own.id, "res_field": False})
        self.assertLogged("copy")
        self.document.with_user(self.legal).copy()
        self.assertLogged("copy", user=self.legal)
        own.message_post(body="x", attachment_ids=attachment.ids)
        self.assertLogged("send")
        self.legal.group_ids = [(4, self.env.ref("base.group_allow_export").id)]
        for records in (self.document, self.version, self.attachment):
            records.with_user(self.legal).export_data(["id"])
        self.assertLogged("copy", "copy", "copy")

    def test_kind_without_journal_writes_nothing(self):
        self.kind.log_access = False
        self.document.with_user(self.legal).read(["note"])
        self.assertLogged()

    def test_refused_access_is_no_access(self):
        with self.assertRaises(AccessError):
            self.document.with_user(self.stranger).read(["note"])
        self.assertLogged(user=self.stranger)

    @mute_logger("odoo.http")
    def test_method_that_runs_on_the_replica_still_writes(self):
        self.authenticate("edms_legal", "edms_legal")
        response = self.url_open(
            "/web/dataset/call_kw/paydox.document/web_read",
            json={
                "params": {
                    "model": "paydox.document",
                    "method": "web_read",
                    "args": [self.document.ids, {"note": {}}],
                    "kwargs": {},
                }
            },
        )
        self.assertEqual(response.json()["result"][0]["id"], self.document.id)
        self.assertLogged("open")

    def test_only_managers_read_and_nobody_writes(self):
        self.document.with_user(self.legal).read(["note"])
        row = self.log.search([], limit=1, order="id desc")
        for user in (self.author, self.legal, self.clerk, self.exclusive):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.with_user(user).read(["action"])
        self.assertEqual(row.with_user(self.manager).action, "open")
        self.assertEqual(row.with_user(self.manager).document_id.display_name, "Document (no access)")
        for user in (self.manager, self.admin):
            for call in (
                lambda as_user: as_user.write({"action": "open"}),
                lambda as_user: as_user.unlink(),
                lambda as_user: as_user.create({"action": "open"}),
            ):
                with self.assertRaises(AccessError):
                    call(row.with_user(user))
        with self.assertRaises(AccessError):
            row.sudo().write({"user_id": self.stranger.id})

    def test_old_rows_go_in_batches_and_the_term_has_a_floor(self):
        self.patch(paydox_document_access_log, "PURGE_BATCH", 2)
        self.env["ir.config_parameter"].set_param("paydox_edms.access_log_days", "0")
        vals = self.log.with_user(self.legal)._prepare_row("open", self.document, None)
        days = (1, 20, 40, 50, 60)
        self.log.create([vals | {"occurred_at": fields.Datetime.now() - timedelta(days=day)} for day in days])

        self.assertEqual(self.log._gc_old(), (2, 1))
        self.assertEqual(self.log._gc_old(), (1, 0))
        self.assertLogged("open", "open")

    # === URLS === #

    @mute_logger("odoo.http")
    def test_no_token_opens_the_file_of_a_version(self):
        self.env.cr.execute(
            "UPDATE ir_attachment SET access_token = 'secret-token', public = TRUE WHERE id = %s", (self.attachment.id,)
        )
        self.attachment.invalidate_recordset()
        raw_token = self.attachment._get_raw_access_token()
        for login in (None, "edms_stranger", "edms_admin"):
            self.authenticate(login, login)
            for url in (
                f"/web/content/{self.attachment.id}",
                f"/web/content/{self.attachment.id}?access_token=secret-token",
                f"/web/content/{self.attachment.id}?access_token={raw_token}",
                f"/web/image/{self.attachment.id}?access_token=secret-token",
                f"/web/content/{self.version._name}/{self.version.id}/file?access_token=secret-token",
            ):
                with self.subTest(login=login, url=url):
                    response = self.url_open(url)
                    self.assertNotIn(PDF, response.content)
                    if "/image/" not in url:
                        self.assertIn(response.status_code, (403, 404))

    @mute_logger("odoo.http")
    def test_type_named_by_the_caller_is_ignored(self):
        version = self.document.add_version("a.txt", b"<html><script>alert(1)</script></html>")
        self.authenticate("edms_author", "edms_author")

        response = self.url_open(f"/web/content/{version._name}/{version.id}/file?mimetype=text/html")

        self.assertTrue(response.headers["Content-Type"].startswith("text/plain"))
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("a.txt", response.headers["Content-Disposition"])

    # === UPLOAD === #

    def _upload(self, content, filename="b.pdf", document=None, login="edms_author", token=None, **headers):
        self.authenticate(login, login)
        csrf = self.csrf_token() if token is None else token
        path = f"/paydox/document/{(document or self.document).id}/upload"
        return self.opener.post(
            f"{self.base_url()}{path}?filename={filename}&comment=new&csrf_token={csrf}",
            data=content,
            headers={"Content-Type": "application/octet-stream"} | headers,
        )

    def test_upload_adds_a_version(self):
        response = self._upload(PDF_2, filename="%D0%B4%D0%BE%D0%B3.pdf")

        self.assertEqual(response.status_code, 200, response.text)
        version = self.env["paydox.document.version"].browse(response.json()["id"])
        self.assertRecordValues(version, [{"number": 2, "filename": "дог.pdf", "comment": "new"}])
        self.assertEqual(version.create_uid, self.author)

    @mute_logger("odoo.http")
    def test_upload_refuses_with_a_message(self):
        self.env["ir.config_parameter"].set_param("paydox_edms.max_file_megabytes", "1")
        for status, words, arguments in (
            (404, "may not see it", {"content": PDF_2, "login": "edms_stranger"}),
            (404, "may not see it", {"content": PDF_2, "document": self.document.browse(2**31 - 1)}),
            (413, "larger than 1 MB", {"content": b"x" * (1024 * 1024 + 1)}),
            (422, "is empty", {"content": b""}),
            (422, "same as version 1", {"content": PDF}),
            (422, "no usable name", {"content": PDF_2, "filename": ""}),
            (422, "is a program", {"content": b"MZ", "filename": "a.exe"}),
        ):
            with self.subTest(words=words):
                response = self._upload(**arguments)
                self.assertEqual(response.status_code, status, response.text)
                self.assertIn(words, response.json()["error"])
        self.assertEqual(self._upload(PDF_2, token="forged").status_code, 400)
        self.document.invalidate_recordset()
        self.assertEqual(self.document.version_ids, self.version)

    @mute_logger("odoo.http")
    def test_two_gigabytes_announced_are_refused_before_they_come(self):
        self.authenticate("edms_author", "edms_author")
        token = self.csrf_token()
        path = f"/paydox/document/{self.document.id}/upload?filename=a.pdf&csrf_token={token}"
        status, body = self._announce(path, 2 * 1024**3, "application/octet-stream")
        self.assertEqual(status, 413, body)
        self.assertIn(b"larger than 128 MB", body)
        status, body = self._announce(path, 2 * 1024**3, "multipart/form-data; boundary=x")
        self.assertEqual(status, 413, body)

    def _announce(self, path, length, content_type):
        """Send the head of a request and none of its body. :return: ``(status, body)``"""
        with self.allow_requests():
            connection = HTTPConnection("127.0.0.1", self.http_port(), timeout=20)
            connection.putrequest("POST", path)
            connection.putheader("Content-Length", str(length))
            connection.putheader("Content-Type", content_type)
            cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.opener.cookies)
            connection.putheader("Cookie", cookies)
            connection.endheaders()
            response = connection.getresponse()
            body = response.read()
            connection.close()
        return response.status, body

    def csrf_token(self):
        return Request.csrf_token(self)
