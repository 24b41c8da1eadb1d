from datetime import datetime, time, timedelta

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestReminder(PaydoxEdmsCase):
    """Whoever has to be reminded of a date is, once, whatever the scheduler went through."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.kind)
        cls.env["paydox.document.kind"].search([]).reminder_days = False
        cls.env["paydox.document.reminder"].search([]).unlink()
        cls.env["paydox.document.control.point"].search([]).sudo().unlink()

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _run(self, days=0):
        with freeze_time(datetime.combine(self._day(days), time(12))):
            # The job commits after each batch; a test must not.
            self.patch(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 1)
            self.env["paydox.document.reminder"].sudo()._cron_send()

    def _remind(self, document, user=None, **vals):
        vals = {"document_id": document.id, "days_before": 5, "to_responsible": False} | vals
        return self.env["paydox.document.reminder"].with_user(user or self.author).create(vals)

    def _told(self, document):
        rows = self.env["paydox.document.reminder.sent"].sudo().search([("document_id", "=", document.id)], order="id")
        messages = (
            document.sudo()
            .env["mail.message"]
            .search(
                [
                    ("model", "=", document._name),
                    ("res_id", "=", document.id),
                    ("subject", "=like", "Reminder: %"),
                ]
            )
        )
        partners = [partner for message in messages for partner in message.partner_ids]
        self.assertCountEqual(rows.user_id.partner_id.ids, {partner.id for partner in partners}, "ledger and messages")
        self.assertEqual(len(rows), len(partners), "ledger and messages")
        return rows.mapped(lambda row: row.user_id.name)

    def test_group_is_told_each_member_once(self):
        both = self.env["res.groups"].create(
            [
                {"name": "Accounting", "user_ids": [Command.set((self.legal | self.chief).ids)]},
                {"name": "Payments", "user_ids": [Command.set(self.legal.ids)]},
                {"name": "Nobody"},
            ]
        )
        document = self._create_document(valid_to=self._day(30), confidentiality="open")
        point = (
            self.env["paydox.document.control.point"]
            .with_user(self.author)
            .create({"document_id": document.id, "name": "Payment", "kind": "payment", "date": self._day(20)})
        )
        self._remind(document, date_field="control_point", point_kind="payment", group_ids=[Command.set(both.ids)])
        self._remind(document, date_field="control_point", point_kind="work", user_ids=[Command.set(self.director.ids)])

        for day in (14, 15, 15, 16, 17):
            self._run(day)

        self.assertCountEqual(self._told(document), ["Legal", "Chief"])
        with freeze_time(datetime.combine(self._day(17), time(12))):
            point.date = self._day(40)
        self._run(34)
        self.assertEqual(len(self._told(document)), 2, "the date moved, so did the reminder")
        self._run(35)
        self.assertEqual(len(self._told(document)), 4)

    def test_point_is_on_the_list_of_who_was_reminded_until_it_is_done(self):
        document = self._create_document(confidentiality="open")
        points = self.env["paydox.document.control.point"].with_user(self.author)
        point = points.create(
            {"document_id": document.id, "name": "Stage", "date": self._day(20), "responsible_id": self.legal.id}
        )
        self._remind(document, date_field="control_point", to_responsible=True)
        for day, summaries in ((10, []), (15, ["Stage"]), (16, ["Stage"]), (21, ["Overdue: Stage"])):
            self._run(day)
            activities = document.sudo().activity_ids.filtered(lambda activity: activity.user_id == self.legal)
            self.assertEqual(activities.mapped("summary"), summaries, day)
        point.with_user(self.legal).action_done()
        self.assertFalse(activities.exists())

    def test_days_of_the_kind_remind_after_a_dead_scheduler_and_once(self):
        self.kind.reminder_days = "7, 3"
        documents = [self._create_document(valid_to=self._day(20 + shift)) for shift in (0, 1, 2)]

        for day in (12, 16, 16):
            self._run(day)

        for document in documents:
            self.assertEqual(self._told(document), ["Author"])
        self._run(30)
        for document in documents:
            self.assertEqual(self._told(document), ["Author", "Author"])

    def test_only_those_who_may_read_are_told(self):
        document = self._create_document(valid_to=self._day(5), confidentiality="secret")
        self._remind(document, user_ids=[Command.set((self.stranger | self.manager | self.author).ids)])

        self._run()

        self.assertEqual(self._told(document), ["Author"])

    def test_repeated_and_yearly_reminders(self):
        repeated = self._create_document(valid_to=self._day(10), kind_id=self._create_kind(reminder_days=False).id)
        self._remind(repeated, days_before=6, repeat_days=3, to_author=True)
        yearly = self._create_approved(valid_from=self._day(2) - timedelta(days=730), confidentiality="open")
        self._remind(yearly, date_field="valid_from", is_yearly=True, days_before=2, to_author=True)

        for day in range(-1, 14):
            self._run(day)

        self.assertEqual(len(self._told(repeated)), 3, "6, 3 and 0 days before")
        self.assertEqual(len(self._told(yearly)), 1)
        with self.assertRaises(ValidationError):
            self._remind(yearly, date_field="valid_from", is_yearly=True, repeat_days=5)

    def test_reminder_follows_the_term_that_an_agreement_gave(self):
        contract = self._create_approved(valid_to=self._day(10))
        agreement = self._create_document(valid_to=self._day(60))
        self.env["paydox.document.link"].with_user(self.author).create(
            {"document_id": agreement.id, "target_id": contract.id, "type": "amends"}
        )
        agreement.action_submit()
        agreement.with_user(self.director).action_agree()
        self._remind(contract, to_author=True)

        self._run(6)
        self.assertFalse(self._told(contract))
        self._run(56)
        self.assertEqual(self._told(contract), ["Author"])

    def test_drafts_on_a_route_and_dead_documents_remind_of_nothing(self):
        self.kind.reminder_days = "5"
        cancelled = self._create_document(valid_to=self._day(5))
        cancelled.action_cancel()
        archived = self._create_document(valid_to=self._day(5))
        archived.active = False
        self.kind.route_id = self._create_route({"users": self.director})
        draft = self._create_document(valid_to=self._day(5))

        self._run()

        for document in (cancelled, archived, draft):
            self.assertFalse(self._told(document))

    def test_settings_are_guarded(self):
        secret = self._create_document(confidentiality="secret")
        mine = self.env["paydox.document"].with_user(self.stranger).create({"name": "mine", "kind_id": self.kind.id})
        reminder = self._remind(mine, self.stranger)

        with self.assertRaises(AccessError):
            self._remind(secret, self.stranger)
        with self.assertRaises(AccessError):
            reminder.document_id = secret
        with self.assertRaises(AccessError):
            self._remind(self.env["paydox.document"], self.author, document_id=False, kind_id=self.kind.id)
        self._remind(self.env["paydox.document"], self.manager, document_id=False, kind_id=self.kind.id)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._remind(mine, self.stranger, days_before=-1)
        sent = self.env["paydox.document.reminder.sent"]
        for user in (self.author, self.admin):
            with self.assertRaises(AccessError):
                sent.with_user(user).create({"document_id": mine.id})
