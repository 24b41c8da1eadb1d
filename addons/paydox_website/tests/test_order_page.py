import uuid
from unittest.mock import patch

from lxml import html

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.paydox_website.tests.common import PaydoxOrderHttpCase
from odoo.addons.paydox_website.tools.order import LIMITS


@tagged("post_install", "-at_install")
class TestOrderPage(PaydoxOrderHttpCase):
    def test_page_asks_for_the_seven_values_with_labels(self):
        page = html.fromstring(self._open().text)

        for name in ("product", "quantity", "name", "region", "city", "email", "phone", "comment"):
            [control] = page.xpath(f"//form[@data-paydox='order_form']//*[@name='{name}']")
            self.assertTrue(page.xpath(f"//label[@for='{control.get('id')}']"), name)
        self.assertEqual(page.xpath("//*[@name='email']")[0].get("autocomplete"), "email")
        self.assertEqual(page.xpath("//*[@name='phone']")[0].get("autocomplete"), "tel")

    def test_seven_values_arrive_in_a_deal_of_the_type_of_the_form(self):
        self._open()
        key = self.hidden["order_key"]

        self.assertThanked(self._send())

        lead = self._leads()
        self.assertRecordValues(
            lead,
            [
                {
                    "type": "opportunity",
                    "deal_type_id": self.deal_type.id,
                    "stage_id": self.deal_type.stage_ids[0].id,
                    "order_product": "Television 43",
                    "order_quantity": 3,
                    "contact_name": "Olga Petrova",
                    "delivery_region": "Ilfov",
                    "delivery_city": "Voluntari",
                    "email_from": "olga@customer.example",
                    "phone": "+40 21 555 01 02",
                    "partner_id": False,
                    "user_id": False,
                    "order_key": key,
                }
            ],
        )
        self.assertIn("Call before noon", lead.description)
        self.assertEqual(lead.source_id.name, "Website form")
        self.assertEqual(lead.medium_id.name, "Website form")
        self.assertEqual(lead.deal_status_id.code, "new")
        self.assertEqual(lead.company_id, self.company)

    def test_index_leads_to_the_only_form_or_lists_them(self):
        self.env["paydox.order.form"].search([("id", "!=", self.form.id)]).is_published = False
        response = self.url_open("/order", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(self.form.website_url))

        other_form = self._create_form()
        page = html.fromstring(self.url_open("/order").text)
        self.assertEqual(
            page.xpath("//div[contains(@class, 'o_paydox_orders')]//a/@href"),
            [self.form.website_url, other_form.website_url],
        )

        (self.form + other_form).is_published = False
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/order").status_code, 404)

    def test_thanks_page_is_not_indexed(self):
        response = self._open(path="/thanks")

        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["X-Robots-Tag"], "noindex")
        self.assertIn('<meta name="robots" content="noindex"', response.text)

    # === BAD INPUT ===#

    def assertRefused(self, field, **values):
        """The page comes back with a message at ``field`` and all that was typed; no deal is made."""
        self._open()
        response = self._send(**values)

        self.assertEqual(response.status_code, 422)
        self.assertFalse(self._leads())
        page = html.fromstring(response.text)
        [control] = page.xpath(f"//form[@data-paydox='order_form']//*[@name='{field}']")
        self.assertEqual(control.get("aria-invalid"), "true", field)
        [message] = page.xpath(f"//*[@id='{control.get('aria-describedby')}']")
        self.assertTrue(message.text_content().strip())
        for name, value in self._order_values(**values).items():
            [control] = page.xpath(f"//form[@data-paydox='order_form']//*[@name='{name}']")
            if control.tag == "select":
                selected = control.xpath("./option[@selected]/@value")
                self.assertEqual(selected, [value] if value in control.xpath("./option/@value") and value else [])
            else:
                shown = control.text_content() if control.tag == "textarea" else control.get("value", "")
                self.assertEqual(shown.removeprefix("\n"), value, f"{name} was typed and is lost")
        return message.text_content()

    def test_wrong_quantities_are_refused(self):
        for quantity in ("0", "-1", "abc", "1e9", "1000000000", "2.5", "51", ""):
            with self.subTest(quantity=quantity):
                self.assertIn("50", self.assertRefused("quantity", quantity=quantity))

    def test_quantity_is_limited_by_the_chosen_product(self):
        self.assertIn("5", self.assertRefused("quantity", product=str(self.form.product_ids[1].id), quantity="6"))

    def test_unknown_and_foreign_products_are_refused(self):
        foreign = self._create_form().product_ids[0]
        for product in ("", "0", "-1", "abc", str(foreign.id), "999999999999999999999"):
            with self.subTest(product=product):
                self.assertRefused("product", product=product)

    def test_name_is_required(self):
        for name in ("", " \t "):
            with self.subTest(name=name):
                self.assertRefused("name", name=name)

    def test_email_or_phone_is_required(self):
        self.assertIn("phone", self.assertRefused("email", email="", phone=""))

    def test_one_of_email_and_phone_is_enough(self):
        self._open()
        self.assertThanked(self._send(email=""))
        self._open()
        self.assertThanked(self._send(phone=""))
        self.assertEqual(len(self._leads()), 2)

    def test_malformed_email_and_phone_are_refused(self):
        self.assertRefused("email", email="olga@")
        self.assertRefused("phone", phone="call me")

    def test_too_long_texts_are_refused(self):
        for name in ("name", "region", "city", "comment"):
            with self.subTest(name=name):
                message = self.assertRefused(name, **{name: "я" * (LIMITS[name] + 1)})
                self.assertIn(str(LIMITS[name]), message)

    def test_longest_comment_is_taken(self):
        self._open()
        self.assertThanked(self._send(comment="я" * 5000))

    def test_zero_bytes_do_not_break_the_server(self):
        self._open()
        self.assertThanked(self._send(name="Olga\x00 Petrova", comment="\x00\x07"))
        self.assertEqual(self._leads().contact_name, "Olga Petrova")

    def test_markup_is_shown_as_text(self):
        evil = '<img src=x onerror="alert(1)"><b>{{7*7}}</b>'
        values = dict.fromkeys(("name", "region", "city", "comment"), evil)

        self._open()
        echo = self._send(quantity="0", **values)
        self.assertNotIn("<img src=x", echo.text)

        self.assertThanked(self._send(**values))
        lead = self._leads()
        self.assertEqual(lead.contact_name, evil)
        self.assertEqual(html.fromstring(lead.description).text_content(), evil)
        self.assertNotIn("<img", lead.description)
        for body in lead.message_ids.mapped("body"):
            self.assertNotIn("<img", body)

    # === CONSENT ===#

    def test_consent_is_required_when_there_is_a_text(self):
        self.form.consent_text = "I agree to everything."

        self.assertRefused("consent")

        self.assertThanked(self._send(consent="1"))
        lead = self._leads()
        self.assertEqual(lead.order_consent_version, 1)
        self.assertIn(
            "I agree to everything.", lead.message_ids.sorted("id")[-1].body + lead.message_ids.sorted("id")[0].body
        )

    # === PROGRAMS ===#

    def test_hidden_field_catches_programs(self):
        self._open()
        self.assertThanked(self._send(order_reference="http://spam.example"))
        self.assertFalse(self._leads())

    @mute_logger("odoo.http")
    def test_post_without_csrf_token_is_refused(self):
        self._open()
        del self.hidden["csrf_token"]
        self.assertEqual(self._send().status_code, 400)
        self.assertFalse(self._leads())

    def test_forged_key_gives_a_new_page_with_the_data(self):
        self._open()
        good = dict(self.hidden)
        other_form = self._create_form()
        self._open(other_form)
        foreign = dict(self.hidden)
        forged = (
            {"order_key": str(uuid.uuid4())},
            {"order_key": "1 OR 1=1"},
            {"order_key": ""},
            {"order_sign": "0" * 64},
            {"order_sign": "я"},
            {"order_key": foreign["order_key"], "order_sign": foreign["order_sign"]},
        )
        for change in forged:
            with self.subTest(change=change):
                response = self._send(hidden={**good, **change})
                self.assertEqual(response.status_code, 400)
                self.assertIn("Olga Petrova", response.text)
                self.assertNotIn(self.hidden["order_key"], (good["order_key"], change.get("order_key")))
        self.assertFalse(self._leads())

        self.assertThanked(self._send())
        self.assertEqual(len(self._leads()), 1)

    def test_page_sent_twice_makes_one_deal(self):
        self._open()
        self.assertThanked(self._send())
        self.assertThanked(self._send())
        self.assertEqual(len(self._leads()), 1)

    def test_another_order_from_the_same_page_is_not_lost(self):
        self._open()
        self.assertThanked(self._send())

        response = self._send(quantity="4")
        self.assertEqual(response.status_code, 409)
        self.assertEqual(len(self._leads()), 1)

        self.assertThanked(self._send(quantity="4"))
        self.assertEqual(sorted(self._leads().mapped("order_quantity")), [3, 4])

    def test_sender_is_limited_for_each_form(self):
        self.env["ir.config_parameter"].set_param("paydox_website.order_limit", "2")
        other_form = self._create_form()
        for _number in range(2):
            self._open()
            self.assertThanked(self._send())

        self._open()
        response = self._send()
        self.assertEqual(response.status_code, 429)
        self.assertIn("Olga Petrova", response.text)
        self.assertEqual(len(self._leads()), 2)

        self._open(other_form)
        self.assertThanked(self._send(other_form, product=str(other_form.product_ids[0].id)), other_form)
        self.assertEqual(
            sorted(
                self.env["paydox.order.throttle"]
                .search([("form_id", "in", (self.form + other_form).ids)])
                .mapped("count")
            ),
            [1, 2],
        )

    def test_forwarded_address_of_a_stranger_is_not_believed(self):
        self.env["ir.config_parameter"].set_param("paydox_website.order_limit", "1")
        self._open()
        self.assertThanked(self._send())
        self._open()
        with patch.dict(self.opener.headers, {"X-Forwarded-For": "203.0.113.7"}):
            self.assertEqual(self._send().status_code, 429)

    # === NOT FOUND ===#

    @mute_logger("odoo.http")
    def test_hidden_forms_are_not_found(self):
        self._open()
        hidden = dict(self.hidden)

        def refused():
            statuses = (
                self._open().status_code,
                self._open(path="/thanks").status_code,
                self._send(hidden=hidden).status_code,
            )
            return statuses == (404, 404, 404)

        self.assertFalse(refused())
        leads = len(self._leads())
        self.form.is_published = False
        self.assertTrue(refused(), "unpublished")
        self.form.write({"is_published": True, "active": False})
        self.assertTrue(refused(), "archived")
        self.form.write({"active": True})
        self.deal_type.active = False
        self.assertTrue(refused(), "deal type switched off")
        self.deal_type.active = True
        self.form.website_id = self.env["website"].create({"name": "Another website"})
        self.assertTrue(refused(), "form of another website")
        self.assertEqual(self.url_open("/order/no-such-form").status_code, 404)
        self.assertEqual(len(self._leads()), leads)
