from odoo.tests import TransactionCase, tagged

from odoo.addons.paydox_edms.tests.common_case_discussion import PaydoxCaseDiscussionMixin


@tagged("post_install", "-at_install")
class TestPartnerCase(PaydoxCaseDiscussionMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.partner = cls.env["res.partner"].create({"name": "Buyer", "is_company": True})
        cls.contact = cls.env["res.partner"].create({"name": "Bob", "parent_id": cls.partner.id})

    def test_card_counts_cases_and_open_actions_as_the_user_sees_them(self):
        case = self._create_case(partner_id=self.partner.id)
        self._ask(case, self.legal)
        self._create_submitted({"users": self.legal}, partner_id=self.contact.id)
        self.env.flush_all()

        for user, cases, actions in ((self.legal, 1, 2), (self.stranger, 0, 0)):
            self.env.invalidate_all()
            card = self.partner.with_user(user)
            self.assertEqual((card.partner_case_count, card.open_action_count), (cases, actions), user.login)
        self.assertEqual(self.contact.with_user(self.legal).open_action_count, 2)

    def test_actions_of_the_card_are_done_in_its_list(self):
        case = self._create_case(partner_id=self.partner.id)
        question = self._ask(case, self.legal)
        action = self.contact.with_user(self.legal).action_open_actions()
        rows = self.env[action["res_model"]].with_user(self.legal).search(action["domain"])

        rows.action_reply("Right here.")

        self.assertEqual(question.state, "answered")

    def test_counterparty_is_what_a_case_is_about(self):
        self.assertIn("res.partner", self.env["paydox.case.template"]._get_subject_models())
        template = self.env.ref("paydox_edms.paydox_case_template_order")
        action = template.with_user(self.author).action_start(["res.partner", self.contact.id])
        case = self.env["paydox.case"].with_user(self.author).browse(action["res_id"])
        self.assertEqual(case.partner_id, self.partner)
        self.assertEqual(self.contact.with_user(self.author).case_count, 1)
