import json
import re
from datetime import timedelta

from lxml import html
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PaydoxEdmsCase, PaydoxEdmsMixin


class CounterpartyStepMixin(PaydoxEdmsMixin):
    """A contract that goes to its own lawyer, to the counterparty, to the director."""

    @classmethod
    def _set_up_contract(cls):
        cls.partner = cls.env["res.partner"].create({"name": "Supplier", "email": "supplier@example.com"})
        cls.kind.route_id = cls._create_route(
            {"users": cls.legal},
            {"approver_kind": "counterparty", "name": "Supplier agrees", "deadline_hours": 40},
            {"users": cls.director},
        )
        cls.document = cls._create_document(partner_id=cls.partner.id)
        cls.document.add_version("contract.txt", b"Text")

    def _send(self):
        """:return: the review that the second step sent, and its link"""
        self.document.action_submit()
        self.document.with_user(self.legal).action_agree()
        return self._get_review(), self._get_link()

    def _get_review(self):
        return self.document.sudo().external_review_ids.sorted("id")[-1:]

    def _get_link(self):
        mail = self.env["mail.mail"].search([("email_to", "=", "supplier@example.com")], order="id desc", limit=1)
        return re.search(r"/paydox/review/[\w-]+", mail.body_html).group()

    def _answer(self, review, answer, comment=None, **kwargs):
        """As the page does for whoever holds the link and the code."""
        review = review.with_user(self.env.ref("base.public_user")).sudo()
        review._lock()
        review._answer(answer, "Ivan", comment, "code", **kwargs)

    def _get_actions(self):
        return self.document.sudo().approval_id.decision_ids.sorted("sequence").mapped("action")

    def assertStep(self, *states):
        self.assertEqual(tuple(self.document.sudo().approval_id.step_ids.mapped("state")), states)


