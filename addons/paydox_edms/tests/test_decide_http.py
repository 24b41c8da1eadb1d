from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PaydoxEdmsMixin


@tagged("post_install", "-at_install")
class TestDecidePage(PaydoxEdmsMixin, HttpCase):
    """The link of an e-mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.kind.route_id = cls._create_route({"users": cls.director})
        cls.document = cls._create_document(confidentiality="secret", amount=500)
        cls.document.add_version("contract.txt", b"Text of the contract")
        cls.document.action_submit()
        cls.line = cls.document.sudo().approval_id.line_ids

    def _get_url(self, line=None, expires=None):
        line = line or self.line
        expires = expires or fields.Datetime.now() + timedelta(days=1)
        return f"/paydox/decide/{line.id}?token={line._get_decision_token(expires)}"

    def _open(self, user, url=None, status=200):
        self.authenticate(user.login, user.login)
        response = self.url_open(url or self._get_url())
        self.assertEqual(response.status_code, status)
        return response.text

    def _post(self, url, page, **values):
        fields = {node.get("name"): node.get("value") for node in html.fromstring(page).xpath("//form//input")}
        return self.url_open(url, data=fields | values).text

    def assertLine(self, state):
        self.line.invalidate_recordset()
        self.assertEqual(self.line.state, state)

    def test_opening_shows_the_version_and_decides_nothing(self):
        for _time in range(3):
            page = self._open(self.director)
        self.authenticate(None, None)
        self.url_open(self._get_url(), allow_redirects=False)

        self.assertIn("Supply of pumps", page)
        self.assertIn("contract.txt", page)
        self.assertLine("pending")

    def test_agreed_on_the_page(self):
        url = self._get_url()

        page = self._post(url, self._open(self.director, url), decision="agree", comment="Fine")

        self.assertIn("Already decided", page)
        self.assertLine("remarks")
        self.assertEqual(self.line.decided_by_id, self.director)

    def test_used_twice_it_says_who_decided(self):
        url = self._get_url()
        page = self._open(self.director, url)
        self._post(url, page, decision="agree")
        closed = self.line.decided_at

        again = self._post(url, page, decision="refuse", comment="No")

        self.assertIn("Already decided", again)
        self.assertIn("Director", again)
        self.assertLine("agreed")
        self.assertEqual(self.line.decided_at, closed)

    def test_expired_link_offers_the_list(self):
        url = self._get_url(expires=fields.Datetime.now() - timedelta(hours=1))

        page = self._open(self.director, url, status=410)

        self.assertIn("expired", page)
        self.assertIn("/odoo/to-decide", page)
        self.assertNotIn("pumps", page)
        self.assertNotIn("<form", page)

    def test_link_of_another_person_is_of_no_use(self):
        for user in (self.stranger, self.author, self.clerk, self.manager, self.admin):
            page = self._open(user, status=403)
            self.assertIn("another person", page)
            for secret in ("pumps", "contract.txt", "Director", "<form"):
                self.assertNotIn(secret, page)

    def test_who_is_not_logged_in_is_asked_to(self):
        self.authenticate(None, None)

        response = self.url_open(self._get_url(), allow_redirects=False)

        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_forged_and_cut_links_are_refused(self):
        token = self.line._get_decision_token(fields.Datetime.now() + timedelta(days=1))
        user, version, expires, signature = token.split("-")
        for forged in (
            "",
            token[:-1],
            f"{self.stranger.id}-{version}-{expires}-{signature}",
            f"{user}-{version}-{int(expires) + 9999}-{signature}",
            f"{user}-0-{expires}-{signature}",
            "1-2-3-é",
            "x" * 5000,
        ):
            with self.subTest(token=forged[:60]):
                self._open(self.director, f"/paydox/decide/{self.line.id}?token={forged}", status=404)
        self._open(self.director, f"/paydox/decide/{self.line.id + 9999}?token={token}", status=404)

    def test_substitute_uses_the_link_on_his_days(self):
        self.env["paydox.substitution"].create(
            {"user_id": self.director.id, "substitute_id": self.legal.id, "date_to": fields.Date.today()}
        )
        url = self._get_url()

        page = self._post(url, self._open(self.legal, url), decision="agree")

        self.assertIn("Already decided", page)
        self.assertEqual((self.line.user_id, self.line.decided_by_id), (self.director, self.legal))

    def test_withdrawn_run_says_so(self):
        url = self._get_url()
        page = self._open(self.director, url)
        self.document.action_withdraw()

        self.assertIn("withdrawn", self._post(url, page, decision="agree"))
        self.assertLine("skipped")

    def test_page_of_an_older_version_does_not_decide(self):
        url = self._get_url()
        page = self._open(self.director, url)
        self.document.action_withdraw()
        self.env.flush_all()
        self.document.add_version("contract.txt", b"Another text")
        self.document.action_submit()
        line = self.document.sudo().approval_id.line_ids.filtered(lambda line: line.state == "pending")
        new_url = self._get_url(line)

        # the old form, sent to the new line
        page = self._post(new_url, page, decision="agree")

        self.assertIn("changed after the e-mail", page)
        self.assertEqual(line.state, "pending")

    def test_refusal_without_a_reason_keeps_what_was_written(self):
        url = self._get_url()

        page = self._post(url, self._open(self.director, url), decision="refuse", comment=" ")

        self.assertIn("Write a comment", page)
        self.assertLine("pending")

    def test_late_decision_asks_why(self):
        self.line.deadline = fields.Datetime.now() - timedelta(days=1)
        url = self._get_url()
        page = self._open(self.director, url)
        self.assertIn("delay_reason", page)

        self._post(url, page, decision="agree")
        self.assertLine("pending")
        self._post(url, page, decision="agree", delay_reason="Was ill")
        self.assertLine("agreed")

    def test_signing_leads_to_the_client(self):
        self.document.action_withdraw()
        self.env.flush_all()
        self.kind.route_id = self._create_route({"users": self.director, "kind": "sign"})
        self.document.action_submit()
        line = self.document.sudo().approval_id.line_ids.filtered(lambda line: line.state == "pending")
        url = self._get_url(line)
        page = self._open(self.director, url)
        self.assertIn("Open and sign", page)
        self.assertNotIn('value="agree"', page)

        self._post(url, page, decision="agree")

        self.assertEqual(line.state, "pending")

    @mute_logger("odoo.http")
    def test_form_without_its_token_is_refused(self):
        url = self._get_url()
        self._open(self.director, url)

        response = self.url_open(url, data={"decision": "agree", "version": "1"})

        self.assertEqual(response.status_code, 400)
        self.assertLine("pending")

    def test_page_is_kept_by_nobody(self):
        self.authenticate("edms_director", "edms_director")
        headers = self.url_open(self._get_url()).headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertIn("noindex", headers["X-Robots-Tag"])
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
