from odoo.tests import TransactionCase, tagged

from odoo.addons.paydox_edms.tests.common_instruction import PaydoxInstructionMixin


@tagged("post_install", "-at_install")
class TestPartnerInstruction(PaydoxInstructionMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.partner = cls.env["res.partner"].create({"name": "Buyer", "is_company": True, "phone": "+40 21 000 000"})

    def test_call_to_a_counterparty_counts_for_those_who_may_see_it(self):
        call = self._give(kind="call", res_model="res.partner", res_id=self.partner.id, partner_id=self.partner.id)
        self.assertEqual(call.phone, self.partner.phone)
        for user, count in ((self.head, 1), (self.worker, 1), (self.stranger, 0)):
            card = self.partner.with_user(user)
            card.invalidate_recordset()
            self.assertEqual(card.instruction_open_count, count, user.login)

    def test_new_instruction_knows_the_counterparty(self):
        action = self.partner.with_user(self.head).action_new_instruction()
        self.assertEqual(action["context"]["default_partner_id"], self.partner.id)
        self.assertEqual(action["context"]["default_res_id"], self.partner.id)

    def test_instructions_go_on_with_the_counterparty_that_stays(self):
        twin = self.env["res.partner"].create({"name": "Buyer twin", "is_company": True})
        instruction = self._give(res_model="res.partner", res_id=twin.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.partner | twin).ids, self.partner)
        self.assertInstruction(instruction, "assigned")
        self.assertEqual(instruction.sudo().res_id, self.partner.id)

    def test_cases_go_on_with_the_counterparty_that_stays(self):
        twin = self.env["res.partner"].create({"name": "Buyer twin", "is_company": True})
        template = self.env["paydox.case.template"].create(
            {
                "name": "Visit",
                "code": "VISIT",
                "step_ids": [(0, 0, {"name": "Go", "kind": "milestone", "is_manual": True})],
            }
        )
        template.action_publish()
        case = self.env["paydox.case"].browse(template.action_start(twin)["res_id"])
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.partner | twin).ids, self.partner)
        self.assertEqual((case.res_id, case.partner_id), (self.partner.id, self.partner))
        self.assertEqual(self.partner.case_count, 1)

    def test_users_are_no_subject_of_instructions(self):
        self.assertNotIn("res.users", self.env["paydox.instruction"]._get_subject_models())
        self.assertIn("res.partner", self.env["paydox.instruction"]._get_subject_models())
