import re
from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PaydoxEdmsMixin

TEXT = b"Text of the contract"


@tagged("post_install", "-at_install")
class TestExternalReview(PaydoxEdmsMixin, HttpCase):
    """A version goes to the counterparty by a link; the answer comes back once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.partner = cls.env["res.partner"].create({"name": "Supplier", "email": "supplier@example.com"})
        cls.document = cls._create_document(confidentiality="secret", partner_id=cls.partner.id)
        cls.document.add_version("contract.txt", TEXT)

    def _send(self, **kwargs):
        """:return: the review and the link that went out"""
        review = self.document.action_send_external(self.partner, **kwargs).sudo()
        return review, re.search(r"/paydox/review/[\w-]+", self._get_mail().body_html).group()

    def _get_mail(self):
        return self.env["mail.mail"].search([("email_to", "=", "supplier@example.com")], order="id desc", limit=1)

    def _get_token(self, page):
        return html.fromstring(page).xpath("//input[@name='csrf_token']/@value")[0]

    def _ask_code(self, url):
        page = self.url_open(url).text
        page = self.url_open(f"{url}/code", data={"csrf_token": self._get_token(page)}).text
        code = re.search(r"<strong>(\d{6})</strong>", self._get_mail().body_html).group(1)
        return page, code

    def _answer(self, url, page, files=None, **values):
        data = {"csrf_token": self._get_token(page), "name": "Ivan", "answer": "agreed"} | values
        return self.url_open(f"{url}/answer", data=data, files=files).text

    def assertReview(self, review, **values):
        review.invalidate_recordset()
        self.assertRecordValues(review, [values])

    # === ANSWERING ===#

    def test_opening_shows_the_version_and_answers_nothing(self):
        review, url = self._send()

        page = self.url_open(url)

        self.assertIn("contract.txt", page.text)
        self.assertNotIn("Supply of pumps", page.text, "the card is not part of what was sent")
        self.assertEqual(self.url_open(f"{url}/file").content, TEXT)
        self.assertIn("noindex", page.headers["X-Robots-Tag"])
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertReview(review, state="opened", answered_at=False)

    def test_counterparty_agrees_with_the_code(self):
        review, url = self._send()
        page, code = self._ask_code(url)

        page = self._answer(url, page, code=code, comment="All right")

        self.assertIn("registered", page)
        self.assertReview(review, state="agreed", answered_name="Ivan", proof="code", comment="All right")
        self.assertIn("agreed with version 1", self.document.message_ids[0].body)
        self.assertEqual(self.document.activity_ids.user_id, self.author)
        event = self.env["paydox.event"].search([("name", "=", "document.external_agreed")])
        self.assertEqual(event.res_id, self.document.id)

    def test_remarks_with_a_file_start_the_rework(self):
        self.kind.route_id = self._create_route({"users": self.director})
        self.document.action_submit()
        review, url = self._send()
        page, code = self._ask_code(url)

        self._answer(
            url, page, code=code, answer="remarks", comment="See the file", files={"file": ("remarks.txt", b"No. 1")}
        )

        self.assertReview(review, state="remarks")
        protocol = review.protocol_id
        self.assertEqual(protocol.sudo().current_version_id.filename, "remarks.txt")
        self.assertEqual(protocol.link_ids.target_id, self.document)
        self.assertEqual(protocol.confidentiality, "secret")
        self.assertTrue(protocol.with_user(self.author).has_access("read"))
        self.assertFalse(protocol.with_user(self.clerk).has_access("read"))
        action = review.with_user(self.author).action_rework()
        self.assertEqual(action["res_model"], "paydox.document.add.version")
        self.assertState(self.document, "draft", "withdrawn")
        self.document.add_version("contract.txt", b"Second text")
        self.env.flush_all()
        self.document.action_submit()
        self.assertState(self.document, "review", "running")

    def test_portal_user_of_the_counterparty_needs_no_code(self):
        new_test_user(self.env, "edms_portal", groups="base.group_portal", email="portal@example.com")
        portal = self.env["res.users"].search([("login", "=", "edms_portal")])
        portal.partner_id.parent_id = self.partner
        review, url = self._send()
        self.authenticate("edms_portal", "edms_portal")

        self._answer(url, self.url_open(url).text, answer="remarks", comment="Price")

        self.assertReview(review, state="remarks", proof="login")

    # === BAD INPUT ===#

    def test_stranger_with_a_forwarded_link_cannot_answer(self):
        review, url = self._send()
        new_test_user(self.env, "edms_alien", groups="base.group_portal")
        for login in (None, "edms_alien", "edms_stranger"):
            self.authenticate(login, login)
            page = self.url_open(url).text
            for code in ("", "000000", "abc"):
                self._answer(url, page, code=code)

        self.assertReview(review, state="opened", answered_at=False)

    def test_codes_are_not_guessed(self):
        review, url = self._send()
        page, code = self._ask_code(url)
        wrong = "111111" if code != "111111" else "222222"
        for _time in range(5):
            self._answer(url, page, code=wrong)

        self._answer(url, page, code=code)

        self.assertReview(review, state="opened")
        self.assertIn("a moment ago", self.url_open(f"{url}/code", data={"csrf_token": self._get_token(page)}).text)

    def test_who_comes_back_to_the_page_is_asked_for_the_code_on_its_way(self):
        review, url = self._send()
        self.assertNotIn('id="code"', self.url_open(url).text)
        _page, code = self._ask_code(url)

        page = self.url_open(url).text
        self.assertIn('id="code"', page)
        self._answer(url, page, code=code)
        self.assertReview(review, state="agreed")

    def test_old_code_is_refused(self):
        review, url = self._send()
        page, code = self._ask_code(url)
        review.code_sent_at = fields.Datetime.now() - timedelta(minutes=16)
        self._answer(url, page, code=code)

        self.assertReview(review, state="opened")
        self.assertNotIn('id="code"', self.url_open(url).text)

    def test_answered_twice_says_so(self):
        review, url = self._send()
        page, code = self._ask_code(url)
        self._answer(url, page, code=code)

        again = self._answer(url, page, code=code, answer="remarks", comment="No")

        self.assertIn("already answered", again)
        self.assertReview(review, state="agreed", comment=False)
        self.assertIn("already answered", self.url_open(url).text)
        self.assertEqual(self.url_open(f"{url}/file").status_code, 404)

    @mute_logger("odoo.http")
    def test_expired_and_revoked_links_show_no_byte(self):
        review, url = self._send()
        review.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.assertIn("expired", self.url_open(url).text)
        self.assertEqual(self.url_open(f"{url}/file").status_code, 404)
        self.env["paydox.external.review"]._gc_expired()
        self.assertReview(review, state="expired")
        review, url = self._send()

        review.with_user(self.author).action_revoke()

        self.assertIn("took this document back", self.url_open(url).text)
        self.assertEqual(self.url_open(f"{url}/file").status_code, 404)

    def test_link_dies_with_the_version_and_with_the_send_back(self):
        review, _url = self._send()
        self.document.add_version("contract.txt", b"Second text")
        self.assertReview(review, state="revoked")
        self.kind.route_id = self._create_route({"users": self.director})
        self.document.action_submit()
        review, _url = self._send()
        self.document.with_user(self.director).action_return("Rewrite")
        self.assertReview(review, state="revoked")

    @mute_logger("odoo.http")
    def test_unknown_links_are_not_told_apart(self):
        for token in ("x", "x" * 43, "x" * 500, "%00"):
            response = self.url_open(f"/paydox/review/{token}")
            self.assertIn(response.status_code, (400, 404), token)

    def test_answer_without_a_name_or_remarks_keeps_what_was_written(self):
        review, url = self._send()
        page, code = self._ask_code(url)

        page = self._answer(url, page, code=code, answer="remarks", comment=" ")
        self.assertIn("Write your remarks", page)
        page = self._answer(url, page, code=code, name=" ", comment="Kept text")
        self.assertIn("Kept text", page)
        self.assertReview(review, state="opened")

    def test_program_instead_of_remarks_is_refused(self):
        review, url = self._send()
        page, code = self._ask_code(url)

        page = self._answer(
            url, page, code=code, answer="remarks", comment="x", files={"file": ("remarks.exe", b"MZ" + b"\0" * 100)}
        )

        self.assertIn("alert-danger", page)
        self.assertReview(review, state="opened", protocol_id=False)

    # === WHO MAY ===#

    def test_only_those_who_edit_the_document_send_it(self):
        for user in (self.stranger, self.legal, self.clerk, self.manager, self.admin):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.document.with_user(user).action_send_external(self.partner.id)
        review, _url = self._send()
        for user in (self.stranger, self.clerk):
            for verb in ("action_revoke", "action_rework"):
                with self.assertRaises(AccessError):
                    getattr(review.with_user(user), verb)()

    def test_hostile_arguments_are_refused(self):
        no_mail = self.env["res.partner"].create({"name": "No mail", "email": "not an address"})
        for partner in (None, 0, -1, True, 10**9, "1", [self.partner.id], no_mail.id):
            with self.subTest(partner=partner), self.assertRaises(UserError):
                self.document.action_send_external(partner)
        for deadline in ("2000-01-01", "tomorrow", "2999-01-01", 5, [1]):
            with self.subTest(deadline=deadline), self.assertRaises(UserError):
                self.document.action_send_external(self.partner.id, deadline)
        self._send()
        with self.assertRaisesRegex(UserError, "already waits"):
            self.document.action_send_external(self.partner.id)

    def test_secrets_are_read_by_nobody(self):
        review, url = self._send()
        self._ask_code(url)
        token = url.rpartition("/")[2]
        for user in (self.author, self.admin):
            reviews = review.with_user(user)
            for name in ("token_hash", "code_hash"):
                with self.subTest(user=user.login, field=name), self.assertRaises(AccessError):
                    reviews.search([(name, "!=", False)])
            with self.assertRaises(AccessError):
                reviews.write({"state": "agreed"})
        texts = self.env["mail.message"].search([("model", "=", "paydox.document"), ("res_id", "=", self.document.id)])
        self.assertNotIn(token, " ".join(str(message.body) for message in texts))
        self.assertNotIn(token, str(review.read()))

    def test_two_answers_at_once_are_one(self):
        review, url = self._send()
        page, code = self._ask_code(url)
        model = type(self.env["paydox.external.review"])
        original = model._lock

        def lock(row):
            # the other window was quicker
            row.write({"state": "agreed", "answered_at": fields.Datetime.now()})
            return original(row)

        with patch.object(model, "_lock", lock):
            self._answer(url, page, code=code, answer="remarks", comment="No")

        self.assertReview(review, state="agreed", comment=False)
