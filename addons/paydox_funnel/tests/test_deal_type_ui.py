from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestDealTypeUi(HttpCase):
    """A sales manager sets up a strict pipeline; a salesperson is stopped on it and then passes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = {"boss": "sales_team.group_sale_manager", "seller": "sales_team.group_sale_salesman"}
        for name, group in groups.items():
            login = f"tour_type_{name}"
            user = new_test_user(cls.env, login, f"base.group_user,{group}", password=login, name=name.title())
            setattr(cls, name, user)
        cls.statuses = cls.env["paydox.deal.status"].create(
            [
                {"name": "Tour first", "code": "tour_first", "sequence": 1},
                {"name": "Tour second", "code": "tour_second", "sequence": 2},
            ]
        )

    def test_manager_sets_up_a_strict_type(self):
        self.start_tour("/odoo", "paydox_funnel_new_type", login="tour_type_boss")

        deal_type = self.env["paydox.deal.type"].search([("code", "=", "tour_rent")])
        self.assertRecordValues(deal_type, [{"active": True, "stage_control": "strict"}])
        self.assertEqual(deal_type.stage_ids.status_id, self.statuses)

    def test_salesperson_is_stopped_and_then_passes(self):
        check = {"kind": "field", "field_id": self.env["ir.model.fields"]._get("crm.lead", "expected_revenue").id}
        deal_type = self.env["paydox.deal.type"].create(
            {
                "name": "Tour Rent",
                "code": "tour_rent",
                "active": True,
                "stage_control": "strict",
                "stage_ids": [
                    Command.create({"name": "Tour ask", "sequence": 1, "status_id": self.statuses[0].id}),
                    Command.create(
                        {
                            "name": "Tour check",
                            "sequence": 2,
                            "status_id": self.statuses[1].id,
                            "check_ids": [Command.create(check)],
                        }
                    ),
                ],
            }
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "Tour rent of a hall",
                "type": "opportunity",
                "deal_type_id": deal_type.id,
                "user_id": self.seller.id,
            }
        )

        self.start_tour("/odoo", "paydox_funnel_strict_deal", login="tour_type_seller")

        self.assertEqual(lead.stage_id.name, "Tour check")
        self.assertEqual(lead.status_event_ids.to_status_id, self.statuses)
