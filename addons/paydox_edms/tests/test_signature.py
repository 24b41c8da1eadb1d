import base64
import io
from pathlib import Path

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.http_routing.tests.common import MockRequest
from odoo.addons.paydox_edms.tools.sign_proof import SignProof

from .common import PDF_2, PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestSignature(PaydoxEdmsCase):
    """What a signature keeps, and how a change of anything behind it shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.company.country_id or cls.env.ref("base.ro")
        cls.employee = cls.env["hr.employee"].create(
            {"name": "Director", "user_id": cls.director.id, "job_title": "Director general"}
        )
        stream = io.BytesIO()
        Image.new("RGB", (300, 100), "white").save(stream, "PNG")
        cls.image = stream.getvalue()

    def _create_to_sign(self, overrides=None, **step):
        return self._create_submitted({"users": self.director, "kind": "sign"} | step, **overrides or {})

    def _create_signed(self, image=None, **overrides):
        document = self._create_to_sign(overrides)
        answer = {"proof": SignProof("password", image)}
        document.with_user(self.director)._decide("agree", answer=answer)
        return document

    def _tamper(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(query, args)
        self.assertTrue(self.env.cr.rowcount, "nothing was changed")
        self.env.invalidate_all()

    def assertBroken(self, document, words):
        status, text = document.with_user(self.author)._verify_signatures()
        self.assertEqual(status, "danger", text)
        self.assertRegex(text, words)
        action = document.with_user(self.author).action_verify_signatures()
        self.assertEqual(action["params"]["type"], "danger")
        problem = document.sudo().approval_id._find_broken_link()
        self.assertRegex(problem, words)

    def _replace_bytes(self, record, field):
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id), ("res_field", "=", field)]
        )
        self._tamper("UPDATE ir_attachment SET db_datas = %s, store_fname = NULL WHERE id = %s", PDF_2, attachment.id)

    # what is kept

    def test_signature_is_bound_to_person_position_version_and_checksum(self):
        document = self._create_signed(self.image)

        self.assertState(document, "signed", "approved")
        signature = document.sudo().signature_ids
        version = document.current_version_id
        self.assertRecordValues(
            signature,
            [
                {
                    "document_id": document.id,
                    "version_id": version.id,
                    "checksum": version._get_real_checksum(),
                    "user_id": self.director.id,
                    "signed_by_id": self.director.id,
                    "position": "Director general",
                    "method": "password",
                    "ip": False,
                }
            ],
        )
        self.assertEqual(document.sudo().approval_id.decision_ids[-1].signature_hash, signature.hash)
        self.assertEqual(version.with_user(self.author).signed_by, "Director")
        status, text = document._verify_signatures()
        self.assertEqual(status, "success", text)
        self.assertIn("Director", text)

    def test_server_signs_for_the_user_and_says_so(self):
        document = self._create_to_sign()

        document.with_user(self.director).action_agree()

        self.assertEqual(document.sudo().signature_ids.method, "server")

    def test_position_of_the_signature_does_not_follow_the_career(self):
        document = self._create_signed()

        self.employee.job_title = "Adviser"

        self.assertEqual(document.sudo().signature_ids.position, "Director general")

    def test_only_an_agreed_step_of_signing_has_a_signature(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director, "kind": "sign"})

        document.with_user(self.legal).action_agree()
        document.with_user(self.director).action_refuse("The amount is wrong")

        self.assertFalse(document.sudo().signature_ids)
        self.assertState(document, "draft", "rejected")

    def test_new_version_is_signed_again_by_those_who_signed_the_former(self):
        document = self._create_submitted(
            {"users": self.director, "kind": "sign"}, {"users": self.legal, "sequence": 20}
        )
        document.with_user(self.director).action_agree()
        document.with_user(self.legal).action_return("Clause 5 is missing")
        document.add_version("b.pdf", PDF_2)

        document.action_request_approval(scope="not_agreed")

        self.assertWaitsFor(document, self.director)
        document.with_user(self.director).action_agree()
        document.with_user(self.legal).action_agree()
        self.assertState(document, "signed")
        self.assertEqual(document.sudo().signature_ids.version_id.mapped("number"), [1, 2])
        self.assertEqual(document._verify_signatures()[0], "success")

    # what cannot be signed

    def test_route_with_signature_does_not_start_without_a_file(self):
        self.kind.route_id = self._create_route({"users": self.director, "kind": "sign"})
        document = self._create_document()

        with self.assertRaisesRegex(UserError, "has no file"):
            document.action_submit()

        self.assertState(document, "draft", "none")

    def test_file_that_was_changed_in_the_store_is_not_signed(self):
        document = self._create_to_sign()
        self._replace_bytes(document.current_version_id, "file")

        with self.assertRaisesRegex(UserError, "checksum differs"):
            document.with_user(self.director).action_agree()

        self.assertFalse(document.sudo().signature_ids)
        self.assertState(document, "review")

    def test_no_path_of_a_client_signs_without_proof(self):
        """Whatever entry a client finds, the engine itself asks for the proof, and no plain value is one."""
        document = self._create_to_sign().with_user(self.director)
        for forged in (None, {"method": "password"}, ["password", None, None], "password", True):
            refused = self.assertRaisesRegex(UserError, "confirm your identity")
            with self.subTest(forged=forged), MockRequest(self.env), refused:
                document._decide("agree", answer={"proof": forged})
        self.assertFalse(document.sudo().signature_ids)
        self.assertState(document, "review")

    def test_client_refuses_without_a_password(self):
        document = self._create_to_sign().with_user(self.director)

        with MockRequest(self.env):
            document.action_refuse("The amount is wrong")

        self.assertState(document, "draft", "rejected")

    # substitutes

    def _substitute(self):
        self.env["paydox.substitution"].create(
            {
                "user_id": self.director.id,
                "substitute_id": self.chief.id,
                "date_from": "2020-01-01",
                "date_to": "2099-01-01",
            }
        )

    def test_substitute_signs_in_his_own_name(self):
        document = self._create_to_sign()
        self._substitute()

        document.with_user(self.chief).action_agree()

        signature = document.sudo().signature_ids
        self.assertEqual(signature.signed_by_id, self.chief)
        self.assertEqual(signature.user_id, self.director)
        self.assertEqual(signature.signer_name, "Chief for Director")
        self.assertEqual(document._verify_signatures()[0], "success")

    def test_personal_right_to_sign_is_not_passed_to_a_substitute(self):
        document = self._create_to_sign(allow_substitute_sign=False, name="Personally")
        self._substitute()

        self.assertFalse(document.with_user(self.chief).can_decide)
        with self.assertRaises(AccessError):
            document.with_user(self.chief).action_agree()
        self.assertTrue(document.with_user(self.director).can_decide)
        document.with_user(self.director).action_agree()
        self.assertState(document, "signed")

    def test_substitute_of_an_approver_is_not_concerned(self):
        document = self._create_submitted({"users": self.director, "allow_substitute_sign": False})
        self._substitute()

        document.with_user(self.chief).action_agree()

        self.assertState(document, "approved")

    # rows

    def test_nobody_writes_signatures_not_even_as_superuser(self):
        signature = self._create_signed(self.image).sudo().signature_ids
        for user in (self.author, self.director, self.stranger, self.manager, self.admin):
            forged = signature.with_user(user)
            with self.assertRaises(AccessError):
                forged.write({"signed_by_id": user.id})
            with self.assertRaises(AccessError):
                forged.create({"signed_by_id": user.id})
            with self.assertRaises(AccessError):
                forged.copy()
            with self.assertRaises(AccessError):
                forged.unlink()
        with self.assertRaises(AccessError):
            signature.write({"method": "password_totp"})
        with self.assertRaises(AccessError):
            signature.unlink()

    def test_picture_of_a_signature_is_not_changed_or_deleted(self):
        signature = self._create_signed(self.image).sudo().signature_ids
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", signature._name), ("res_id", "=", signature.id), ("res_field", "=", "image")]
        )
        self.assertTrue(attachment)
        for user in (self.director, self.admin):
            with self.assertRaises(AccessError):
                attachment.with_user(user).write({"raw": b"other"})
            with self.assertRaises(AccessError):
                attachment.with_user(user).unlink()
        with self.assertRaises(AccessError):
            attachment.sudo().write({"raw": b"other"})
        with self.assertRaises(AccessError):
            attachment.sudo().unlink()

    def test_signatures_are_read_by_those_who_read_the_document(self):
        document = self._create_signed(confidentiality="secret")
        signatures = self.env["paydox.signature"]
        domain = [("document_id", "=", document.id)]

        for user in (self.author, self.director):
            self.assertTrue(signatures.with_user(user).search(domain), user.login)
        for user in (self.stranger, self.clerk, self.manager, self.exclusive):
            self.assertFalse(signatures.with_user(user).search(domain), user.login)
            with self.assertRaises(AccessError):
                document.with_user(user).action_verify_signatures()
        with self.assertRaises(AccessError):
            document.signature_ids.with_user(self.author).mapped("ip")

    # verification

    def test_file_replaced_after_signing_fails_the_verification(self):
        document = self._create_signed()
        self._replace_bytes(document.current_version_id, "file")

        self.assertBroken(document, "file .*was changed")

    def test_file_changed_in_the_store_fails_the_verification(self):
        document = self._create_signed()
        file = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "paydox.document.version"),
                ("res_field", "=", "file"),
                ("res_id", "=", document.current_version_id.id),
            ]
        )
        path = Path(file._full_path(file.store_fname))
        content = path.read_bytes()

        def replace(new):
            # A file of its own: that of the store may be shared with the copy of another database.
            path.unlink()
            path.write_bytes(new)

        self.addCleanup(replace, content)
        replace(content[:-1] + b"!")

        self.assertBroken(document, "file .*was changed")

    def test_file_and_checksums_replaced_together_fail_the_verification(self):
        document = self._create_signed()
        version = document.current_version_id
        self._replace_bytes(version, "file")
        checksum = version._get_real_checksum()
        self._tamper("UPDATE paydox_document_version SET checksum = %s WHERE id = %s", checksum, version.id)
        self._tamper("UPDATE paydox_signature SET checksum = %s WHERE version_id = %s", checksum, version.id)

        self.assertBroken(document, "was changed")

    def test_changed_signature_is_named(self):
        for column, value in {
            "signed_by_id": self.stranger.id,
            "signed_at": "2020-01-01",
            "position": "President",
            "method": "password_totp",
            "hash": "0" * 64,
        }.items():
            document = self._create_signed()
            signature = document.sudo().signature_ids
            self._tamper(f"UPDATE paydox_signature SET {column} = %s WHERE id = %s", value, signature.id)

            self.assertBroken(document, "The signature of .* was changed")

    def test_changed_signature_with_a_fitting_hash_is_named(self):
        document = self._create_signed()
        signature = document.sudo().signature_ids
        self._tamper("UPDATE paydox_signature SET position = 'President' WHERE id = %s", signature.id)
        self._tamper("UPDATE paydox_signature SET hash = %s WHERE id = %s", signature._get_own_hash(), signature.id)

        self.assertBroken(document, "The signature of Director was changed")

    def test_deleted_signature_is_named(self):
        document = self._create_signed()
        self._tamper("DELETE FROM paydox_signature WHERE document_id = %s", document.id)

        self.assertBroken(document, "signature of Director is missing")

    def test_signature_cut_out_of_the_chain_is_named(self):
        document = self._create_signed()
        self._tamper("DELETE FROM paydox_signature WHERE document_id = %s", document.id)
        self._tamper("UPDATE paydox_approval_decision SET signature_hash = NULL WHERE document_id = %s", document.id)

        self.assertBroken(document, "Decision 2 was changed")

    def test_signature_inserted_by_hand_is_named(self):
        document = self._create_submitted({"users": self.director})
        signed = self._create_signed()
        document.with_user(self.director).action_agree()
        self._tamper(
            "UPDATE paydox_signature SET document_id = %s, approval_id = %s, line_id = %s WHERE document_id = %s",
            document.id,
            document.sudo().approval_id.id,
            document.sudo().approval_id.line_ids.id,
            signed.id,
        )

        self.assertBroken(document, "belongs to no decision")
        self.assertBroken(signed, "is missing")

    def test_changed_drawing_is_named(self):
        document = self._create_signed(self.image)
        self._replace_bytes(document.sudo().signature_ids, "image")

        self.assertBroken(document, "drawn signature of Director was changed")

    def test_changed_decision_is_named(self):
        document = self._create_signed()
        self._tamper(
            "UPDATE paydox_approval_decision SET decided_by_id = %s WHERE document_id = %s AND sequence = 2",
            self.chief.id,
            document.id,
        )

        self.assertBroken(document, "Decision 2 was changed")

    def test_several_documents_are_verified_at_once(self):
        whole, broken, unsigned = self._create_signed(), self._create_signed(), self._create_document(name="Plain")
        self._replace_bytes(broken.current_version_id, "file")

        params = (whole | broken | unsigned).with_user(self.author).action_verify_signatures()["params"]

        self.assertEqual(params["type"], "danger")
        self.assertIn("was changed", params["message"].splitlines()[0])
        self.assertIn("Nobody has signed", params["message"].splitlines()[1])
        self.assertIn("OK, the file is unchanged", params["message"].splitlines()[2])

    def test_new_version_after_the_signature_is_told(self):
        document = self._create_signed()
        document.with_user(self.exclusive).add_version("b.pdf", base64.b64encode(PDF_2).decode())

        status, text = document._verify_signatures()

        self.assertEqual(status, "warning")
        self.assertIn("the actual one is not signed", text)
