from odoo.tests import tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestLeadInstruction(PaydoxFunnelCase):
    def _create_lead(self, name):
        return self.env["crm.lead"].create(
            {"name": name, "type": "opportunity", "user_id": self.seller.id, "deal_type_id": self.goods.id}
        )

    def _give_call(self, lead):
        instruction = (
            self.env["paydox.instruction"]
            .with_user(self.head)
            .create(
                {
                    "name": "Call back",
                    "kind": "call",
                    "executor_id": self.seller.id,
                    "term_days": 2,
                    "res_model": "crm.lead",
                    "res_id": lead.id,
                }
            )
        )
        instruction.action_assign()
        return instruction

    def test_call_about_a_deal_stands_among_its_meetings(self):
        lead = self._create_lead("Pumps")
        call = self._give_call(lead)
        event = call.sudo().calendar_event_id
        self.assertEqual(event.opportunity_id, lead)
        self.assertEqual(event.user_id, self.seller)
        self.assertEqual(lead.with_user(self.seller).instruction_open_count, 1)
        self.assertEqual(lead.with_user(self.boss).instruction_open_count, 0)

    def test_instructions_go_on_with_the_deal_that_stays(self):
        leads = self._create_lead("Pumps") | self._create_lead("Pumps again")
        calls = [self._give_call(lead) for lead in leads]
        kept = leads.merge_opportunity()
        for call in calls:
            call.invalidate_recordset()
            self.assertEqual((call.sudo().state, call.sudo().res_id), ("assigned", kept.id))
