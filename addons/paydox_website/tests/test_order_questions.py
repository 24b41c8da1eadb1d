from odoo.tests import tagged

from odoo.addons.paydox_website.tests.common import PaydoxOrderHttpCase


@tagged("post_install", "-at_install")
class TestOrderQuestions(PaydoxOrderHttpCase):
    """The data form of a case template stands on the order form that starts a case by it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["paydox.case.template"].create(
            {
                "name": "Order with questions",
                "code": "OWQ",
                "field_ids": [
                    (0, 0, {"name": "Delivery region", "property_name": "zone", "type": "selection",
                            "options": "North\nSouth", "is_website": True, "required_at": "start"}),
                    (0, 0, {"name": "Floor <b>", "property_name": "floor", "type": "integer", "is_website": True}),
                    (0, 0, {"name": "Margin", "property_name": "margin", "type": "float"}),
                ],
                "step_ids": [(0, 0, {"name": "Call", "responsible_kind": "owner"})],
            }
        )  # fmt: skip
        cls.template.action_publish()
        cls.form.case_template_id = cls.template

    def test_answers_arrive_in_the_case_of_the_order(self):
        page = self._open()
        self.assertIn("Delivery region", page.text)
        self.assertIn("Floor &lt;b&gt;", page.text)
        self.assertNotIn("Margin", page.text)

        self.assertThanked(self._send(data_zone="South", data_floor="3", data_margin="99"))

        lead = self._leads()
        self.assertEqual(lead.order_answers, {"zone": "South", "floor": 3})
        self.assertTrue(any("Delivery region" in body and "South" in body for body in lead.message_ids.mapped("body")))
        [event] = self.env["paydox.event"].search([("name", "=", "form.sent"), ("res_id", "=", lead.id)])
        event._dispatch()
        case = self.env["paydox.case"].search([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)])
        values = {row["name"]: row.get("value") for row in case.read(["properties"])[0]["properties"]}
        self.assertEqual((values["zone"], values["floor"], values["margin"]), ("South", 3, None))

    def test_missing_and_wrong_answers_are_refused_and_kept(self):
        self._open()
        for values in ({"data_zone": ""}, {"data_zone": "West"}, {"data_zone": "South", "data_floor": "third"}):
            response = self._send(**values)
            self.assertEqual(response.status_code, 422)
            self.assertIn("Olga Petrova", response.text)
        self.assertIn('value="third"', response.text)
        self.assertFalse(self._leads())
