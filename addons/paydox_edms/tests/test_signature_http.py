import base64
import io
import re
import time

from PIL import Image

from odoo.http import root
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.auth_totp.models.totp import hotp

from .common import PDF, PaydoxEdmsMixin

SECRET = "JBSWY3DPEHPK3PXP"


@tagged("post_install", "-at_install")
class TestSignatureHttp(PaydoxEdmsMixin, HttpCase):
    """Signing over the wire: what a client can do, and what it cannot."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.kind.route_id = cls._create_route({"users": cls.director, "kind": "sign"})
        cls.documents = cls.env["paydox.document"]
        for name in ("First", "Second", "Third"):
            document = cls._create_document(name=name)
            document.add_version(f"{name}.pdf", PDF + name.encode())
            document.action_submit()
            cls.documents |= document
        cls.document = cls.documents[0]
        cls.line = cls.document.sudo().approval_id.line_ids

    def setUp(self):
        super().setUp()
        self.authenticate("edms_director", "edms_director")

    def _call(self, records, method, *args, context=None, model=None):
        params = {
            "model": model or records._name,
            "method": method,
            "args": [records.ids, *args],
            "kwargs": {"context": context or {}},
        }
        return self.url_open(f"/web/dataset/call_kw/{params['model']}/{method}", json={"params": params}).json()

    def _open_wizard(self, records=None):
        action = self._call(self.documents if records is None else records, "action_open_sign")["result"]
        return self.env[action["res_model"]].browse(action["res_id"])

    def _confirm(self, wizard, password="edms_director", code=None):
        context = {"paydox_password": password, "paydox_code": code}
        response = self._call(wizard, "action_sign", context=context)
        self.env.invalidate_all()
        return response

    def assertUnsigned(self, documents=None):
        self.env.invalidate_all()
        documents = self.documents if documents is None else documents
        self.assertFalse(documents.sudo().signature_ids)
        self.assertEqual(set(documents.sudo().mapped("state")), {"review"})

    # agreeing is not signing

    def test_agreeing_opens_the_window_and_signs_nothing(self):
        for records, method in ((self.document, "action_agree"), (self.line, "action_agree")):
            action = self._call(records, method)["result"]
            self.assertEqual(action["res_model"], "paydox.approval.sign")
        self.assertUnsigned()

    def test_window_of_decisions_goes_on_to_the_window_of_signing(self):
        wizard = self.env["paydox.approval.decide"].with_user(self.director).create({"line_id": self.line.id})
        wizard.comment = "From the first of March"

        action = self._call(wizard, "action_confirm")["result"]

        self.assertEqual(action["res_model"], "paydox.approval.sign")
        self.assertUnsigned()
        sign = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(sign.comment, "From the first of March")
        self._confirm(sign)
        self.assertState(self.document, "signed")
        self.assertEqual(self.line.comment, "From the first of March")

    @mute_logger("odoo.http")
    def test_forged_answers_and_contexts_do_not_sign(self):
        proof = {"proof": {"method": "password"}, "answer": {"proof": ["password", None, None]}, "su": True}
        attempts = (
            (self.document, "_decide", ["agree", None, None, None, None, proof]),
            (self.line, "_accept_answer", ["agree", proof]),
            (self.env["paydox.signature"], "_sign", [self.line.id, proof]),
            (self.env["paydox.signature"], "create", [{"line_id": self.line.id}]),
            (self.document, "action_agree", [None, None, proof]),
            (self.line, "action_agree", [proof]),
            (self.director, "_prove_identity", ["edms_director"]),
        )
        for records, method, args in attempts:
            with self.subTest(model=records._name, method=method):
                self.assertIn("error", self._call(records, method, *args, context=proof))
        self._call(self.document, "action_agree", context=proof)
        self._call(self.line, "action_agree", context=proof)
        self.assertUnsigned()

    @mute_logger("odoo.http")
    def test_mixed_selection_agrees_what_needs_no_password(self):
        self.kind.route_id = self._create_route({"users": self.director})
        plain = self._create_document(name="Plain")
        plain.action_submit()

        action = self._call(plain | self.document, "action_agree")["result"]

        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.item_ids.mapped("name"), ["First"])
        self.assertState(plain, "approved")
        self.assertUnsigned()

    # the password

    def test_three_are_signed_with_one_password_and_verified(self):
        wizard = self._open_wizard()

        self._confirm(wizard)

        self.assertEqual(wizard.item_ids.mapped("state"), ["signed"] * 3)
        for document in self.documents:
            self.assertState(document, "signed", "approved")
            signature = document.sudo().signature_ids
            self.assertRecordValues(signature, [{"method": "password", "signed_by_id": self.director.id}])
            self.assertEqual(signature.ip, "127.0.0.1")
            self.assertTrue(signature.user_agent)
            self.assertEqual(document._verify_signatures()[0], "success")
        params = self._call(self.documents, "action_verify_signatures")["result"]["params"]
        self.assertEqual(params["type"], "success")
        self.assertEqual(params["message"].count("OK"), 3)

    def test_wrong_password_changes_nothing(self):
        wizard = self._open_wizard()
        for password in ("wrong", "", None, False, 0, ["edms_director"], {"a": 1}, "x" * 100000, "edms_author"):
            self.director.sudo().sign_failure_count = 0
            with self.subTest(password=str(password)[:20]):
                action = self._confirm(wizard, password)["result"]
                self.assertEqual(action["res_id"], wizard.id)
                self.assertIn("password is wrong", wizard.error)
                self.assertUnsigned()

    def test_password_is_not_stored(self):
        response = self._call(
            self.env["paydox.approval.sign"],
            "web_save",
            {"password": "edms_director", "code": "123456"},
            {"password": {}, "error": {}},
        )
        self.assertNotIn("error", response)
        wizard = self.env["paydox.approval.sign"].browse(response["result"][0]["id"])
        self.assertFalse(wizard.password)
        self.env.cr.execute("SELECT * FROM paydox_approval_sign WHERE id = %s", [wizard.id])
        self.assertNotIn("edms_director", str(self.env.cr.fetchall()))

    def test_many_wrong_passwords_make_the_person_wait(self):
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 3)
        wizard = self._open_wizard()
        for _attempt in range(3):
            self._confirm(wizard, "wrong")

        self._confirm(wizard)

        self.assertIn("Too many wrong passwords", wizard.error)
        self.assertUnsigned()
        self.director.sudo().sign_failed_at = "2020-01-01"
        self._confirm(wizard)
        self.assertEqual(wizard.item_ids.mapped("state"), ["signed"] * 3)
        self.assertFalse(self.director.sudo().sign_failure_count)

    @mute_logger("odoo.http")
    def test_window_of_another_person_does_not_sign(self):
        wizard = self._open_wizard()
        self.authenticate("edms_legal", "edms_legal")

        self.assertIn("error", self._confirm(wizard, "edms_legal"))

        self.assertUnsigned()

    def test_who_is_not_asked_signs_nothing_with_his_own_password(self):
        self.authenticate("edms_legal", "edms_legal")
        self.document.sudo().participant_ids = self.legal
        with mute_logger("odoo.http"):
            response = self._call(self.document, "action_open_sign")
        self.assertIn("Nothing here waits for your signature", str(response["error"]))
        # the line itself, by its number
        wizard = self.env["paydox.approval.sign"].with_user(self.legal).create({})
        wizard.item_ids.sudo().create({"wizard_id": wizard.id, "line_id": self.line.id})

        self._confirm(wizard, "edms_legal")

        self.assertEqual(wizard.item_ids.state, "refused")
        self.assertIn("no longer waits", wizard.item_ids.message)
        self.assertUnsigned()

    def test_each_document_is_signed_by_itself(self):
        wizard = self._open_wizard()
        second = self.documents[1]
        second.action_withdraw()
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "paydox.document.version"),
                ("res_id", "=", self.documents[2].current_version_id.id),
                ("res_field", "=", "file"),
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET db_datas = %s, store_fname = NULL WHERE id = %s", (b"%PDF other", attachment.id)
        )
        self.env.invalidate_all()

        self._confirm(wizard)

        self.assertEqual(wizard.item_ids.mapped("state"), ["signed", "refused", "refused"])
        self.assertIn("no longer waits", wizard.item_ids[1].message)
        self.assertIn("checksum differs", wizard.item_ids[2].message)
        self.assertState(self.document, "signed")
        self.assertState(second, "draft")
        self.assertUnsigned(self.documents[2])

    def test_signing_twice_signs_once(self):
        wizard = self._open_wizard(self.document)
        again = self._open_wizard(self.document)

        self._confirm(wizard)
        self._confirm(again)

        self.assertEqual(again.item_ids.state, "refused")
        self.assertEqual(len(self.document.sudo().signature_ids), 1)

    # the second factor

    def _code(self):
        return str(hotp(base64.b32decode(SECRET), int(time.time() / 30))).zfill(6)

    def test_second_factor_is_asked_where_there_is_one(self):
        wizard = self._open_wizard()
        self.director.sudo().totp_secret = SECRET
        self.env.flush_all()
        self.env.registry.clear_cache()
        self.session.session_token = self.director.with_user(self.director)._compute_session_token(self.session.sid)
        root.session_store.save(self.session)

        for code in (None, "", "000000", "abc", "9" * 500, ["1"]):
            self.director.sudo().sign_failure_count = 0
            self.env["auth.totp.rate.limit.log"].sudo().search([]).unlink()
            with self.subTest(code=str(code)[:10]):
                self._confirm(wizard, code=code)
                self.assertIn("second factor is wrong", wizard.error)
                self.assertUnsigned()
        self.director.sudo().sign_failure_count = 0
        self._confirm(wizard, code=self._code())
        self.assertEqual(wizard.item_ids.mapped("state"), ["signed"] * 3)
        self.assertEqual(set(self.documents.sudo().signature_ids.mapped("method")), {"password_totp"})

    # the drawing

    def _picture(self, size=(600, 200), file_format="PNG"):
        stream = io.BytesIO()
        Image.new("RGB", size, "white").save(stream, file_format)
        return base64.b64encode(stream.getvalue()).decode()

    def test_drawn_signature_is_kept_and_belongs_to_the_chain(self):
        wizard = self._open_wizard(self.document)
        wizard.image = self._picture(file_format="JPEG")

        self._confirm(wizard)

        signature = self.document.sudo().signature_ids
        self.assertTrue(base64.b64decode(signature.image).startswith(b"\x89PNG"))
        self.assertTrue(signature.image_checksum)
        self.assertEqual(self.document._verify_signatures()[0], "success")
        self.assertFalse(wizard.image)

    @mute_logger("odoo.http")
    def test_hostile_picture_is_refused_and_nothing_is_signed(self):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        for content in (
            base64.b64encode(svg).decode(),
            base64.b64encode(PDF).decode(),
            base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 100).decode(),
            base64.b64encode(b"\xff\xd8\xff" + b"x" * 2_000_000).decode(),
        ):
            wizard = self._open_wizard(self.document)
            wizard.image = content
            with self.subTest(content=content[:12]):
                self.assertIn("error", self._confirm(wizard))
                self.assertUnsigned()

    def test_log_of_the_server_does_not_tell_the_password(self):
        wizard = self._open_wizard()
        with self.assertLogs(level="DEBUG") as capture:
            self._confirm(wizard, "correct-horse-battery")
        self.assertFalse(re.search("correct-horse-battery", "\n".join(capture.output)))
