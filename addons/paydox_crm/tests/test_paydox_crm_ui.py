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
