from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestDealHandover(TransactionCase):
    def test_open_deals_go_along_and_closed_ones_stay(self):
        groups = "base.group_user,paydox_edms.paydox_edms_group_manager,sales_team.group_sale_salesman"
        manager, ann, bob = (new_test_user(self.env, f"dh_{name}", groups) for name in ("manager", "ann", "bob"))
        partner = self.env["res.partner"].create({"name": "Buyer"})
        leads = self.env["crm.lead"].create(
            [
                {"name": name, "type": "opportunity", "user_id": ann.id, "partner_id": partner.id}
                for name in ("open", "lost")
            ]
        )
        leads[1].action_set_lost()
        leads[0].activity_schedule("mail.mail_activity_data_todo", user_id=ann.id, summary="Send the offer")

        window = (
            self.env["paydox.handover.start"]
            .with_user(manager)
            .create({"user_id": ann.id, "period": "good", "target_id": bob.id})
        )
        self.assertEqual(window.line_ids.filtered(lambda line: line.sort == "deal").count, 1)
        window.action_apply()

        self.assertEqual(leads.mapped("user_id"), bob | ann)
        self.assertEqual(leads[1].user_id, ann)
        self.assertEqual(leads[0].activity_ids.user_id, bob)
        card = partner.with_user(bob)
        self.assertIn("open", card.work_stage)
        self.assertIn("Send the offer", card.work_next_step)
