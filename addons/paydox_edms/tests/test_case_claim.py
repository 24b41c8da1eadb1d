from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from .common_case_discussion import PaydoxCaseDiscussionMixin


@tagged("post_install", "-at_install")
class TestCaseClaim(PaydoxCaseDiscussionMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.client = cls.env["res.partner"].create({"name": "Buyer", "is_company": True})
        cls.contact = cls.env["res.partner"].create({"name": "Bob Buyer", "parent_id": cls.client.id})

    def _result(self, name):
        return self.env.ref(f"paydox_edms.paydox_case_result_{name}")

    def test_status_follows_from_the_buttons(self):
        claim = self._create_claim()
        self.assertEqual(claim.claim_state, "registered")
        claim.action_take()
        self.assertEqual(claim.claim_state, "in_work")
        for name in ("satisfied", "partly", "rejected", "withdrawn"):
            claim.sudo().write({"state": "done", "result_id": self._result(name).id, "result_note": "So."})
            self.assertEqual(claim.claim_state, name)
        claim.sudo().write({"state": "running", "result_id": False})
        self.assertEqual(claim.claim_state, "in_work")
        claim.sudo().state = "cancelled"
        self.assertEqual(claim.claim_state, "withdrawn")

    def test_results_of_the_company_count_by_their_goal(self):
        result = self.env["paydox.case.result"].create({"name": "Replaced", "is_reached": True})
        claim = self._create_claim(state="done", result_id=result.id)
        self.assertEqual(claim.claim_state, "satisfied")
        self.assertFalse(self._create_case(state="done", result_id=result.id).claim_state)

    def test_status_is_not_written_by_hand(self):
        claim = self._create_claim()
        for vals in (
            {"claim_state": "satisfied"},
            {"taken_at": fields.Datetime.now()},
            {"taken_by_id": self.author.id},
        ):
            with self.assertRaisesRegex(UserError, "status of a claim"):
                claim.write(vals)

    def test_first_taker_owns(self):
        claim = self._create_claim(participant_ids=[(6, 0, (self.legal | self.director).ids)])
        claim.with_user(self.legal).action_take()
        self.assertEqual(claim.owner_id, self.legal)
        self.assertEqual(claim.taken_by_id, self.legal)
        with self.assertRaisesRegex(UserError, "taken by Legal"):
            claim.with_user(self.director).action_take()

    def test_who_only_looks_does_not_take(self):
        claim = self._create_claim()
        with self.assertRaisesRegex(UserError, "only look"):
            claim.with_user(self.chief).action_take()
        with self.assertRaises(AccessError):
            claim.with_user(self.stranger).action_take()

    def test_only_running_claims_are_taken(self):
        with self.assertRaisesRegex(UserError, "no claim"):
            self._create_case().action_take()
        with self.assertRaisesRegex(UserError, "not running"):
            self._create_claim(state="cancelled").action_take()

    def test_guilty_handler_is_warned_about(self):
        employee = self.env["hr.employee"].create({"name": "Author", "user_id": self.author.id})
        claim = self._create_claim(guilty_employee_id=employee.id, partner_id=self.client.id)
        self.assertIn("is named guilty and handles", claim.claim_warning)
        claim.sudo().owner_id = self.legal
        self.assertFalse(claim.claim_warning)

    def test_anonymous_claimant_has_no_counterparty(self):
        claim = self._create_claim(is_anonymous=True)
        self.env.flush_all()
        self.assertFalse(claim.claim_warning)
        self.assertIn("who the other side is", self._create_claim().claim_warning)
        with self.assertRaisesRegex(ValidationError, "is anonymous and names"):
            claim.sudo().partner_id = self.client

    def test_contact_is_of_the_counterparty(self):
        claim = self._create_claim(contact_id=self.contact.id)
        self.assertEqual(claim.partner_id, self.client)
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        with self.assertRaisesRegex(ValidationError, "no contact person"):
            claim.sudo().partner_id = other

    def test_request_outside_of_a_contract_is_warned_about(self):
        request = self._create_claim(case_kind="request", partner_id=self.client.id)
        self.assertIn("outside of any contract", request.claim_warning)
        contract = self._create_document(partner_id=self.client.id, valid_to="2020-01-01")
        request.sudo().contract_id = contract
        self.assertIn("not in force", request.claim_warning)
        contract.sudo().valid_to = "2090-01-01"
        request.invalidate_recordset()
        self.assertFalse(request.claim_warning)
        contract.sudo().partner_id = self.env["res.partner"].create({"name": "Other"})
        request.invalidate_recordset()
        self.assertIn("another counterparty", request.claim_warning)

    def test_shipped_templates_are_in_use(self):
        for name in ("order", "claim", "request", "contract"):
            template = self.env.ref(f"paydox_edms.paydox_case_template_{name}")
            self.assertEqual(template.state, "published", template._get_problems())
