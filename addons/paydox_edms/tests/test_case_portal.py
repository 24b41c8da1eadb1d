import base64
import re

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common_case_discussion import PaydoxCaseDiscussionMixin

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestCasePortal(PaydoxCaseDiscussionMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.client_company = cls.env["res.partner"].create({"name": "Buyer", "is_company": True})
        cls.client = cls._create_client("client")
        cls.colleague = cls._create_client("colleague")
        cls.template = cls.env.ref("paydox_edms.paydox_case_template_claim")
        cls.env.ref("paydox_edms.paydox_edms_group_service").user_ids |= cls.legal

    @classmethod
    def _create_client(cls, name):
        user = new_test_user(cls.env, f"case_{name}", groups="base.group_portal", name=name.title())
        user.partner_id.parent_id = cls.client_company
        return user

    def _form(self):
        page = self.url_open("/my/claims/new").text
        return {
            "csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1],
            "claim_key": re.search(r'name="claim_key"[^>]*value="([^"]+)"', page)[1],
            "template_id": str(self.template.id),
            "subject": "Pump leaks",
            "essence": "Since Monday.\n<b>Please</b> replace it.",
            "product": "Pump P-1",
        }

    def _file(self, name="photo.png", content=PHOTO):
        return ("photos", (name, content))

    def _claims(self):
        return self.env["paydox.case"].search([("contact_id", "=", self.client.partner_id.id)])

    def test_client_files_a_claim_with_photos_and_follows_it(self):
        self.authenticate("case_client", "case_client")
        self.assertIn("There is nothing here yet", self.url_open("/my/claims").text)

        response = self.url_open("/my/claims/new", data=self._form(), files=[self._file(), self._file("two.png")])

        claim = self._claims()
        self.assertEqual(len(claim), 1)
        self.assertTrue(response.url.endswith(f"/my/claims/{claim.id}"))
        self.assertRecordValues(
            claim,
            [
                {
                    "case_kind": "claim",
                    "claim_state": "registered",
                    "partner_id": self.client_company.id,
                    "origin": "portal",
                    "product": "Pump P-1",
                    "template_id": self.template.id,
                }
            ],
        )
        self.assertIn(claim.number, response.text)
        self.assertIn("Registered", response.text)
        message = claim.message_ids.filtered(lambda row: row.author_id == self.client.partner_id)
        self.assertEqual(set(message.attachment_ids.mapped("name")), {"photo.png", "two.png"})
        self.assertNotIn("<b>Please", message.body)
        self.assertIn(claim.number, self.url_open("/my/claims").text)
        question = claim.question_ids
        self.assertEqual((question.user_id, question.is_outside), (claim.owner_id, True))

    def test_page_sent_twice_makes_one_claim(self):
        self.authenticate("case_client", "case_client")
        data = self._form()
        for _time in range(2):
            self.url_open("/my/claims/new", data=data)
        self.assertEqual(len(self._claims()), 1)
        # A page without a key stands for itself each time.
        for _time in range(2):
            self.url_open("/my/claims/new", data=data | {"claim_key": " "})
        self.assertEqual(len(self._claims()), 3)

    def test_bad_files_are_refused_and_nothing_is_made(self):
        self.authenticate("case_client", "case_client")
        for name, content, text in (
            ("virus.exe", b"MZ", "is not taken"),
            ("page.html", b"<html></html>", "is not taken"),
            ("photo.png", b"no picture", "is not taken"),
            ("empty.png", b"", "is empty"),
            ("huge.txt", b"x" * (10 * 1024 * 1024 + 1), "larger than 10"),
        ):
            response = self.url_open("/my/claims/new", data=self._form(), files=[self._file(name, content)])
            self.assertEqual(response.status_code, 422)
            self.assertIn(text, response.text)
            self.assertIn("Pump leaks", response.text, "what was typed is kept")
        response = self.url_open("/my/claims/new", data=self._form(), files=[self._file()] * 11)
        self.assertIn("At most 10 files", response.text)
        self.assertFalse(self._claims())

    def test_empty_claim_and_unknown_template_are_refused(self):
        self.authenticate("case_client", "case_client")
        response = self.url_open("/my/claims/new", data=self._form() | {"subject": " "})
        self.assertIn("Say in a few words", response.text)
        order = self.env.ref("paydox_edms.paydox_case_template_order")
        for value in (str(order.id), "x", "0"):
            response = self.url_open("/my/claims/new", data=self._form() | {"template_id": value})
            self.assertIn("Choose what you want to send", response.text)
        self.assertFalse(self._claims())

    def test_not_more_than_some_claims_a_day(self):
        case = self.env["paydox.case"].with_user(self.client)
        for number in range(20):
            self._create_claim(name=str(number), contact_id=self.client.partner_id.id)
        values = {"subject": "One more", "essence": "More", "contact": self.client.partner_id}
        with self.assertRaisesRegex(ValidationError, "many requests today"):
            case._register_outside(self.template, values, [], "key")

    def test_client_sees_his_own_claims_only(self):
        own = self._create_claim(name="Own claim", contact_id=self.client.partner_id.id)
        foreign = self._create_claim(name="Foreign claim", contact_id=self.colleague.partner_id.id)
        outgoing = self._create_claim(
            name="Ours to them", contact_id=self.client.partner_id.id, claim_direction="outgoing"
        )
        general = self._create_case(name="Internal case", contact_id=self.client.partner_id.id)
        self.authenticate("case_client", "case_client")

        page = self.url_open("/my/claims").text

        self.assertIn("Own claim", page)
        self.assertIn("Own claim", self.url_open(f"/my/claims/{own.id}").text)
        for case in (foreign, outgoing, general):
            self.assertNotIn(case.name, page)
            self.assertNotIn(case.name, self.url_open(f"/my/claims/{case.id}").text)
            self.assertNotIn(case.name, self.url_open(f"/my/claims/{case.id}?access_token=x").text)
        for case in (outgoing, general):
            token = case.sudo()._portal_ensure_token()
            self.assertNotIn(case.name, self.url_open(f"/my/claims/{case.id}?access_token={token}").text)

    def test_link_of_the_mail_opens_the_claim(self):
        claim = self._create_claim(contact_id=self.client.partner_id.id)
        token = claim.sudo()._portal_ensure_token()
        self.assertIn("Broken pump", self.url_open(f"/my/claims/{claim.id}?access_token={token}").text)
        self.assertNotIn("Broken pump", self.url_open(f"/my/claims/{claim.id}").text)

    def test_internal_messages_never_reach_the_client(self):
        claim = self._create_claim(contact_id=self.client.partner_id.id)
        self._ask(claim, self.legal, text="Internal doubts")
        claim.message_post(body="Internal note", subtype_xmlid="mail.mt_note")
        claim.action_write_to_client("Public answer")
        claim.invalidate_recordset()
        self.assertTrue(claim.answered_at)
        token = claim.sudo()._portal_ensure_token()
        self.authenticate("case_client", "case_client")

        answer = self.make_jsonrpc_request(
            "/mail/chatter_fetch", {"thread_model": "paydox.case", "thread_id": claim.id, "token": token}
        )
        text = str(answer)
        self.assertIn("Public answer", text)
        self.assertNotIn("Internal doubts", text)
        self.assertNotIn("Internal note", text)

    def test_answer_of_the_client_waits_for_the_owner(self):
        claim = self._create_claim(contact_id=self.client.partner_id.id)
        token = claim.sudo()._portal_ensure_token()
        self.authenticate("case_client", "case_client")
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "paydox.case",
                "thread_id": claim.id,
                "post_data": {"body": "Any news?", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"},
                "token": token,
            },
        )
        question = claim.sudo().question_ids
        self.assertEqual((question.text, question.user_id), ("Any news?", self.author))

        question.with_user(self.author).sudo(False).action_answer("Tomorrow.")

        self.assertEqual(question.answer_message_id.subtype_id, self.env.ref("mail.mt_comment"))
        self.assertIn(self.client.partner_id, question.answer_message_id.notification_ids.res_partner_id)

    def test_portal_has_no_right_on_the_models(self):
        claim = self._create_claim(contact_id=self.client.partner_id.id)
        self._ask(claim, self.legal)
        for model in ("paydox.case", "paydox.case.question", "paydox.case.action", "paydox.case.message"):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.env[model].with_user(self.client).search([])
        for verb in ("action_take", "action_reply", "action_write_to_client", "action_new_message"):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                getattr(claim.with_user(self.client).sudo(False), verb)()

    def test_who_only_looks_does_not_write_to_the_client(self):
        claim = self._create_claim(contact_id=self.client.partner_id.id)
        with self.assertRaisesRegex(AccessError, "only look"):
            claim.with_user(self.chief).action_write_to_client("Hello")

    def test_claim_is_taken_and_answered_in_the_list(self):
        service = self.env.ref("paydox_edms.paydox_edms_group_service")
        service.user_ids = self.legal
        values = {"subject": "Tour pump leaks", "essence": "Since Monday.", "contact": self.client.partner_id}
        claim = self.env["paydox.case"].with_user(self.client)._register_outside(self.template, values, [], "tour")

        self.start_tour("/odoo/claims", "paydox_edms_claim_is_worked_off_in_the_list", login="edms_legal")

        self.assertEqual((claim.claim_state, claim.owner_id), ("in_work", self.legal))
        self.assertEqual(claim.question_ids.mapped("state"), ["answered"])
        self.assertIn("tomorrow", claim.question_ids.answer)
        self.assertTrue(claim.answered_at)
