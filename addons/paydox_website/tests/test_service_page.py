import base64
import re
import uuid
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestServicePage(HttpCase):
    """A visitor without a login files a claim, confirms his address by the link in the letter, and follows it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.clerk = new_test_user(
            cls.env, "visit_clerk", "base.group_user,paydox_edms.paydox_edms_group_user", email="clerk@company.example"
        )
        group = cls.env.ref("paydox_edms.paydox_edms_group_service")
        group.user_ids = cls.clerk
        cls.template = cls._create_template("VST-1", case_kind="claim", website_consent="I agree to be answered.")
        cls.env["ir.config_parameter"].set_param("paydox_website.order_limit", "1000")
        cls.client_card = cls.env["res.partner"].create(
            {"name": "Olga Petrova", "email": "olga@customer.example", "company_type": "person"}
        )

    @classmethod
    def _create_template(cls, code, **values):
        fields = [
            {"name": "Serial number", "property_name": "serial", "is_website": True, "required_at": "start"},
            {
                "name": "Wanted",
                "property_name": "wanted",
                "type": "selection",
                "options": "Repair\nMoney",
                "is_website": True,
            },
            {"name": "Pieces", "property_name": "pieces", "type": "integer", "is_website": True},
            {"name": "Bought on", "property_name": "bought", "type": "date", "is_website": True},
            {"name": "Urgent", "property_name": "urgent", "type": "boolean", "is_website": True},
            {"name": "Our own note", "property_name": "secret_note"},
        ]
        steps = [{"name": "Look at it", "responsible_kind": "owner"}]
        template = cls.env["paydox.case.template"].create(
            {
                "name": f"Claim {code}",
                "code": code,
                "is_website": True,
                "owner_id": cls.clerk.id,
                "field_ids": [(0, 0, row) for row in fields],
                "step_ids": [(0, 0, row) for row in steps],
                **values,
            }
        )
        template.action_publish()
        return template

    def _open(self, path=None):
        response = self.url_open(path or self.template.website_path)
        self.hidden = dict(re.findall(r'<input type="hidden" name="(\w+)"[^>]*? value="([^"]*)"', response.text))
        return response

    def _values(self, **values):
        return {
            "subject": "Pump leaks",
            "product": "Pump P-1",
            "essence": "Since Monday.\n<b>Please</b> replace it.",
            "name": "Olga Petrova",
            "email": "olga@customer.example",
            "phone": "+40 21 555 01 02",
            "consent": "1",
            "data_serial": "SN-77",
            "data_wanted": "Repair",
            "data_pieces": "2",
            "data_bought": "2026-05-04",
            **values,
        }

    def _send(self, files=(), hidden=None, **values):
        data = {**(self.hidden if hidden is None else hidden), **self._values(**values)}
        return self.url_open(self.template.website_path, data=data, files=list(files), allow_redirects=False)

    def _file(self, **kwargs):
        """File a claim. :return: the case and its link"""
        self._open()
        response = self._send(**kwargs)
        self.assertEqual(response.status_code, 303, response.text[:2000])
        case = self._cases()[:1]
        return case, case._get_visitor_path()

    def _cases(self):
        return self.env["paydox.case"].search([("template_id", "=", self.template.id)])

    def _letters(self):
        return self.env["mail.mail"].sudo().search([("email_to", "=", "olga@customer.example")])

    def _confirm(self, path):
        self._open(path)
        return self.url_open(f"{path}/confirm", data=self.hidden)

    # === FILING === #

    def test_visitor_files_a_claim_and_gets_its_number(self):
        with patch.object(self.env.registry["mail.mail"], "send_after_commit"):
            case, path = self._file(files=[("files", ("photo.png", PHOTO)), ("files", ("two.png", PHOTO))])

            self.assertRecordValues(
                case,
                [
                    {
                        "name": "Pump leaks",
                        "case_kind": "claim",
                        "claim_state": "registered",
                        "origin": "website",
                        "partner_id": False,
                        "contact_id": False,
                        "visitor_email": "olga@customer.example",
                        "visitor_confirmed_at": False,
                        "owner_id": self.clerk.id,
                        "product": "Pump P-1",
                    }
                ],
            )
            values = {row["name"]: row.get("value") for row in case.read(["properties"])[0]["properties"]}
            self.assertEqual((values["serial"], values["wanted"], values["pieces"]), ("SN-77", "Repair", 2))
            self.assertEqual(str(values["bought"]), "2026-05-04")
            self.assertEqual(set(case.message_ids.attachment_ids.mapped("name")), {"photo.png", "two.png"})
            self.assertTrue(any("I agree to be answered" in body for body in case.message_ids.mapped("body")))
            self.assertEqual(case.question_ids.user_id, self.clerk)
            thanks = self.url_open(f"{self.template.website_path}/thanks")
            self.assertIn(case.number, thanks.text)
            self.assertNotIn(path, thanks.text, "the link goes to the mailbox only")
            letter = self._letters()
            self.assertIn(path, letter.body_html)
            for typed in ("Pump", "Olga Petrova", "Since Monday"):
                self.assertNotIn(typed, letter.body_html, "a stranger could write to anybody by our letters")

    def test_page_sent_twice_makes_one_case(self):
        self._open()
        self.assertEqual([self._send().status_code for _time in range(2)], [303, 303])
        self.assertEqual(len(self._cases()), 1)
        self.assertEqual(self._send(subject="Another matter").status_code, 409)
        self.assertEqual(len(self._cases()), 1)

    def test_wrong_input_comes_back_with_what_was_typed(self):
        wrong = {
            "name": " ",
            "email": "olga@",
            "phone": "call me",
            "subject": "",
            "essence": "x" * 20001,
            "consent": "",
            "data_serial": "",
            "data_wanted": "Everything",
            "data_pieces": "many",
            "data_bought": "2026-02-30",
        }
        self._open()
        for name, value in wrong.items():
            with self.subTest(field=name):
                response = self._send(**{name: value})
                self.assertEqual(response.status_code, 422)
                page = html.fromstring(response.text)
                [control] = page.xpath(f"//form[@data-paydox='service_form']//*[@name='{name}']")
                self.assertEqual(control.get("aria-invalid"), "true")
                for other, typed in self._values(**{name: value}).items():
                    [control] = page.xpath(f"//form[@data-paydox='service_form']//*[@name='{other}']")
                    if control.tag == "input" and control.get("type") != "checkbox":
                        self.assertEqual(control.get("value") or "", typed)
                    elif control.tag == "textarea":
                        self.assertEqual(control.text_content().removeprefix("\n").replace("\r\n", "\n"), typed)
        self.assertFalse(self._cases())

    def test_dangerous_files_are_refused(self):
        self._open()
        for name, content in (("virus.exe", b"MZ"), ("page.html", b"<html></html>"), ("photo.png", b"no picture")):
            response = self._send(files=[("files", (name, content))])
            self.assertEqual(response.status_code, 422)
            self.assertIn("is not taken", response.text)
            self.assertIn("choose your files again", response.text)
        self.assertFalse(self._cases())

    def test_programs_and_forged_keys_make_nothing(self):
        self._open()
        self.assertEqual(self._send(request_reference="spam").status_code, 303)
        forged = self.hidden | {"visit_key": str(uuid.uuid4())}
        self.assertEqual(self._send(hidden=forged).status_code, 400)
        without_token = {name: value for name, value in self.hidden.items() if name != "csrf_token"}
        with mute_logger("odoo.http"):
            self.assertEqual(self._send(hidden=without_token).status_code, 400)
        self.assertFalse(self._cases())

    def test_sender_is_limited(self):
        self.env["ir.config_parameter"].set_param("paydox_website.order_limit", "1")
        self._file()
        self._open()
        response = self._send()
        self.assertEqual(response.status_code, 429)
        self.assertIn("Pump leaks", response.text)

    def test_mailbox_of_a_stranger_is_not_flooded(self):
        with patch.object(self.env.registry["mail.mail"], "send_after_commit"):
            for _number in range(7):
                self._file()
            self.assertEqual(len(self._letters()), 5)

    # === FOLLOWING === #

    def test_nothing_is_shown_before_the_address_is_confirmed(self):
        case, path = self._file(files=[("files", ("photo.png", PHOTO))])
        attachment = case.message_ids.attachment_ids
        page = self._open(path)

        self.assertIn(case.number, page.text)
        for secret in ("Pump leaks", "Since Monday", "photo.png", "Olga"):
            self.assertNotIn(secret, page.text)
        self.assertEqual(self.url_open(f"{path}/file/{attachment.id}").status_code, 404)
        self.url_open(f"{path}/write", data=self.hidden | {"text": "It is me"})
        self.assertFalse(case.message_ids.filtered(lambda message: "It is me" in message.body))
        self.assertFalse(case.visitor_confirmed_at, "programs that open links confirm nothing")
        self.assertFalse(case.contact_id)

    def test_confirmed_visitor_is_bound_to_his_card_and_follows_the_claim(self):
        case, path = self._file(files=[("files", ("photo.png", PHOTO))])
        page = self._confirm(path)
        case.invalidate_recordset()

        self.assertEqual((case.contact_id, case.partner_id), (self.client_card, self.client_card))
        self.assertIn("Pump leaks", page.text)
        self.assertIn("Registered", page.text)
        self.assertNotIn("<b>Please", page.text)
        download = self.url_open(f"{path}/file/{case.message_ids.attachment_ids.id}")
        self.assertEqual(download.content, PHOTO)
        self.assertIn("attachment", download.headers["Content-Disposition"])

    def test_known_address_and_unknown_one_look_the_same(self):
        """Whoever types an address does not learn whether it is a client's."""
        pages = []
        for email in ("olga@customer.example", "nobody@customer.example"):
            self._open()
            self._send(email=email)
            pages.append(self.url_open(f"{self.template.website_path}/thanks").text)
        cases = self._cases()
        self.assertFalse(cases.contact_id)
        self.assertFalse(cases.partner_id)
        texts = [re.sub(r"VST-1-\S+|[0-9a-f]{40}o\d+", "", page) for page in pages]
        main = [
            html.fromstring(text).xpath("//section[@data-paydox='service_thanks']")[0].text_content() for text in texts
        ]
        self.assertEqual(*(re.sub(r"\s+", " ", text) for text in main))

    def test_phone_of_another_client_binds_nothing(self):
        self.env["res.partner"].create({"name": "Rival", "phone": "+40 21 555 01 99"})
        case, path = self._file(email="new@visitor.example", phone="+40 21 555 01 99")
        self._confirm(path)
        case.invalidate_recordset()
        self.assertTrue(case.visitor_confirmed_at)
        self.assertFalse(case.contact_id)

    def test_answer_reaches_a_visitor_without_a_card(self):
        case, path = self._file(email="new@visitor.example")
        self._confirm(path)
        with patch.object(self.env.registry["mail.mail"], "send_after_commit"):
            case.with_user(self.clerk).action_write_to_client("We send a new pump.")
            case.with_user(self.clerk).message_post(body="He is a quarrelsome one", subtype_xmlid="mail.mt_note")
            letters = self.env["mail.mail"].sudo().search([("email_to", "=", "new@visitor.example")])
            self.assertTrue(any("there is an answer" in letter.body_html for letter in letters))
        page = self._open(path).text
        self.assertIn("We send a new pump.", page)
        self.assertNotIn("quarrelsome", page)

        self.url_open(
            f"{path}/write", data=self.hidden | {"text": "Thank <i>you</i>"}, files=[("files", ("a.png", PHOTO))]
        )
        message = case.message_ids.filtered(lambda row: "Thank" in row.body)
        self.assertNotIn("<i>", message.body)
        self.assertEqual(message.attachment_ids.name, "a.png")
        self.assertEqual(case.question_ids.filtered(lambda row: row.state == "open").user_id, self.clerk)
        refused = self.url_open(
            f"{path}/write", data=self.hidden | {"text": "Look"}, files=[("files", ("a.exe", b"MZ"))]
        )
        self.assertEqual(refused.status_code, 422)
        self.assertIn("Look", refused.text)

    def test_link_closes_when_the_case_goes_to_another_person_or_is_long_closed(self):
        case, path = self._file()
        self._confirm(path)
        other = self.env["res.partner"].create({"name": "Rival", "email": "rival@customer.example"})
        case.write({"partner_id": other.id, "contact_id": other.id})
        self.assertEqual(self.url_open(path).status_code, 404)
        case.write({"partner_id": self.client_card.id, "contact_id": self.client_card.id})
        self.assertEqual(self.url_open(path).status_code, 200)
        case.with_user(self.clerk).action_cancel("Withdrawn")
        self.assertEqual(self.url_open(path).status_code, 200)
        case.sudo().write({"closed_at": "2020-01-01 00:00:00"})
        self.assertEqual(self.url_open(path).status_code, 404)

    @mute_logger("odoo.http")
    def test_foreign_and_forged_links_open_nothing(self):
        case, path = self._file()
        other, other_path = self._file(subject="Another matter")
        signature = path.rpartition("/")[2]
        for wrong in (
            f"/service/follow/{other.id}/{signature}" if other != case else "/service/follow/0/x",
            f"/service/follow/{case.id}/{'0' * 64}",
            f"/service/follow/{case.id}/{case._portal_ensure_token()}",
            f"/service/follow/999999999/{signature}",
        ):
            self.assertEqual(self.url_open(wrong).status_code, 404, wrong)
        ordinary = self.env["paydox.case"].create({"name": "Without a visitor"})
        self.assertEqual(self.url_open(ordinary._get_visitor_path()).status_code, 404)

    # === SETTINGS AND RIGHTS === #

    def test_only_published_templates_have_a_page(self):
        self.assertEqual(self.url_open(self.template.website_path).status_code, 200)
        self.template.is_website = False
        self.assertEqual(self.url_open(self.template.website_path).status_code, 404)
        draft = self._create_template("VST-2", is_website=False)
        self.assertEqual(self.url_open(draft.website_path).status_code, 404)

    def test_template_that_visitors_cannot_start_is_not_put_on_the_website(self):
        with self.assertRaisesRegex(ValidationError, "Hidden"):
            self._create_template("VST-3", field_ids=[(0, 0, {"name": "Hidden", "required_at": "start"})])
        with self.assertRaisesRegex(ValidationError, "about records of yours"):
            self._create_template("VST-4", res_model="paydox.document")
        with self.assertRaisesRegex(ValidationError, "choose among people"):
            self._create_template("VST-5", field_ids=[(0, 0, {"name": "Who", "type": "user", "is_website": True})])

    def test_nobody_forges_what_the_visitor_said(self):
        case, _path = self._file()
        for user in (
            self.clerk,
            new_test_user(self.env, "visit_admin", "base.group_user,paydox_edms.paydox_edms_group_manager"),
        ):
            with self.assertRaises(AccessError):
                case.with_user(user).write({"visitor_confirmed_at": "2026-01-01 00:00:00"})
            with self.assertRaises(AccessError):
                case.with_user(user).read(["visitor_secret"])
        forged = self.env["paydox.case"].with_user(self.clerk)
        forged = forged.with_context(default_visitor_email="x@y.example").create({"name": "x"})
        self.assertFalse(forged.visitor_email)
