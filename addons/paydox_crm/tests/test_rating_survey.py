import re

from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .common_rating import PaydoxRatingCase


@tagged("post_install", "-at_install")
class TestRatingSurvey(PaydoxRatingCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._change_formula({"satisfaction": 100}, min_facts=1)
        cls.env.company.survey_after_case = True
        cls.client = new_test_user(cls.env, "survey_client", groups="base.group_portal", email="client@example.com")
        cls.firm = cls.env["res.partner"].create({"name": "Client firm", "is_company": True})
        cls.client.partner_id.parent_id = cls.firm

    def _close_claim(self, **overrides):
        vals = {"name": "Broken lid", "case_kind": "claim", "state": "running"}
        claim = self.env["paydox.case"].sudo().create(
            vals | {"contact_id": self.client.partner_id.id, "partner_id": self.firm.id} | overrides
        )  # fmt: skip
        claim._close(self.env.ref("paydox_edms.paydox_case_result_satisfied"))
        self.env.flush_all()
        return claim

    def _post(self, url, **values):
        page = self.url_open(url)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        return self.url_open(url, data={"csrf_token": found and found.group(1) or "", **values})

    def test_client_answers_once_by_the_link_of_the_letter(self):
        claim = self._close_claim()
        mail = self.env["mail.mail"].sudo().search([], order="id desc", limit=1)
        self.assertIn(f"/paydox/survey/{claim.id}?token=", mail.body_html)
        self.assertIn("client@example.com", mail.email_to)
        url = claim._get_survey_url().replace(claim.get_base_url(), "")
        token = url.partition("token=")[2]

        page = self.url_open(url)
        self.assertIn("Broken lid", page.text)
        self.assertFalse(claim.is_surveyed)  # opening answers nothing
        answer = self._post(
            f"/paydox/survey/{claim.id}?token={token}", token=token, mark="4", comment="<script>x</script>"
        )
        self.assertIn("survey_thanks", answer.text)
        self.env.invalidate_all()
        mark = self.env["paydox.rating.mark"].search([("case_id", "=", claim.id)])
        self.assertEqual((mark.mark, mark.partner_id, mark.kind), (4, self.firm, "survey"))
        self.assertEqual(self.firm.reliability_score, 75)
        self.assertEqual(self.firm.with_user(self.employee).rating_card["satisfaction"]["average"], 4.0)
        with self.assertRaisesRegex(UserError, "answered already"):
            claim._answer_survey(1)

    def test_anonymous_answer_is_not_tied_to_anybody(self):
        claim = self._close_claim()
        mark = claim._answer_survey("1", "Slow", anonymous=True)

        self.assertTrue(claim.is_surveyed)
        self.assertFalse(mark.partner_id)
        self.assertFalse(mark.case_id)
        self.assertFalse(self.Score.search([("partner_id", "=", self.firm.id)]))
        with self.assertRaisesRegex(UserError, "answered already"):
            claim._answer_survey(1)

    def test_bad_links_and_marks_are_refused(self):
        claim = self._close_claim()
        other = self._close_claim(name="Another")
        good = claim._get_survey_url().partition("token=")[2]
        for token in ("", "x", good[:-1] + ("0" if good[-1] != "0" else "1"), "1-" + good.partition("-")[2], "9" * 50):
            response = self.url_open(f"/paydox/survey/{claim.id}?token={token}")
            self.assertEqual(response.status_code, 404)
            self.assertNotIn("Broken lid", response.text)
        self.assertEqual(self.url_open(f"/paydox/survey/{other.id}?token={good}").status_code, 404)
        for mark in ("6", "0", "", None, "5.0", True):
            with self.assertRaisesRegex(UserError, "1 to 5"):
                claim._answer_survey(mark)
        self.assertFalse(claim.is_surveyed)

    def test_only_closed_claims_of_known_clients_are_asked_about(self):
        claim = self._close_claim()
        self.assertTrue(claim._is_survey_open())
        running = self.env["paydox.case"].sudo().create({"name": "Open", "case_kind": "claim", "state": "running"})
        self.assertFalse(running._is_survey_open())
        anonymous = self._close_claim(contact_id=False, partner_id=False, is_anonymous=True)
        self.assertFalse(anonymous._is_survey_open())
        self.assertFalse(self._close_claim(case_kind="general")._is_survey_open())

    def test_client_answers_in_the_portal(self):
        claim = self._close_claim()
        self.authenticate("survey_client", "survey_client")

        self.assertIn("claim_survey", self.url_open(f"/my/claims/{claim.id}").text)
        self._post(f"/paydox/survey/{claim.id}", mark="5")
        self.env.invalidate_all()
        self.assertTrue(claim.is_surveyed)
        self.assertNotIn("claim_survey", self.url_open(f"/my/claims/{claim.id}").text)
