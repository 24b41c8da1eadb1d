from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestPaydoxCrmUi(HttpCase):
    def test_manager_renames_a_counterparty_and_sees_both_states(self):
        new_test_user(
            self.env,
            "tour_manager",
            groups="base.group_user,base.group_partner_manager,paydox_crm.paydox_crm_group_bank",
        )
        partner = self.env["res.partner"].create(
            {"name": "Tour Romashka", "is_company": True, "legal_name": "LLC Tour Romashka"}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE paydox_partner_requisites SET valid_from = valid_from - 30 WHERE partner_id = %s", (partner.id,)
        )
        self.env.invalidate_all()

        self.start_tour(f"/odoo/contacts/{partner.id}", "paydox_crm_rename_tour", login="tour_manager")

        states = partner.requisites_ids.filtered(lambda state: not state.superseded).sorted("valid_from")
        self.assertEqual([state.snapshot["legal_name"] for state in states], ["LLC Tour Romashka", "LLC Tour Lotos"])
        self.assertEqual(states[-1].create_uid.login, "tour_manager")

    def test_assistant_finds_a_duplicate_by_phone_in_another_format(self):
        new_test_user(self.env, "tour_secretary", groups="base.group_user,base.group_partner_manager")
        self.env.company.country_id = self.env.ref("base.ru")
        known = self.env["res.partner"].create(
            {"name": "Tour Known Firm", "is_company": True, "phone": "+7 (495) 123-45-67"}
        )

        self.start_tour("/odoo/contacts", "paydox_crm_registration_tour", login="tour_secretary")

        registered = self.env["res.partner"].search([("name", "=", "Tour Fresh Firm")])
        self.assertEqual(len(registered), 1)
        self.assertEqual(registered.child_ids.name, "Tour Person")
        self.assertEqual(
            self.env["paydox.partner.distinct"].search([("partner_id", "=", registered.id)]).other_id, known
        )
