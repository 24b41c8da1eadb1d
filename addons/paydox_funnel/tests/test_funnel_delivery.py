import io
from datetime import datetime

import openpyxl
from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestFunnelDelivery(PaydoxFunnelCase):
    """The funnel is sent by hand and every week, with the numbers of the sender and to nobody by accident."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].search([]).unlink()
        for user in (cls.seller, cls.rival, cls.rival):
            cls._create_lead(user=user)
        cls.outsider_partner = cls.env["res.partner"].create({"name": "Bank", "email": "bank@example.com"})
        cls.classPatch(
            type(cls.env["paydox.funnel"]), "_render_pdf", lambda self, *args, **kwargs: (b"%PDF-1.4", "Funnel.pdf")
        )

    def _open_send(self, user=None, **values):
        window = self.env["paydox.funnel.send"].with_user(user or self.seller)
        return window.create({"partner_ids": [Command.set(self.head.partner_id.ids)], "query": {}, **values})

    def _create_subscription(self, user=None, **values):
        subscriptions = self.env["paydox.funnel.subscription"].with_user(user or self.seller)
        subscription = subscriptions.create({"name": "Monday", "recipient_ids": [Command.set(self.head.ids)], **values})
        self.env.flush_all()
        return subscription

    def _run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("paydox_funnel.ir_cron_send_funnels").with_user(1).method_direct_trigger()
        self.env.invalidate_all()

    def _sent(self):
        return self.env["mail.message"].sudo().search([("message_type", "=", "user_notification")], order="id desc")

    def test_colleague_gets_both_files_with_the_numbers_of_the_sender(self):
        self._open_send(subject="Look", body="See the bottleneck").action_send()

        message = self._sent()[:1]
        workbook = message.attachment_ids.filtered(lambda attachment: attachment.name.endswith("xlsx"))
        deals = openpyxl.load_workbook(io.BytesIO(workbook.raw))["Deals"]
        self.assertEqual(deals.max_row, 2, "a title and the one deal of the seller")
        self.assertEqual((message.subject, message.author_id), ("Look", self.seller.partner_id))
        self.assertEqual(message.notified_partner_ids, self.head.partner_id)
        self.assertEqual({name.rpartition(".")[2] for name in message.attachment_ids.mapped("name")}, {"pdf", "xlsx"})

    def test_a_window_sends_once_however_often_it_is_pressed(self):
        window = self._open_send(subject="Once")
        first = window.action_send()
        again = window.action_send()

        self.assertEqual(first, again)
        self.assertEqual(len(self._sent().filtered(lambda message: message.subject == "Once")), 1)
        subscription = self._create_subscription(name="Now")
        subscription.action_send_now()
        with self.assertRaisesRegex(UserError, "a moment ago"):
            subscription.action_send_now()
        self.assertEqual(len(self._sent().filtered(lambda message: message.subject == "Now")), 1)

    def test_outside_of_the_company_only_when_confirmed(self):
        window = self._open_send(partner_ids=[Command.set((self.head.partner_id | self.outsider_partner).ids)])
        self.assertEqual(window.outsider_names, "Bank")
        with self.assertRaisesRegex(UserError, "do not work in the company"):
            window.action_send()

        window.outsiders_confirmed = True
        window.action_send()

        self.assertIn(self.outsider_partner, self._sent()[:1].notified_partner_ids)

    def test_nothing_is_sent_without_a_file_or_to_somebody_without_address(self):
        with self.assertRaises(ValidationError):
            self._open_send(with_pdf=False, with_xlsx=False).action_send()
        mute = self.env["res.partner"].create({"name": "Mute"})
        with self.assertRaisesRegex(UserError, "no e-mail"):
            self._open_send(partner_ids=[Command.set(mute.ids)], outsiders_confirmed=True).action_send()

    def test_query_of_a_client_is_checked(self):
        for query in (["x"], "x", {"user": 1}, {"mode": "all"}, {"breakdown": "password"}, {"domain": [["x", "=", 1]]}):
            with self.subTest(query=query), self.assertRaises(UserError):
                self._open_send(query=query).action_send()

    def test_nobody_sends_from_the_window_of_another(self):
        window = self._open_send(self.head)

        with self.assertRaises(AccessError):
            window.with_user(self.seller).action_send()
        with self.assertRaises(AccessError):
            self._open_send(self.outsider)

    def test_weekly_funnel_is_sent_on_its_day_once(self):
        with freeze_time("2026-11-25 10:00:00"):  # a Wednesday
            subscription = self._create_subscription(weekday="4", hour=8)
        self.assertEqual(str(subscription.next_at), "2026-11-27 08:00:00")

        with freeze_time("2026-11-27 08:01:00"):
            for _run in range(2):
                self._run_job()

        self.assertEqual(str(subscription.next_at), "2026-12-04 08:00:00")
        self.assertEqual(len(self._sent().filtered(lambda message: message.subject == "Monday")), 1)

    def test_missed_weeks_are_sent_once(self):
        with freeze_time("2026-11-02 10:00:00"):
            subscription = self._create_subscription(weekday="0", hour=8)

        with freeze_time("2026-11-25 08:01:00"):
            self._run_job()

        self.assertEqual(len(self._sent().filtered(lambda message: message.subject == "Monday")), 1)
        self.assertEqual(str(subscription.next_at), "2026-11-30 08:00:00")

    def test_hour_is_that_of_the_owner_also_when_the_clock_changes(self):
        self.seller.tz = "Europe/Bucharest"
        with freeze_time("2026-10-20 10:00:00"):
            subscription = self._create_subscription(weekday="4", hour=8)
        self.assertEqual(str(subscription.next_at), "2026-10-23 05:00:00")

        following = subscription._get_next(datetime(2026, 10, 24, 10))
        self.assertEqual(str(following), "2026-10-30 06:00:00", "an hour later after the end of summer time")

    def test_one_that_fails_says_so_and_does_not_stop_the_others(self):
        with freeze_time("2026-11-25 10:00:00"):
            broken = self._create_subscription(weekday="4", hour=8)
            good = self._create_subscription(weekday="4", hour=8, name="Good")
        broken.sudo().recipient_ids.active = False
        good.sudo().recipient_ids = self.rival

        with (
            freeze_time("2026-11-27 08:01:00"),
            mute_logger("odoo.addons.paydox_funnel.models.paydox_funnel_subscription"),
        ):
            self._run_job()

        self.assertTrue(broken.problem)
        self.assertTrue(good.sent_at)
        self.assertGreater(broken.next_at, good.create_date)

    def test_everybody_has_his_own_weekly_funnels(self):
        subscription = self._create_subscription()

        for user in (self.rival, self.boss):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                subscription.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            self._create_subscription(self.rival, user_id=self.boss.id)
        with self.assertRaises(AccessError):
            subscription.user_id = self.boss
        with self.assertRaises(AccessError):
            subscription.next_at = "2020-01-01 00:00:00"

    def test_bad_settings_are_refused(self):
        bad = (
            {"domain": "[('no_such', '=', 1)]"},
            {"domain": "import os"},
            {"recipient_ids": []},
            {"company_id": self.env["res.company"].create({"name": "Foreign"}).id},
        )
        for values in bad:
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._create_subscription(**values)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._create_subscription(days=10**9)

    def test_weekly_funnel_starts_from_the_one_on_the_screen(self):
        query = {"domain": [["user_id", "=", self.seller.id]], "mode": "snapshot", "breakdown": "team_id"}

        context = self._open_send(query=query).action_subscribe()["context"]

        subscription = self.env["paydox.funnel.subscription"].with_user(self.seller).with_context(**context).create({})
        self.assertEqual((subscription.mode, subscription.breakdown), ("snapshot", "team_id"))
        self.assertEqual(subscription.recipient_ids, self.head)
        self.assertEqual(list(subscription._get_query()["domain"]), [("user_id", "=", self.seller.id)])

    def test_open_funnels_hear_of_moves_once_a_transaction(self):
        self.env.cr.precommit.data.pop("paydox_funnel.announced", None)
        values = self.env.cr.precommit.data.setdefault("bus.bus.values", [])
        values.clear()

        leads = self.env["crm.lead"].search([])
        leads.write({"stage_id": self._stage(self.goods, "Offer").id})
        leads[:1].set_deal_status("contract")

        moved = [value for value in values if "paydox_funnel/moved" in value["message"]]
        self.assertEqual(len(moved), 1)
        self.assertNotIn("Deal", moved[0]["message"])
