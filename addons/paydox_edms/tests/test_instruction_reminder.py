from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import mute_logger

from .common import PaydoxEdmsCase
from .common_terms import MONDAY, InstructionTermsCase


class TestInstructionReminder(InstructionTermsCase):
    """Reminders of terms: at the right moment, to the right people, once."""

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time(MONDAY))
        # The job commits after each batch; a test must not.
        self.patch(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 1)

    def _run(self, moment):
        """Run the job at a moment; return ``{(person, instruction)}`` of the new rows of the ledger."""
        self.clock.move_to(moment)
        ledger = self.env["paydox.instruction.reminder.sent"]
        before = ledger.search([])
        self.env["paydox.instruction"]._cron_remind()
        self.env.flush_all()
        return {(row.user_id, row.instruction_id.id) for row in ledger.search([]) - before}

    @contextmanager
    def _watch_messages(self):
        found = self.env["mail.message"]
        before = found.search([])
        result = []
        yield result
        self.env.flush_all()
        result.extend(found.search([], order="id") - before)

    def test_one_working_day_before_the_term_skips_the_weekend(self):
        self._create_reminder()
        instruction = self._create_instructions(deadline=datetime(2026, 11, 30, 10))

        self.assertFalse(self._run(datetime(2026, 11, 27, 9, 59)))
        self.assertEqual(self._run(datetime(2026, 11, 27, 10)), {(self.ann, instruction.id)})
        self.assertFalse(self._run(datetime(2026, 11, 27, 10, 5)), "once")

    def test_hours_are_working_hours(self):
        self._create_reminder(value=2, unit="hour")
        self._create_instructions(deadline=datetime(2026, 11, 24, 9))

        self.assertFalse(self._run(datetime(2026, 11, 23, 15, 59)))
        self.assertTrue(self._run(datetime(2026, 11, 23, 16)))

    def test_fifteen_minutes_before_a_call(self):
        self._create_reminder(kind="call", value=15, unit="minute")
        start = datetime(2026, 11, 23, 18)
        call = self._create_instructions(kind="call", start=start, deadline=start)
        self._create_instructions(deadline=start)

        self.assertFalse(self._run(datetime(2026, 11, 23, 17, 44)))
        self.assertEqual(self._run(datetime(2026, 11, 23, 17, 45)), {(self.ann, call.id)})

    def test_three_days_without_the_job_lose_nothing(self):
        self._create_reminder()
        self._create_reminder(direction="after", value=0, unit="minute", to_controller=True)
        instruction = self._create_instructions(deadline=datetime(2026, 11, 24, 12), controller_id=self.chief.id)

        found = self._run(datetime(2026, 11, 27, 9))

        self.assertEqual(found, {(self.ann, instruction.id), (self.chief, instruction.id)})
        rows = self.env["paydox.instruction.reminder.sent"].search([("user_id", "=", self.ann.id)])
        self.assertEqual(len(rows), 2, "both reminders are in the ledger")
        self.assertEqual(sorted(rows.mapped("mail_state")), ["sent", "skipped"], "one message tells both")

    def test_what_was_due_before_the_instruction_was_given_is_not_told(self):
        self._create_reminder(value=3)
        self._create_instructions(deadline=datetime(2026, 11, 24, 12))

        self.assertFalse(self._run(datetime(2026, 11, 23, 9, 5)))

    def test_another_term_is_another_reminder(self):
        self._create_reminder()
        instruction = self._create_instructions(deadline=datetime(2026, 11, 25, 12))
        self.assertTrue(self._run(datetime(2026, 11, 24, 13)))

        instruction._change_term(datetime(2026, 11, 27, 12), "later")

        self.assertFalse(self._run(datetime(2026, 11, 25, 13)))
        self.assertTrue(self._run(datetime(2026, 11, 26, 12)))

    def test_closed_instructions_are_not_reminded_of(self):
        self._create_reminder()
        instruction = self._create_instructions(deadline=datetime(2026, 11, 25, 12))
        instruction.sudo().write({"state": "done"})

        self.assertFalse(instruction.sudo().reminder_check_at)
        self.assertFalse(self._run(datetime(2026, 11, 26, 12)))

    def test_group_is_told_each_member_once_and_only_who_may_read(self):
        group = self.env["res.groups"].create(
            {"name": "Accounting", "user_ids": [Command.set([self.ann.id, self.head.id, self.stranger.id])]}
        )
        other = self.env["res.groups"].create({"name": "Others", "user_ids": [Command.set([self.head.id])]})
        self._create_reminder(to_executor=False, group_ids=[Command.set([group.id, other.id])])
        instruction = self._create_instructions(deadline=datetime(2026, 11, 25, 12))

        found = self._run(datetime(2026, 11, 24, 12))

        self.assertEqual(found, {(self.ann, instruction.id), (self.head, instruction.id)})

    def test_empty_group_tells_nobody(self):
        group = self.env["res.groups"].create({"name": "Nobody"})
        self._create_reminder(to_executor=False, group_ids=[Command.set(group.ids)])
        self._create_instructions(deadline=datetime(2026, 11, 25, 12))

        self.assertFalse(self._run(datetime(2026, 11, 24, 12)))

    def test_substitute_is_told_as_well(self):
        self._create_reminder()
        instruction = self._create_instructions(deadline=datetime(2026, 11, 25, 12))
        self.env["paydox.substitution"].create(
            {"user_id": self.ann.id, "substitute_id": self.bob.id, "date_from": "2026-11-24", "date_to": "2026-11-24"}
        )

        self.assertEqual(
            self._run(datetime(2026, 11, 24, 12)), {(self.ann, instruction.id), (self.bob, instruction.id)}
        )

    def test_co_executor_is_reminded_of_his_own_term(self):
        self._create_reminder()
        term = datetime(2026, 11, 27, 12)
        instruction = self._create_instructions(
            deadline=term,
            co_executor_ids=[Command.create({"user_id": self.bob.id, "deadline": datetime(2026, 11, 25, 12)})],
        )

        self.assertEqual(self._run(datetime(2026, 11, 24, 12)), {(self.bob, instruction.id)})
        self.assertEqual(self._run(datetime(2026, 11, 26, 12)), {(self.ann, instruction.id)})

    def test_own_reminders_come_instead_of_those_of_the_company(self):
        self._create_reminder()
        instruction = self._create_instructions(deadline=datetime(2026, 11, 27, 12))
        self.env["paydox.instruction.reminder"].with_user(self.head).create(
            {"instruction_id": instruction.id, "value": 2, "unit": "day"}
        )

        self.assertTrue(self._run(datetime(2026, 11, 25, 12)))
        self.assertFalse(self._run(datetime(2026, 11, 26, 13)))

    def test_company_with_reminders_does_not_use_those_of_all(self):
        self._create_reminder()
        self._create_reminder(company_id=self.company.id, value=2)
        self._create_instructions(deadline=datetime(2026, 11, 27, 12))

        self.assertTrue(self._run(datetime(2026, 11, 25, 12)))
        self.assertFalse(self._run(datetime(2026, 11, 26, 13)))

    def test_new_reminders_hold_for_instructions_that_run(self):
        self._create_instructions(deadline=datetime(2026, 11, 27, 12))
        self.assertFalse(self._run(datetime(2026, 11, 23, 10)))
        self._create_reminder()

        self.assertTrue(self._run(datetime(2026, 11, 26, 12)))

    def test_many_at_once_are_one_message(self):
        self._create_reminder()
        self._create_instructions(count=6, deadline=datetime(2026, 11, 25, 12))

        with self._watch_messages() as messages:
            self._run(datetime(2026, 11, 24, 12))

        self.assertEqual(len(messages), 1)
        self.assertEqual(messages[0].body.count("<a "), 6)

    def test_daily_reader_gets_one_message_in_his_morning_unless_it_is_urgent(self):
        self.ann.paydox_notice = "daily"
        self._create_reminder(value=3)
        instruction = self._create_instructions(deadline=datetime(2026, 11, 27, 6))
        self._create_reminder(direction="after", value=0, unit="minute")

        with self._watch_messages() as messages:
            self.assertEqual(self._run(datetime(2026, 11, 24, 8, 30)), {(self.ann, instruction.id)})
        self.assertEqual(len(messages), 1, "it is morning already: the daily message goes out")

        with self._watch_messages() as messages:
            self._run(datetime(2026, 11, 27, 6, 30))
        self.assertFalse(messages, "not before seven")
        with self._watch_messages() as messages:
            self._run(datetime(2026, 11, 27, 7))
        self.assertEqual(len(messages), 1)

    def test_text_is_in_the_time_zone_of_the_reader(self):
        self.ann.tz = "Asia/Vladivostok"
        self._create_reminder()
        self._create_instructions(deadline=datetime(2026, 11, 25, 12))

        with self._watch_messages() as messages:
            self._run(datetime(2026, 11, 24, 12))

        self.assertIn("10:00 PM", messages[0].body.replace("\u202f", " "))
        self.assertIn("Asia/Vladivostok", messages[0].body)

    def test_message_that_fails_does_not_stop_the_others(self):
        self._create_reminder()
        self._create_instructions(deadline=datetime(2026, 11, 25, 12))
        self._create_instructions(executor_id=self.bob.id, deadline=datetime(2026, 11, 25, 12))
        ledger = type(self.env["paydox.instruction.reminder.sent"])
        original = ledger._send_message

        def fail(rows, user):
            if user == self.ann:
                raise ValueError("no mail")
            return original(rows, user)

        with (
            patch.object(ledger, "_send_message", fail),
            mute_logger("odoo.addons.paydox_edms.models.paydox_instruction_reminder_notice"),
        ):
            self._run(datetime(2026, 11, 24, 12))

        rows = self.env["paydox.instruction.reminder.sent"].search([])
        self.assertEqual({row.user_id: row.mail_state for row in rows}, {self.ann: "failed", self.bob: "sent"})

    def test_killed_job_goes_on_where_it_was(self):
        self._create_reminder()
        self._create_instructions(count=3, deadline=datetime(2026, 11, 25, 12))
        self.clock.move_to(datetime(2026, 11, 24, 12))
        module = "odoo.addons.paydox_edms.models.paydox_instruction_remind.BATCH"
        cron = type(self.env["ir.cron"])

        with patch(module, 1), patch.object(cron, "_commit_progress", lambda *args, **kwargs: 0):
            self.env["paydox.instruction"]._cron_remind()
        ledger = self.env["paydox.instruction.reminder.sent"]
        self.assertEqual(len(ledger.search([])), 1)

        self.env["paydox.instruction"]._cron_remind()
        self.assertEqual(len(ledger.search([])), 3)

    def test_job_asks_to_be_woken_for_the_next_one(self):
        self._create_reminder()
        self._create_instructions(deadline=datetime(2026, 11, 25, 12))

        self._run(datetime(2026, 11, 23, 9, 1))

        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("paydox_edms.ir_cron_remind_instructions").id)]
        )
        self.assertIn(datetime(2026, 11, 24, 12), triggers.mapped("call_at"))

    def test_queries_do_not_grow_with_the_number_of_instructions(self):
        self._create_reminder()
        counts = []
        for number, count in enumerate((2, 12)):
            self._create_instructions(count=count, deadline=datetime(2026, 11, 25 + number, 12))
            self.clock.move_to(datetime(2026, 11, 24 + number, 12))
            batch = self.env["paydox.instruction"].search(
                [("reminder_check_at", "!=", False)], order="id desc", limit=count
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with patch.object(type(self.env["paydox.instruction.reminder.sent"]), "_deliver", lambda rows, user: None):
                batch._remind(datetime(2026, 11, 24 + number, 12), {})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)

        self.assertLessEqual(counts[1], counts[0] + 2)

    # === RIGHTS === #

    def test_ledger_cannot_be_written_by_hand(self):
        self._create_reminder()
        instruction = self._create_instructions(deadline=datetime(2026, 11, 25, 12))
        self._run(datetime(2026, 11, 24, 12))
        row = self.env["paydox.instruction.reminder.sent"].search([])

        for user in (self.ann, self.manager, self.admin):
            as_user = row.with_user(user)
            with self.assertRaises(AccessError):
                as_user.write({"closed_at": MONDAY})
            with self.assertRaises(AccessError):
                as_user.unlink()
            with self.assertRaises(AccessError):
                as_user.create({"instruction_id": instruction.id, "user_id": user.id, "term": MONDAY, "due_at": MONDAY})

    @mute_logger("odoo.sql_db")
    def test_database_refuses_the_same_reminder_twice(self):
        self._create_reminder()
        self._create_instructions(deadline=datetime(2026, 11, 25, 12))
        self._run(datetime(2026, 11, 24, 12))
        row = self.env["paydox.instruction.reminder.sent"].search([])
        values = {name: row[name].id for name in ("instruction_id", "reminder_id", "user_id")}

        # The job that meets a row of another one leaves it out and goes on.
        again = (values["instruction_id"], values["reminder_id"], values["user_id"], row.term, row.due_at, None)
        self.assertFalse(row._claim([again]))
        with self.assertRaises(IntegrityError):
            row.create(values | {"term": row.term, "due_at": row.due_at})

    def test_stranger_sets_no_reminder_of_an_instruction(self):
        instruction = self._create_instructions(deadline=datetime(2026, 11, 25, 12))

        with self.assertRaises(AccessError):
            self.env["paydox.instruction.reminder"].with_user(self.stranger).create({"instruction_id": instruction.id})

    def test_reminder_cannot_be_moved_to_the_instruction_of_others(self):
        own = self._create_instructions(author_id=self.stranger.id, deadline=datetime(2026, 11, 25, 12))
        other = self._create_instructions(deadline=datetime(2026, 11, 25, 12))
        reminder = self.env["paydox.instruction.reminder"].with_user(self.stranger).create({"instruction_id": own.id})

        with self.assertRaises(AccessError):
            reminder.write({"instruction_id": other.id})

    def test_only_managers_set_reminders_of_the_company(self):
        with self.assertRaises(AccessError):
            self.env["paydox.instruction.reminder"].with_user(self.head).create({"value": 1})

        self.assertTrue(self.env["paydox.instruction.reminder"].with_user(self.manager).create({"value": 1}))

    def test_reminder_of_nobody_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "whom to remind"):
            self._create_reminder(to_executor=False)


