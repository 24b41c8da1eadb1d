from odoo import Command
from odoo.exceptions import ValidationError

from .common import PaydoxFunnelCase


class TestCase(PaydoxFunnelCase):
    """Cases of deals: started by the type, by a rule, by the button; events of a deal and its documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls._create_template({"kind": "milestone", "is_manual": True}, {"kind": "milestone"})

    @classmethod
    def _create_template(cls, *steps, code="DEAL"):
        template = cls.env["paydox.case.template"].create(
            {
                "name": "Deal",
                "code": code,
                "res_model": "crm.lead",
                "step_ids": [
                    Command.create({"name": f"Step {place}", "sequence": place} | step)
                    for place, step in enumerate(steps)
                ],
            }
        )
        template.action_publish()
        return template

    def _dispatch(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("paydox_edms.ir_cron_dispatch_events").with_user(1).method_direct_trigger()
        self.env.invalidate_all()

    def _cases(self, lead):
        return self.env["paydox.case"].search([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)])

    def test_cases_go_on_with_the_deal_that_stays(self):
        leads = self._create_lead() | self._create_lead()
        case = self.env["paydox.case"].browse(self.template.action_start(leads[1])["res_id"])
        kept = leads.merge_opportunity()
        self.assertEqual(case.sudo().res_id, kept.id)
        self.assertEqual(case.record_name, kept.display_name)

    def test_deal_of_the_type_starts_its_case_once(self):
        self.goods.case_template_id = self.template
        lead = self._create_lead()
        self._dispatch()

        case = self._cases(lead)
        self.assertRecordValues(
            case, [{"state": "running", "owner_id": self.seller.id, "template_id": self.template.id}]
        )
        self.assertEqual(lead.with_user(self.seller).case_count, 1)

        self.env["paydox.event"].search([("name", "=", "deal.created"), ("res_id", "=", lead.id)]).state = "pending"
        self._dispatch()
        self.assertEqual(self._cases(lead), case)

    def test_deal_of_a_type_without_a_template_starts_nothing(self):
        lead = self._create_lead()
        self._dispatch()
        self.assertFalse(self._cases(lead))

    def test_rule_starts_a_case_once_per_event(self):
        rule = self._create_rule(action="start_case", case_template_id=self.template.id)
        lead = self._create_lead()
        self._dispatch()
        self.assertEqual(len(self._cases(lead)), 1)
        self.assertEqual(rule.run_ids.filtered(lambda run: run.lead_id == lead).state, "done")

        self.env["paydox.event"].search([("name", "=", "deal.created"), ("res_id", "=", lead.id)]).state = "pending"
        self._dispatch()
        self.assertEqual(len(self._cases(lead)), 1)

    def test_rule_says_which_case(self):
        with self.assertRaises(ValidationError):
            self._create_rule(action="start_case")

    def test_step_waits_for_the_status_of_its_deal(self):
        template = self._create_template({"kind": "event", "event_name": "deal.status"}, code="WAIT")
        lead, other = self._create_lead(), self._create_lead()
        case = lead._start_case(template, "test")
        self._dispatch()
        other.set_deal_status(self.status["offer"])
        self._dispatch()
        self.assertEqual(case.step_ids.state, "active")

        lead.set_deal_status(self.status["offer"])
        self._dispatch()

        self.assertEqual(case.step_ids.state, "done")

    def test_document_of_a_step_is_a_document_of_the_deal(self):
        kind = self.env["paydox.document.kind"].create({"name": "Offer", "code": "CASE", "number_pattern": "C-{seq}"})
        step = {"kind": "document", "document_kind_id": kind.id, "wait_state": "registered"}
        lead = self._create_lead(expected_revenue=5000)

        case = lead._start_case(self._create_template(step, code="DOC"), "test")

        self.assertRecordValues(case.document_ids, [{"lead_id": lead.id, "amount": 5000, "kind_id": kind.id}])
