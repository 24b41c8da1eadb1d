from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from odoo.addons.base.models.ir_mail_server import IrMail_Server


@tagged("post_install", "-at_install")
class TestContact(TransactionCase):
    """The employee reaches contacts, each way leaves a row."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = new_test_user(
            cls.env, "ct_employee", groups="base.group_user", tz="Europe/Moscow", email="ct@example.com"
        )
        russia, romania = cls.env.ref("base.ru"), cls.env.ref("base.ro")
        cls.firm = cls.env["res.partner"].create({"name": "Firm", "is_company": True, "country_id": romania.id})
        cls.anna = cls.env["res.partner"].create(
            {
                "name": "Anna",
                "parent_id": cls.firm.id,
                # with an address of his own
                "type": "other",
                "email": "anna@example.com",
                "phone": "+40 721 123 456",
                "country_id": russia.id,
                "state_id": cls.env.ref("base.state_ru_pri").id,
            }
        )
        cls.bare = cls.env["res.partner"].create({"name": "Bare", "parent_id": cls.firm.id})
        cls.portal = new_test_user(cls.env, "ct_portal", groups="base.group_portal", email="portal@example.com")

    def setUp(self):
        super().setUp()
        self.contact = self.anna.with_user(self.employee)

    def _interactions(self, partner):
        return self.env["paydox.interaction"].search([("partner_id", "=", partner.id)])

    @freeze_time("2026-01-14 09:00:00")
    def test_local_time_is_that_of_the_region(self):
        self.anna.invalidate_recordset()

        self.assertEqual(self.contact.local_time, "19:00 (UTC+10:00)")
        self.assertTrue(self.contact.is_outside_hours)
        self.assertIn("Primorsky", self.contact.region_name)

    @freeze_time("2026-01-14 09:00:00")
    def test_contact_without_address_lives_where_the_firm_is(self):
        bare = self.bare.with_user(self.employee)
        bare.invalidate_recordset()

        self.assertEqual((bare.region_name, bare.local_time), ("Romania", "11:00 (UTC+02:00)"))
        self.assertFalse(bare.is_outside_hours)

    @freeze_time("2026-01-14 09:00:00")
    def test_zone_that_somebody_chose_wins(self):
        self.bare.tz = "Asia/Tokyo"
        bare = self.bare.with_user(self.employee)
        bare.invalidate_recordset()

        self.assertEqual(bare.local_time, "18:00 (UTC+09:00)")
        self.assertTrue(bare.is_outside_hours)

    def test_call_is_dialled_and_logged(self):
        self.env["ir.config_parameter"].set_param("paydox_crm.call_protocol", "sip")

        action = self.contact.action_contact_call()

        self.assertEqual(action["params"]["url"], "sip:+40721123456")
        call = self._interactions(self.anna)
        self.assertEqual((call.channel, call.user_id, call.needs_result), ("call", self.employee, True))
        self.assertEqual(action["params"]["next"]["res_id"], call.id)

    def test_unknown_protocol_dials_by_tel(self):
        self.env["ir.config_parameter"].set_param("paydox_crm.call_protocol", "javascript")

        self.assertTrue(self.contact.action_contact_call()["params"]["url"].startswith("tel:+"))

    def test_what_cannot_be_used_says_why(self):
        bare = self.bare.with_user(self.employee)

        obstacles = bare.contact_channels

        self.assertTrue(all(obstacles[channel] for channel in ("email", "call", "sms", "message")), obstacles)
        for verb in (bare.action_contact_email, bare.action_contact_call, bare.action_contact_sms):
            with self.assertRaises(UserError):
                verb()
        self.assertFalse(self._interactions(self.bare))

    def test_malformed_phone_is_not_dialled(self):
        self.anna.phone = "call me maybe"

        with self.assertRaises(UserError):
            self.contact.action_contact_call()

    def test_who_opted_out_gets_nothing(self):
        self.env["mail.blacklist"].sudo()._add("anna@example.com")
        self.env["phone.blacklist"].sudo().add(self.anna.phone_sanitized)
        self.anna.invalidate_recordset()

        for verb in (self.contact.action_contact_email, self.contact.action_contact_sms):
            with self.assertRaises(UserError):
                verb()

    def test_archived_contact_is_not_reached(self):
        self.anna.active = False

        with self.assertRaises(UserError):
            self.contact.action_contact_call()

    def test_message_goes_to_those_only_who_have_a_login(self):
        with self.assertRaises(UserError):
            self.contact.action_contact_message("Hello")

        partner = self.portal.partner_id
        partner.with_user(self.employee).action_contact_message("Hello")

        self.assertEqual(self._interactions(partner).channel, "message")

    def test_letter_is_logged_once(self):
        action = self.contact.action_contact_email()
        composer = Form(self.env["mail.compose.message"].with_user(self.employee).with_context(**action["context"]))
        composer.subject, composer.body = "Offer", "<p>Our offer</p>"

        composer.save().action_send_mail()

        letter = self._interactions(self.anna)
        self.assertEqual((letter.channel, letter.state, letter.name), ("email", "done", "Offer"))
        items = self.contact.get_timeline()["items"]
        self.assertEqual([item["source"] for item in items if "offer" in str(item["detail"])], ["message"])

    def test_letter_that_fails_is_recorded_as_failed(self):
        message = self.contact.message_post(
            body="Offer", message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=self.anna.ids
        )

        self.env["mail.notification"].sudo().search([("mail_message_id", "=", message.id)]).write(
            {"notification_status": "bounce", "failure_type": "mail_bounce"}
        )

        letter = self._interactions(self.anna)
        self.assertEqual(letter.state, "failed")
        self.assertTrue(letter.failure)

    def test_letters_to_many_name_those_who_get_none(self):
        boris = self.env["res.partner"].create({"name": "Boris", "email": "boris@example.com"})
        self.env["mail.blacklist"].sudo()._add("boris@example.com")
        people = self.anna | self.bare | boris
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.employee)
            .create(
                {
                    "composition_mode": "mass_mail",
                    "model": "res.partner",
                    "res_ids": repr(people.ids),
                    "subject": "Offer",
                    "body": "<p>Dear {{ object.name }}</p>",
                }
            )
        )

        with patch.object(IrMail_Server, "send_email", lambda *args, **kwargs: "sent"):
            result = composer.action_send_mail()

        states = {partner: self._interactions(partner).state for partner in people}
        self.assertEqual(states, {self.anna: "done", self.bare: "failed", boris: "failed"})
        self.assertEqual(result["tag"], "display_notification")
        self.assertIn("Bare", result["params"]["message"])

    def test_counterparty_of_another_company_is_not_reached(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["res.partner"].create({"name": "F", "phone": "+40721123457", "company_id": company.id})

        for verb in ("action_contact_call", "action_contact_email", "action_contact_sms", "action_contact_message"):
            with self.assertRaises(AccessError):
                getattr(foreign.with_user(self.employee), verb)()
