from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestFunnelUi(HttpCase):
    """The head of the company reads the funnel, looks behind a number and takes the files home."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].search([]).unlink()
        cls.head = new_test_user(
            cls.env,
            "funnel_head",
            "base.group_user,sales_team.group_sale_salesman_all_leads",
            password="funnel_head",
            name="Head",
        )
        cls.colleague = new_test_user(
            cls.env, "funnel_colleague", "base.group_user", name="Colleague of the head", email="colleague@example.com"
        )
        cls.types = cls.env["paydox.deal.type"].create(
            [
                {
                    "name": name,
                    "code": f"tour_{name.lower()}",
                    "active": True,
                    "stage_ids": [
                        Command.create({"name": "Start", "status_id": cls._status("new").id}),
                        Command.create({"name": "Offer", "status_id": cls._status("offer").id}),
                    ],
                }
                for name in ("Goods", "Services")
            ]
        )
        cls.leads = cls.env["crm.lead"].create(
            [
                {
                    "name": f"{deal_type.name} {index}",
                    "type": "opportunity",
                    "deal_type_id": deal_type.id,
                    "user_id": cls.head.id,
                }
                for deal_type in cls.types
                for index in range(4)
            ]
        )
        for lead in cls.leads[:3]:
            lead.set_deal_status(cls._status("offer"))

    @classmethod
    def _status(cls, code):
        return cls.env.ref(f"paydox_funnel.deal_status_{code}")

    def test_head_reads_the_funnel_and_opens_the_deals(self):
        new, offer = self._status("new"), self._status("offer")
        data = self.env["paydox.funnel"].with_user(self.head).get_funnel()
        numbers = {layer["status_id"]: layer["count"] for layer in data["layers"]}
        self.assertEqual((numbers[new.id], numbers[offer.id]), (5, 3))

        self.start_tour("/odoo", "paydox_funnel_head", login="funnel_head")

        message = self.env["mail.message"].sudo().search([("message_type", "=", "user_notification")], limit=1)
        self.assertEqual(message.notified_partner_ids, self.colleague.partner_id)
        self.assertTrue(message.attachment_ids.name.endswith(".xlsx"))