class TestInstructionPopup(InstructionTermsCase):
    """The pop-up of a person: shown when he comes, snoozed, closed."""

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time(MONDAY))
        # The job commits after each batch; a test must not.
        self.patch(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 1)
        self._create_reminder(value=15, unit="minute")
        self.instruction = self._create_instructions(deadline=datetime(2026, 11, 23, 12))
        self.clock.move_to(datetime(2026, 11, 23, 11, 45))
        self.env["paydox.instruction"]._cron_remind()
        self.ledger = self.env["paydox.instruction.reminder.sent"].with_user(self.ann)

    def _popups(self):
        self.env.flush_all()
        return self.ledger.get_popups()

    def test_comes_fifteen_minutes_before_and_again_after_ten_minutes(self):
        [popup] = self._popups()["popups"]
        self.assertEqual((popup["name"], popup["is_late"]), ("Call the client", False))

        self.ledger.browse(popup["id"]).action_snooze("10")

        answer = self._popups()
        self.assertFalse(answer["popups"])
        self.assertAlmostEqual(answer["next"], 600, delta=2)
        self.clock.tick(timedelta(minutes=10))
        self.assertEqual(len(self._popups()["popups"]), 1)

    def test_waits_for_who_was_not_there(self):
        self.clock.move_to(datetime(2026, 11, 26, 9))

        [popup] = self._popups()["popups"]

        self.assertTrue(popup["is_late"])

    def test_closed_does_not_come_again(self):
        [popup] = self._popups()["popups"]

        self.ledger.browse(popup["id"]).action_close()

        self.assertEqual(self._popups(), {"popups": [], "next": False})

    def test_tomorrow_is_the_next_working_day(self):
        self.clock.move_to(datetime(2026, 11, 27, 16))
        [popup] = self._popups()["popups"]

        self.ledger.browse(popup["id"]).action_snooze("tomorrow")

        row = self.ledger.sudo().browse(popup["id"])
        self.assertEqual(row.show_at.date(), datetime(2026, 11, 30).date())
        self.assertEqual(row.show_at.hour, 8)

    def test_of_a_closed_instruction_nothing_is_shown(self):
        self.instruction.sudo().write({"state": "done"})

        self.assertFalse(self._popups()["popups"])

    def test_others_neither_see_nor_close_it(self):
        row = self.ledger.sudo().search([])

        self.assertFalse(row.with_user(self.bob).get_popups()["popups"])
        for verb in (
            lambda: row.with_user(self.bob).action_close(),
            lambda: row.with_user(self.bob).action_snooze("10"),
        ):
            with self.assertRaises(AccessError):
                verb()
        self.assertFalse(row.closed_at)

    def test_only_known_delays(self):
        with self.assertRaises(UserError):
            self.ledger.sudo().search([]).with_user(self.ann).action_snooze(100000)


class TestShippedReminders(PaydoxEdmsCase):
    def test_tasks_calls_meetings_and_reminders_are_reminded_of(self):
        shipped = self.env["paydox.instruction.reminder"].search([("company_id", "=", False)])

        before = shipped.filtered(lambda reminder: reminder.direction == "before")
        self.assertEqual(set(before.mapped("kind")), {"task", "call", "meeting", "reminder"})
        after = shipped - before
        self.assertTrue(after)
        self.assertTrue(all(after.mapped("to_controller")))
