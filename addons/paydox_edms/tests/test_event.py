from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError

from odoo.addons.base.tests.test_ir_cron import CronMixinCase
from odoo.addons.paydox_edms.models.paydox_event import MAX_ATTEMPTS, PaydoxEvent

from .common import PaydoxEdmsCase


class TestEvent(PaydoxEdmsCase, CronMixinCase):
    def _events(self, document):
        domain = [("res_model", "=", document._name), ("res_id", "=", document.id)]
        return self.env["paydox.event"].search(domain, order="id")

    def _dispatch(self):
        with self.enter_registry_test_mode():
            self.env.ref("paydox_edms.ir_cron_dispatch_events").with_user(1).method_direct_trigger()
        self.env.invalidate_all()

    def test_each_business_action_writes_its_event_once(self):
        document = self._create_submitted({"users": self.director, "kind": "sign"})
        document.with_user(self.director).action_agree()
        document.action_register()
        document.action_execute()

        names = self._events(document).mapped("name")

        self.assertEqual(
            names,
            [
                "document.submitted",
                "document.approved",
                "document.signed",
                "document.registered",
                "document.executed",
            ],
        )
        self.assertLessEqual(set(names), {name for name, _label in self.env["paydox.event"]._get_event_names()})

    def test_refusal_and_cancellation_write_events(self):
        document = self._create_submitted({"users": self.director})
        document.with_user(self.director).action_refuse("No")
        document.action_cancel()

        self.assertEqual(
            self._events(document).mapped("name"), ["document.submitted", "document.refused", "document.cancelled"]
        )

    def test_event_with_a_known_key_is_not_written_again(self):
        document = self._create_document()
        events = self.env["paydox.event"]

        first = events._emit("document.approved", document, "one")
        again = events._emit("document.approved", document, "one", {"x": 1})

        self.assertEqual(first, again)
        self.assertEqual(len(self._events(document)), 1)

    def test_event_wakes_up_the_consumers(self):
        cron = self.env.ref("paydox_edms.ir_cron_dispatch_events")
        with self.capture_triggers(cron.id) as capture:
            self._create_document().action_register()

        self.assertEqual(len(capture.records), 1)

    def test_failure_of_one_event_leaves_the_others_alone(self):
        bad, good = self._create_document(), self._create_document()
        (bad | good).action_register()
        bad_event, good_event = self._events(bad), self._events(good)

        def consume(event):
            event.env["res.partner"].create({"name": f"Trace {event.id}"})
            if event.res_id == bad.id:
                raise ValueError("broken rule")

        with patch.object(PaydoxEvent, "_consume", consume):
            self._dispatch()

        self.assertEqual(good_event.state, "done")
        self.assertRecordValues(bad_event, [{"state": "pending", "attempts": 1, "error": "broken rule"}])
        traces = self.env["res.partner"].search([("name", "=like", "Trace %")])
        self.assertEqual(traces.mapped("name"), [f"Trace {good_event.id}"], "what a failed consumer did is undone")

    def test_event_is_tried_again_and_then_given_up(self):
        document = self._create_document()
        document.action_register()
        event = self._events(document)

        with patch.object(PaydoxEvent, "_consume", side_effect=ValueError("broken rule")):
            for attempt in range(MAX_ATTEMPTS):
                self.assertEqual((event.state, event.attempts), ("pending", attempt))
                with freeze_time(fields.Datetime.now() + timedelta(hours=attempt + 1)):
                    self._dispatch()

        self.assertEqual((event.state, event.attempts), ("failed", MAX_ATTEMPTS))

    def test_consumed_event_is_not_consumed_again(self):
        self._create_document().action_register()
        seen = []

        with patch.object(PaydoxEvent, "_consume", lambda event: seen.append(event.id)):
            self._dispatch()
            self._dispatch()

        self.assertEqual(len(seen), len(set(seen)))
        self.assertTrue(seen)

    def test_old_events_are_removed_only_when_done(self):
        done, pending = self._create_document(), self._create_document()
        done.action_register()
        self._dispatch()
        pending.action_register()
        done_event, pending_event = self._events(done), self._events(pending)

        with freeze_time(fields.Datetime.now() + timedelta(days=400)):
            self.env["paydox.event"]._gc_done()

        self.assertFalse(done_event.exists())
        self.assertTrue(pending_event.exists())

    def test_outbox_is_for_administrators_of_the_system_only(self):
        document = self._create_document()
        document.action_register()
        event = self._events(document)

        self.assertTrue(event.with_user(self.admin).read(["name"]))
        for user in (self.author, self.clerk, self.manager):
            with self.assertRaises(AccessError):
                event.with_user(user).read(["name"])
        for user in (self.author, self.admin):
            with self.assertRaises(AccessError):
                event.with_user(user).create({"name": "x", "key": "x", "res_model": "res.users", "res_id": 1})
            with self.assertRaises(AccessError):
                event.with_user(user).write({"state": "pending"})
            with self.assertRaises(AccessError):
                event.with_user(user).unlink()
