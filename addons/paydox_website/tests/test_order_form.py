from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from odoo.addons.paydox_website.tests.common import PaydoxOrderCase


@tagged("post_install", "-at_install")
class TestOrderForm(PaydoxOrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_salesman("tv_manager", "sales_team.group_sale_manager")

    @users("tv_manager")
    def test_manager_makes_and_publishes_a_form(self):
        with Form(self.env["paydox.order.form"]) as form_view:
            form_view.name = "Order a fridge"
            form_view.deal_type_id = self.deal_type
            with form_view.product_ids.new() as line:
                line.name = "Fridge"
        form = form_view.save()
        self.assertEqual(form.website_url, "/order/order-a-fridge")
        form.is_published = True
        self.assertEqual(self.env["paydox.order.form"]._find_published("order-a-fridge", self.website), form)

    def test_address_is_made_of_the_name_and_is_free(self):
        first, second = self.env["paydox.order.form"].create(
            [{"name": "Order a Fridge!", "deal_type_id": self.deal_type.id} for _number in range(2)]
        )
        self.assertEqual((first.slug, second.slug), ("order-a-fridge", "order-a-fridge-2"))
        first.name = "Something else"
        self.assertEqual(first.slug, "order-a-fridge")
        first.slug = "My FRIDGE/../x"
        self.assertNotIn("/", first.slug)
        self.assertEqual(first.slug, first.slug.lower())

    def test_address_is_unique_on_a_website(self):
        website = self.env["website"].create({"name": "Another"})
        self._create_form(slug="fridge")
        self._create_form(slug="fridge", website_id=website.id)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self._create_form(slug="fridge")

    def test_form_of_the_website_wins_over_the_common_one(self):
        self._create_form(slug="fridge")
        own = self._create_form(slug="fridge", website_id=self.website.id)
        self.assertEqual(self.env["paydox.order.form"]._find_published("fridge", self.website), own)

    def test_form_without_product_or_active_type_is_not_published(self):
        with self.assertRaisesRegex(ValidationError, "no product"):
            self._create_form(product_ids=False)
        inactive = self.env["paydox.deal.type"].create({"name": "Off", "code": "off", "active": False})
        with self.assertRaisesRegex(ValidationError, "switched off"):
            self._create_form(deal_type_id=inactive.id)

    def test_each_change_of_the_consent_is_a_version(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.assertEqual(self.form.consent_version, 0)
        self.form.consent_text = "I agree."
        self.assertEqual(self.form.consent_version, 1)
        self.form.write({"consent_text": "I agree.", "name": "Renamed"})
        self.assertEqual(self.form.consent_version, 1)
        self.form.update_field_translations("consent_text", {"ro_RO": "Sunt de acord."})
        self.assertEqual(self.form.consent_version, 2)
        self.form.consent_version = 1
        self.assertEqual(self.form.consent_version, 2)

    def test_form_with_deals_is_archived_not_deleted(self):
        self._place()
        with self.assertRaisesRegex(UserError, "Archive"), self.env.cr.savepoint():
            self.form.unlink()
        self.assertTrue(self.form.exists())

    @users("tv_manager")
    def test_number_of_deals_is_that_of_the_list(self):
        self._place()
        self._place().sudo().active = False
        form = self.form.with_env(self.env)
        action = form.action_open_leads()
        leads = self.env["crm.lead"].with_context(**action["context"]).search(action["domain"])
        self.assertEqual((form.lead_count, len(leads)), (2, 2))

    def test_copied_deal_is_no_order_of_the_website(self):
        lead = self._place()
        copy = lead.copy()
        self.assertFalse(copy.order_form_id or copy.sudo().order_key)
        self.assertEqual(copy.order_product, "Television 43")
