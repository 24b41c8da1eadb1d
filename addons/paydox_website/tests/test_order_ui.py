from odoo.tests import HttpCase, tagged

from odoo.addons.paydox_website.tests.common import PaydoxOrderCase


@tagged("post_install", "-at_install")
class TestOrderUi(HttpCase, PaydoxOrderCase):
    def test_visitor_sends_an_order(self):
        form = self._create_form(slug="tour-television", consent_text="I agree.")

        self.start_tour("/order/tour-television", "paydox_website_order_tour", login=None)

        lead = self._leads(form)
        self.assertRecordValues(
            lead,
            [
                {
                    "order_product": "Television 75",
                    "order_quantity": 2,
                    "contact_name": "Tour Visitor",
                    "delivery_city": "Cluj",
                }
            ],
        )
