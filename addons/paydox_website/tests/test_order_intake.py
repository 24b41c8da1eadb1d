from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.paydox_website.tests.common import PaydoxOrderCase


@tagged("post_install", "-at_install")
class TestOrderIntake(PaydoxOrderCase):
    # === COUNTERPARTY ===#

    def _create_partner(self, **values):
        return self.env["res.partner"].create({"name": "Customer LLC", **values})

    def test_order_is_bound_by_email(self):
        partner = self._create_partner(email="Olga@Customer.example")
        self.assertEqual(self._place().partner_id, partner)

    def test_order_is_bound_by_phone_in_another_format(self):
        self.company.country_id = self.env.ref("base.ro")
        partner = self._create_partner(phone="021 555 0102", country_id=self.env.ref("base.ro").id)
        self.assertEqual(self._place(email="").partner_id, partner)

    def test_order_with_email_of_one_and_phone_of_another_stays_unbound(self):
        self._create_partner(email="olga@customer.example")
        self._create_partner(phone="+40215550102")
        lead = self._place()
        self.assertFalse(lead.partner_id)
        self.assertEqual(lead.email_from, "olga@customer.example")

    def test_order_with_email_of_two_stays_unbound(self):
        self._create_partner(email="olga@customer.example")
        self._create_partner(email="olga@customer.example")
        self.assertFalse(self._place().partner_id)

    def test_order_with_email_of_a_colleague_stays_unbound(self):
        salesman = self._create_salesman("tv_salesman")
        self.assertFalse(self._place(email=salesman.email, phone="").partner_id)

    def test_order_with_email_of_another_company_stays_unbound(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self._create_partner(email="olga@customer.example", company_id=company.id)
        self.assertFalse(self._place().partner_id)

    def test_order_changes_nothing_on_the_card_of_the_counterparty(self):
        partner = self._create_partner(email="olga@customer.example", phone="+40 21 111 11 11", lang="en_US")
        poor = self._create_partner(name="Poor", email="poor@customer.example")
        before = (partner + poor).read(["name", "email", "phone", "lang", "street", "write_date"])

        lead = self._place(phone="+40 21 222 22 22")
        other = self._place(email="poor@customer.example", phone="+40 21 222 22 22")
        self.env.flush_all()

        self.assertEqual((lead + other).partner_id, partner + poor)
        self.assertEqual((partner + poor).read(["name", "email", "phone", "lang", "street", "write_date"]), before)
        self.assertEqual(lead.phone, "+40 21 222 22 22")
        self.assertEqual(lead.contact_name, "Olga Petrova")

    # === RESPONSIBLE ===#

    def _notified(self, lead):
        messages = self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", lead.id), ("message_type", "=", "user_notification")]
        )
        return messages, messages.notified_partner_ids

    def test_orders_go_to_people_in_turn(self):
        anna, boris = self._create_salesman("tv_anna"), self._create_salesman("tv_boris")
        self.deal_type.write({"assignment": "round_robin", "user_ids": (anna + boris).ids})

        leads = [self._place() for _number in range(3)]

        self.assertEqual([lead.user_id for lead in leads], [anna, boris, anna])

    def test_orders_go_to_who_has_fewest_deals(self):
        anna, boris = self._create_salesman("tv_anna"), self._create_salesman("tv_boris")
        self.deal_type.write({"assignment": "least_loaded", "user_ids": (anna + boris).ids})
        self.env["crm.lead"].create(
            [{"name": "Load", "user_id": anna.id, "type": "opportunity"} for _number in range(2)]
        )

        self.assertEqual([self._place().user_id for _number in range(3)], [boris, boris, anna])

    @freeze_time("2026-03-06 10:00:00")  # a Friday
    def test_responsible_person_is_notified_and_has_an_activity(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        anna = self._create_salesman("tv_anna", lang="ru_RU", tz="Europe/Bucharest")
        self.deal_type.write({"assignment": "fixed", "user_ids": anna.ids})
        with patch.object(
            type(self.env["paydox.order.form"]), "_send_notice", autospec=True, side_effect=_remember_language
        ):
            _languages.clear()
            self._place()
        self.assertEqual(_languages, ["ru_RU"])

        lead = self._place()

        messages, partners = self._notified(lead)
        self.assertEqual(partners, anna.partner_id)
        self.assertEqual(len(messages), 1, "one mail, not one for each mechanism")
        self.assertIn("Olga Petrova", messages.body)
        self.assertIn("Television 43", messages.body)
        [activity] = lead.activity_ids
        self.assertEqual(activity.user_id, anna)
        self.assertEqual(activity.activity_type_id, self.env.ref("paydox_website.mail_activity_type_order"))
        self.assertEqual(str(activity.date_deadline), "2026-03-09")

    def test_order_without_anybody_waits_and_the_leader_is_told(self):
        leader = self._create_salesman("tv_leader", "sales_team.group_sale_manager")
        anna = self._create_salesman("tv_anna")
        self.deal_type.write({"assignment": "fixed", "user_ids": anna.ids})
        anna.active = False
        team = self.env["crm.team"].create({"name": "Television team", "user_id": leader.id})
        self.website.crm_default_team_id = team
        lead = self._place()

        self.assertFalse(lead.user_id)
        self.assertEqual(lead.team_id, team)
        self.assertEqual(self._notified(lead)[1], leader.partner_id)

    def test_order_without_leader_is_told_to_the_sales_managers(self):
        manager = self._create_salesman("tv_manager", "sales_team.group_sale_manager")
        outsider = self._create_salesman(
            "tv_outsider",
            "sales_team.group_sale_manager",
            company_ids=self.env["res.company"].create({"name": "Other"}).ids,
            company_id=self.env["res.company"].search([], order="id desc", limit=1).id,
        )
        self.website.crm_default_team_id = False
        lead = self._place()

        partners = self._notified(lead)[1]
        self.assertIn(manager.partner_id, partners)
        self.assertNotIn(outsider.partner_id, partners)

    # === EVENT ===#

    def test_order_is_an_event_for_rules(self):
        lead = self._place()
        event = self.env["paydox.event"].sudo().search([("key", "=", lead.sudo().order_key)])
        self.assertEqual((event.name, event.res_model, event.res_id), ("form.sent", "crm.lead", lead.id))
        self.assertIn("form.sent", dict(self.env["paydox.event"]._get_event_names()))

    def test_order_writes_one_status_event(self):
        self.assertEqual(len(self._place().status_event_ids), 1)


_languages = []


def _remember_language(_form, _lead, users, _template):
    _languages.extend(users.mapped("lang"))
