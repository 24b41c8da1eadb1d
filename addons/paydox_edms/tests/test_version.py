import base64
import hashlib

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .common import PDF, PDF_2, PaydoxEdmsCase


class TestVersion(PaydoxEdmsCase):
    def test_new_file_archives_the_former_version(self):
        document = self._create_document()

        first = document.add_version("contract.pdf", PDF)
        second = document.add_version("contract.pdf", PDF_2, comment="prices")

        self.assertRecordValues(
            first | second,
            [
                {"number": 1, "state": "archived", "checksum": hashlib.sha256(PDF).hexdigest(), "comment": False},
                {"number": 2, "state": "actual", "checksum": hashlib.sha256(PDF_2).hexdigest(), "comment": "prices"},
            ],
        )
        self.assertEqual(document.current_version_id, second)
        self.assertEqual(base64.b64decode(first.file), PDF)
        self.assertEqual(first.size, len(PDF))
        self.assertEqual(first.create_uid, self.author)

    def test_rpc_sends_the_bytes_as_base64(self):
        version = self._create_document().add_version("a.pdf", base64.b64encode(PDF).decode())

        self.assertEqual(version.checksum, hashlib.sha256(PDF).hexdigest())

    def test_bad_uploads_are_refused(self):
        document = self._create_document()
        self.env["ir.config_parameter"].set_param("paydox_edms.max_file_megabytes", "1")
        for name, content in (
            ("a.pdf", b""),
            ("a.pdf", ""),
            ("a.pdf", "not base64!"),
            ("a.pdf", 42),
            ("a.pdf", None),
            ("a.pdf", {"x": 1}),
            ("../..", PDF),
            ("", PDF),
            (None, PDF),
            (["a"], PDF),
            ("a.pdf", b"x" * (1024 * 1024 + 1)),
            ("a.pdf", "QUJD" * 1024 * 1024),
        ):
            with self.subTest(name=name), self.assertRaises(UserError):
                document.add_version(name, content)
        self.assertFalse(document.version_ids)

    def test_name_of_the_file_is_cleaned(self):
        version = self._create_document().add_version("../../etc/inv\u202exe\u200b.pdf", PDF)

        self.assertEqual(version.filename, "invxe.pdf")

    def test_long_name_is_cut_and_keeps_its_extension(self):
        version = self._create_document().add_version("Д" * 300 + ".pdf", PDF)

        self.assertLess(len(version.filename), 256)
        self.assertTrue(version.filename.endswith(".pdf"))
        self.assertEqual(base64.b64decode(version.file), PDF)

    def test_same_bytes_again_are_refused(self):
        document = self._create_document()
        document.add_version("a.pdf", PDF)

        with self.assertRaisesRegex(UserError, "same as version 1"):
            document.add_version("b.pdf", PDF)
        document.invalidate_recordset()
        self.assertEqual(document.version_ids.mapped("state"), ["actual"])

    def test_nobody_changes_a_version_not_even_the_superuser(self):
        version = self._create_document().add_version("a.pdf", PDF)
        changes = (
            {"file": base64.b64encode(PDF_2)},
            {"filename": "b.pdf"},
            {"checksum": "0" * 64},
            {"create_uid": self.stranger.id},
            {"document_id": self._create_document().id},
            {"number": 9},
            {"comment": "x"},
        )

        for env_version in (version.sudo(), version.with_user(self.admin), version.with_user(self.author)):
            for vals in changes:
                with self.subTest(user=env_version.env.user.login, vals=vals), self.assertRaises(AccessError):
                    env_version.write(vals)
            with self.assertRaises(AccessError):
                env_version.unlink()
        self.assertEqual(base64.b64decode(version.file), PDF)

    def test_checksum_is_that_of_the_bytes_whatever_the_code_says(self):
        document = self._create_document()

        version = self.env["paydox.document.version"].create(
            {
                "document_id": document.id,
                "number": 1,
                "filename": "a.pdf",
                "file": base64.b64encode(PDF),
                "checksum": "0" * 64,
                "size": 1,
            }
        )

        self.assertEqual((version.checksum, version.size), (hashlib.sha256(PDF).hexdigest(), len(PDF)))

    def test_second_actual_version_is_refused_by_the_database(self):
        document = self._create_document()
        version = document.add_version("a.pdf", PDF)

        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["paydox.document.version"].create(
                {"document_id": document.id, "number": 2, "filename": "b.pdf", "file": base64.b64encode(PDF_2)}
            )
        self.assertEqual(document.current_version_id, version)

    def test_file_behind_a_version_cannot_be_touched_as_attachment(self):
        version = self._create_document().add_version("a.pdf", PDF)
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", version._name), ("res_id", "=", version.id), ("res_field", "=", "file")]
        )
        self.assertTrue(attachment)
        other = self._create_document()

        for user in (self.author, self.manager, self.admin):
            as_user = attachment.with_user(user)
            for vals in (
                {"raw": PDF_2},
                {"datas": base64.b64encode(PDF_2)},
                {"name": "b.pdf"},
                {"res_id": 0},
                {"res_model": "paydox.document", "res_id": other.id},
                {"public": True},
                {"access_token": "x"},
            ):
                with self.subTest(user=user.login, vals=vals), self.assertRaises(AccessError):
                    as_user.write(vals)
            with self.assertRaises(AccessError):
                as_user.unlink()
            with self.assertRaises(AccessError):
                as_user.generate_access_token()
            with self.assertRaises(AccessError):
                as_user.create(
                    {"name": "x", "raw": PDF_2, "res_model": version._name, "res_id": version.id, "res_field": "file"}
                )
        with self.assertRaises(AccessError):
            attachment.sudo().write({"raw": PDF_2})
        with self.assertRaises(AccessError):
            attachment.sudo().write({"res_id": 0})
        with self.assertRaises(AccessError):
            attachment.sudo().unlink()

    def test_text_of_a_page_is_stored_as_plain_text(self):
        document = self._create_document(responsible_id=self.admin.id)
        page = b"<html><script>alert(1)</script></html>"
        drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

        for name, content in (("a.txt", page), ("a.xml", drawing)):
            version = document.with_user(self.admin).add_version(name, content)
            self.assertEqual(version.sudo()._get_attachment().mimetype, "text/plain", name)

    def test_draft_that_went_nowhere_is_deleted_with_its_files(self):
        document = self._create_document()
        version = document.add_version("a.pdf", PDF)
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", version._name), ("res_id", "=", version.id), ("res_field", "=", "file")]
        )

        document.unlink()

        self.assertFalse(attachment.exists())

    def test_context_of_a_client_keeps_no_text_out_of_the_index(self):
        attachments = self.env["ir.attachment"].with_user(self.author).with_context(paydox_text_later=True)

        attachment = attachments.create({"name": "a.txt", "raw": b"agreement", "mimetype": "text/plain"})

        self.assertEqual(attachment.sudo().index_content, "agreement")