@tagged("post_install", "-at_install")
class TestCounterpartyStep(CounterpartyStepMixin, PaydoxEdmsCase):
    """The counterparty is a step of the route: his answer is its decision."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_contract()

    # === COURSE === #

    def test_link_goes_out_when_its_turn_comes(self):
        self.document.action_submit()
        self.assertFalse(self._get_review(), "the lawyer decides first")

        self.document.with_user(self.legal).action_agree()

        review = self._get_review()
        self.assertRecordValues(
            review, [{"state": "sent", "partner_id": self.partner.id, "requested_by_id": self.author.id}]
        )
        self.assertEqual(review.expires_at, review.step_id.deadline)
        self.assertStep("agreed", "running", "waiting")
        self.assertIn("outside_ask", self._get_actions())

    def test_agreement_opens_the_next_step(self):
        review, _url = self._send()

        self._answer(review, "agreed", "All right")

        self.assertStep("agreed", "agreed", "running")
        self.assertWaitsFor(self.document, self.director)
        self.document.with_user(self.director).action_agree()
        self.assertState(self.document, "approved", "approved")
        self.assertFalse(self.document.sudo().approval_id._find_broken_link())

    def test_remarks_with_a_protocol_lead_to_a_round_of_rework(self):
        review, _url = self._send()

        self._answer(review, "remarks", "See the file", filename="remarks.txt", content=b"No. 1")

        self.assertState(self.document, "draft", "rejected")
        self.assertStep("agreed", "refused", "skipped")
        self.assertIn("Supplier has remarks", self.document.sudo().approval_id.close_reason)
        self.assertEqual(review.protocol_id.link_ids.target_id, self.document)
        self.assertFalse(self.document.sudo().approval_id._find_broken_link())
        # the second round keeps the lawyer's agreement and asks the counterparty about the new version
        self.document.add_version("contract.txt", b"Second text")
        self.document.action_request_approval("not_agreed")
        second = self._get_review()
        self.assertNotEqual(second, review)
        self.assertEqual((second.state, second.version_id.number), ("sent", 2))
        self.assertStep("agreed", "running", "waiting")

    def test_who_answered_stands_in_the_chain(self):
        review, _url = self._send()
        self._answer(review, "agreed", "All right")

        decision = self.document.sudo().approval_id.decision_ids.filtered(lambda d: d.action == "outside_agree")

        facts = json.loads(decision.details)
        self.assertEqual((facts["name"], facts["proof"], facts["email"]), ("Ivan", "code", "supplier@example.com"))
        self.assertEqual(decision.decided_by_id, self.env.ref("base.public_user"))
        self.assertEqual(decision.checksum, review.version_id.checksum)

    def test_answer_changed_in_the_database_shows(self):
        review, _url = self._send()
        self._answer(review, "agreed")
        self.env.flush_all()
        self.env.cr.execute("UPDATE paydox_external_review SET answered_name = 'Petr' WHERE id = %s", [review.id])
        self.env.invalidate_all()

        problem = self.document.sudo().approval_id._find_broken_link()

        self.assertEqual(problem, "The answer of Supplier does not match the decisions.")

    def test_answer_that_nobody_gave_shows(self):
        review, _url = self._send()
        self.env.flush_all()
        self.env.cr.execute("UPDATE paydox_external_review SET state = 'agreed' WHERE id = %s", [review.id])
        self.env.invalidate_all()

        self.assertIn("does not match", self.document.sudo().approval_id._find_broken_link())

    def test_later_step_may_return_to_the_counterparty(self):
        review, _url = self._send()
        self._answer(review, "agreed")
        step = self.document.sudo().approval_id.step_ids[1]

        self.document.with_user(self.director).action_return("Ask again", step=step.id)

        self.assertStep("agreed", "running", "waiting")
        self.assertEqual(self._get_review().attempt, 2)
        self.assertEqual(self._get_review().state, "sent")
        self.assertFalse(self.document.sudo().approval_id._find_broken_link())

    def test_sheet_and_picture_name_the_counterparty(self):
        review, _url = self._send()
        approval = self.document.sudo().approval_id
        self.assertIn("Supplier", approval.picture)
        self._answer(review, "agreed", "All right")
        approval.invalidate_recordset()

        rows = approval.with_user(self.author)._prepare_sections()[0]["rows"]

        self.assertEqual([row[1] for row in rows], ["Step 1", "Supplier agrees", "Step 3"])
        self.assertEqual([row[0] for row in rows], ["1", "2", "3"])
        self.assertEqual(rows[1][3:4] + rows[1][7:9], ["Supplier, Ivan", "Agreed", "All right"])
        self.assertIn("fa-check", approval.picture)

    # === WHAT ENDS A LINK === #

    def test_withdrawn_run_revokes_the_link(self):
        review, _url = self._send()

        self.document.action_withdraw()

        self.assertEqual(review.state, "revoked")
        with self.assertRaisesRegex(UserError, "took this document back"):
            self._answer(review, "agreed")
        self.assertState(self.document, "draft", "withdrawn")

    def test_step_that_was_passed_over_takes_no_answer(self):
        review, _url = self._send()

        self.document.with_user(self.manager).action_bypass_step("Agreed by telephone")

        self.assertEqual(review.state, "revoked")
        self.assertStep("agreed", "skipped", "running")

    def test_link_of_a_closed_step_takes_no_answer_whatever_it_says(self):
        review, _url = self._send()
        review.step_id.write({"state": "skipped"})

        with self.assertRaisesRegex(UserError, "took this document back"):
            self._answer(review, "agreed")

    def test_second_answer_changes_nothing(self):
        review, _url = self._send()
        self._answer(review, "agreed")

        with self.assertRaisesRegex(UserError, "already answered"):
            self._answer(review, "remarks", "No")

        self.assertStep("agreed", "agreed", "running")
        self.assertEqual(self._get_actions().count("outside_agree"), 1)

    def test_sender_hears_of_an_expired_link_and_sends_it_again(self):
        review, url = self._send()
        review.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        review.step_id.deadline = review.expires_at
        with self.assertRaisesRegex(UserError, "expired"):
            self._answer(review, "agreed")

        self.env["paydox.external.review"]._gc_expired()

        self.assertEqual(review.state, "expired")
        self.assertIn("did not answer in time", " ".join(self.document.activity_ids.mapped("summary")))
        self.assertStep("agreed", "running", "waiting")
        self.document.action_ask_counterparty_again()
        self.assertNotEqual(self._get_link(), url)
        self._answer(self._get_review(), "agreed")
        self.assertStep("agreed", "agreed", "running")

    def test_sending_again_makes_the_former_link_useless(self):
        review, _url = self._send()

        self.document.action_ask_counterparty_again()

        self.assertEqual(review.state, "revoked")
        self.assertEqual(self._get_review().state, "sent")

    def test_link_sent_by_hand_gives_way_to_that_of_the_step(self):
        by_hand = self.document.action_send_external(self.partner)

        review, _url = self._send()

        self.assertEqual(by_hand.sudo().state, "revoked")
        self.assertEqual(review.step_id.state, "running")

    # === BAD INPUT === #

    def test_strangers_and_wrong_moments_are_refused(self):
        with self.assertRaisesRegex(UserError, "not on approval"):
            self.document.action_ask_counterparty_again()
        self.document.action_submit()
        with self.assertRaisesRegex(UserError, "does not wait for the counterparty"):
            self.document.action_ask_counterparty_again()
        self.document.with_user(self.legal).action_agree()
        with self.assertRaisesRegex(AccessError, "sent again by its author"):
            self.document.with_user(self.legal).action_ask_counterparty_again()
        with self.assertRaisesRegex(UserError, "nobody can be added"):
            self.document.action_add_approver(self.chief.id)

    def test_document_that_cannot_go_to_its_counterparty_is_not_sent(self):
        for vals, reason in (({"email": False}, "no usable e-mail"), ({"email": "nothing"}, "no usable e-mail")):
            with self.subTest(vals), self.assertRaisesRegex(UserError, reason):
                self.partner.write(vals)
                self.document.action_submit()
        for overrides, reason in (({}, "names none"), ({"partner_id": self.partner.id}, "no file to send")):
            self.partner.email = "supplier@example.com"
            with self.subTest(reason), self.assertRaisesRegex(UserError, reason):
                self._create_document(**overrides).action_submit()

    def test_step_without_a_counterparty_is_left_out_when_the_route_says_so(self):
        self.kind.route_id = self._create_route(
            {"approver_kind": "counterparty", "if_nobody": "skip"}, {"users": self.director}
        )
        document = self._create_document()

        document.action_submit()

        self.assertWaitsFor(document, self.director)

    @mute_logger("odoo.sql_db")
    def test_database_refuses_steps_that_make_no_sense(self):
        for vals in ({"kind": "sign"}, {"kind": "vote"}, {"kind": "acquaint"}, {"timeout_action": "agree"}):
            with self.subTest(vals), self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self._create_route({"approver_kind": "counterparty", "deadline_hours": 8} | vals)


@tagged("post_install", "-at_install")
class TestCounterpartyStepPage(CounterpartyStepMixin, HttpCase):
    """The same through the page behind the link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls._set_up_contract()

    def _post(self, url, page, **values):
        token = html.fromstring(page).xpath("//input[@name='csrf_token']/@value")[0]
        return self.url_open(url, data={"csrf_token": token} | values).text

    def test_stranger_with_the_link_decides_nothing_and_the_holder_of_the_code_does(self):
        review, url = self._send()
        page = self.url_open(url).text

        self._post(f"{url}/answer", page, name="Stranger", answer="agreed", code="000000")

        self.env.invalidate_all()
        self.assertStep("agreed", "running", "waiting")
        self._post(f"{url}/code", page)
        mail = self.env["mail.mail"].search([("email_to", "=", "supplier@example.com")], order="id desc", limit=1)
        code = re.search(r"<strong>(\d{6})</strong>", mail.body_html).group(1)

        page = self._post(f"{url}/answer", page, name="Ivan", answer="agreed", code=code)

        self.assertIn("registered", page)
        self.env.invalidate_all()
        self.assertEqual(review.state, "agreed")
        self.assertStep("agreed", "agreed", "running")
        self.assertWaitsFor(self.document, self.director)
