from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import ExclusionViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestMapping(PaydoxFunnelCase):
    """A change of mapping applies from its day; periods before keep the former one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.offer = cls._stage(cls.goods, "Offer").with_user(cls.boss)
        cls.env["paydox.stage.mapping"].search([("stage_id", "in", cls.goods.stage_ids.ids)]).date_from = (
            cls.today - timedelta(days=100)
        )

    def _plan(self, status, days, stage=None, **values):
        window = Form(
            self.env["crm.stage.plan.status"]
            .with_user(self.boss)
            .with_context(default_stage_id=(stage or self.offer).id)
        )
        window.status_id, window.date_from = self.status[status], self.today + timedelta(days=days)
        for name, value in values.items():
            window[name] = value
        return window.save().action_apply()

    def _run_job(self, days):
        progress = patch.object(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 60)
        with progress, freeze_time(fields.Datetime.now() + timedelta(days=days)):
            self.env["paydox.stage.mapping"]._cron_apply()

    def _status_on(self, days):
        found = self.offer.status_on(self.today + timedelta(days=days))[self.offer.id]
        return self.env["paydox.deal.status"].browse(found).code

    def test_planned_change_applies_from_its_day(self):
        lead = self._create_lead(stage="Offer")
        self._plan("contract", 10, reason="New year")
        self.assertIn("Contract", self.offer.planned_summary)

        self._run_job(9)
        self.assertHistory(lead, "offer")
        self._run_job(10)

        self.assertHistory(lead, "offer", "contract")
        self.assertEqual(lead.status_event_id.reason, "New year")
        self.assertEqual(
            [self._status_on(days) for days in (-5, 9, 10, 99)], ["offer", "offer", "contract", "contract"]
        )
        self.assertFalse(self.offer.planned_summary)

    def test_change_that_a_dead_scheduler_missed_stands_in_the_history_on_its_day(self):
        lead = self._create_lead(stage="Offer")
        self._plan("contract", 3)

        self._run_job(8)
        self._run_job(9)

        self.assertHistory(lead, "offer", "contract")
        self.assertEqual(lead.status_event_id.occurred_at.date(), self.today + timedelta(days=3))

    def test_change_of_today_keeps_what_was_before(self):
        lead = self._create_lead(stage="Offer")
        before = lead.status_event_ids

        self._plan("contract", 0)

        self.assertHistory(lead, "offer", "contract")
        self.assertEqual(before.to_status_id.code, "offer")
        self.assertEqual([self._status_on(days) for days in (-1, 0)], ["offer", "contract"])
        self.offer.status_id = self.status["offer"]
        self.assertEqual([self._status_on(days) for days in (-1, 0)], ["offer", "offer"])

    def test_past_periods_are_not_mapped_anew(self):
        with self.assertRaisesRegex(UserError, "Past periods"):
            self._plan("contract", -1)

    def test_one_change_is_planned_at_a_time_and_can_be_cancelled(self):
        self._plan("contract", 10)

        with self.assertRaisesRegex(UserError, "planned already"):
            self._plan("paid", 5)
        self.offer.action_cancel_planned_status()
        self._plan("paid", 5)

        self._run_job(20)
        self.assertEqual(self._status_on(20), "paid")

    def test_change_by_hand_leaves_the_planned_one(self):
        self._plan("paid", 10)
        self.offer.status_id = self.status["contract"]

        self.assertEqual([self._status_on(days) for days in (-1, 0, 9, 10)], ["offer", "contract", "contract", "paid"])

    def test_mapping_that_would_run_backwards_is_refused_on_every_way(self):
        call = self._stage(self.goods, "Call").with_user(self.boss)
        ways = {
            "stage": lambda: call.write({"status_id": self.status["paid"].id}),
            "today": lambda: self._plan("paid", 0, stage=call),
            "planned": lambda: self._plan("paid", 9, stage=call),
            "type": lambda: self.goods.with_user(self.boss).write(
                {"stage_ids": [Command.update(call.id, {"status_id": self.status["paid"].id})]}
            ),
            "order": lambda: self.goods.stage_ids[::-1].with_user(self.boss).web_resequence({}),
        }
        for name, way in ways.items():
            with self.subTest(name), self.assertRaises(ValidationError):
                way()
        self.assertEqual(call.status_id.code, "new")

        self.goods.allow_status_backwards = True
        call.status_id = self.status["paid"]

    def test_stages_changed_together_are_judged_at_the_end(self):
        call, offer = self._stage(self.goods, "Call"), self._stage(self.goods, "Offer")

        self.goods.with_user(self.boss).write(
            {
                "stage_ids": [
                    Command.update(call.id, {"status_id": self.status["contract"].id}),
                    Command.update(offer.id, {"status_id": self.status["paid"].id}),
                ]
            }
        )

        self.assertEqual(self.goods.stage_ids.status_id.mapped("code"), ["contract", "paid", "won"])

    def test_planned_change_is_checked_when_it_is_planned(self):
        self.status["paid"].active = False
        for code in ("lost", "paid"):
            with self.subTest(code), self.assertRaises(ValidationError):
                self.offer._plan_status(self.status[code], self.today + timedelta(days=5))
        self.assertEqual(self.offer.status_id.code, "offer")
        self.assertFalse(self.offer.planned_summary)

    def test_history_of_the_mapping_is_written_by_the_system_only(self):
        row = self.offer.mapping_ids

        for user in (self.seller, self.boss, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"status_id": self.status["paid"].id})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
        with self.assertRaises(AccessError):
            self.offer.with_user(self.seller).action_cancel_planned_status()
        with mute_logger("odoo.sql_db"), self.assertRaises(ExclusionViolation), self.env.cr.savepoint():
            row.sudo().copy({"date_from": self.today})

    def test_day_that_makes_no_sense_is_refused(self):
        for day in (None, "", "soon", 7, [], "2026-13-40"):
            with self.subTest(day), self.assertRaises(UserError):
                self.offer.status_on(day)

    def test_status_that_a_stage_once_stood_for_is_not_deleted(self):
        status = self.env["paydox.deal.status"].create({"name": "Once", "code": "once", "sequence": 31})
        self.offer.status_id = status
        self.offer.status_id = self.status["offer"]

        with self.assertRaises(UserError):
            status.unlink()
