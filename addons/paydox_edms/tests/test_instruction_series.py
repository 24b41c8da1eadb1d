from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tools import mute_logger

from .common_terms import MONDAY, InstructionTermsCase


class TestInstructionSeries(InstructionTermsCase):
    """Repeating instructions: each day once, whatever was missed."""

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time(MONDAY))
        # The job commits after each batch; a test must not.
        self.patch(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 1)

    def _create_series(self, user=None, **overrides):
        vals = {
            "name": "Report of the week",
            "executor_id": self.ann.id,
            "start_date": "2026-11-23",
            "unit": "week",
            "on_day_off": "next",
        }
        return self.env["paydox.instruction.series"].with_user(user or self.head).create(vals | overrides)

    def _run(self, moment=None):
        if moment:
            self.clock.move_to(moment)
        self.env["paydox.instruction.series"]._cron_make()
        self.env.flush_all()

    def _days(self, series):
        return sorted(series.sudo().instruction_ids.mapped("series_date"))

    def _terms(self, series):
        return series.sudo().instruction_ids.sorted("deadline").mapped("deadline")

    def test_next_one_is_given_on_its_day_with_its_term(self):
        series = self._create_series(co_executor_user_ids=[Command.set(self.bob.ids)], controller_id=self.chief.id)

        self._run()
        self._run()

        [instruction] = series.sudo().instruction_ids
        self.assertEqual(instruction.deadline, datetime(2026, 11, 23, 18))
        self.assertEqual((instruction.state, instruction.executor_id), ("assigned", self.ann))
        self.assertEqual((instruction.author_id, instruction.controller_id), (self.head, self.chief))
        self.assertEqual(instruction.co_executor_ids.user_id, self.bob)
        self.assertEqual(series.next_date, date(2026, 11, 30))

    def test_missed_weeks_are_made_up_for_once(self):
        series = self._create_series()

        self._run(datetime(2026, 12, 7, 9))
        self._run(datetime(2026, 12, 7, 9, 30))

        given = series.sudo().instruction_ids.sorted("series_date")
        self.assertEqual([day.day for day in given.mapped("series_date")], [23, 30, 7])
        self.assertEqual(set(given.mapped("deadline")), {datetime(2026, 12, 7, 18)}, "no term is over when it is given")

    def test_what_was_missed_long_ago_is_left_out_and_said_so(self):
        series = self._create_series()

        self._run(datetime(2027, 1, 4, 9))

        self.assertEqual(self._days(series), [date(2026, 12, 21), date(2026, 12, 28), date(2027, 1, 4)])
        self.assertIn("4 of long ago", str(series.sudo().message_ids[0].body))

    def test_given_ahead_of_its_term(self):
        series = self._create_series(start_date="2026-11-27", lead_days=2)

        self._run(datetime(2026, 11, 24, 9))
        self.assertFalse(self._terms(series))
        self._run(datetime(2026, 11, 25, 9))
        self.assertEqual(self._terms(series), [datetime(2026, 11, 27, 18)])

    def test_day_off_moves_to_the_next_working_day(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 11, 30, 0),
                "date_to": datetime(2026, 11, 30, 23, 59),
            }
        )
        series = self._create_series()

        self._run()
        self._run(datetime(2026, 11, 30, 9))
        self.assertEqual(len(self._terms(series)), 1)
        self._run(datetime(2026, 12, 1, 9))

        self.assertEqual([term.day for term in self._terms(series)], [23, 1])

    def test_daily_leaves_out_the_weekend(self):
        series = self._create_series(unit="day", on_day_off="skip", start_date="2026-11-26")

        for day in range(26, 31):
            self._run(datetime(2026, 11, day, 9))

        self.assertEqual([term.day for term in self._terms(series)], [26, 27, 30])

    def test_daily_cannot_move_to_another_day(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._create_series(unit="day", on_day_off="next")

    def test_form_of_a_daily_one_leaves_days_off_out(self):
        with Form(self.env["paydox.instruction.series"].with_user(self.head)) as form:
            form.name = "Cash report"
            form.executor_id = self.ann
            form.unit = "day"

        self.assertEqual(form.record.on_day_off, "skip")

    def test_ends_after_a_number_of_times(self):
        series = self._create_series(end_kind="count", count=2)

        self._run(datetime(2026, 12, 7, 9))

        self.assertEqual(len(self._terms(series)), 2)
        self.assertFalse(series.next_date)
        with self.assertRaisesRegex(UserError, "has ended"):
            series.action_make_next()

    def test_ends_on_a_day(self):
        series = self._create_series(end_kind="until", until="2026-11-30")

        self._run(datetime(2026, 12, 14, 9))

        self.assertEqual(self._days(series), [date(2026, 11, 30)])

    def test_changes_apply_to_the_coming_ones(self):
        series = self._create_series()
        self._run()

        series.write({"name": "Report of the fortnight", "interval": 2, "executor_id": self.bob.id})
        self._run(datetime(2026, 12, 7, 9))

        first, second = series.sudo().instruction_ids.sorted("deadline")
        self.assertEqual((first.name, first.executor_id), ("Report of the week", self.ann))
        self.assertEqual((second.name, second.executor_id), ("Report of the fortnight", self.bob))
        self.assertEqual(second.deadline.date(), date(2026, 12, 7))

    def test_given_now_is_not_given_again_on_its_day(self):
        series = self._create_series(start_date="2026-11-30")

        series.action_make_next()
        self._run(datetime(2026, 11, 30, 9))

        self.assertEqual(self._terms(series), [datetime(2026, 11, 30, 18)])

    def test_term_keeps_its_hour_when_the_clock_changes(self):
        self.ann.tz = "Europe/Bucharest"
        series = self._create_series(start_date="2027-03-22")

        self._run(datetime(2027, 3, 22, 9))
        self._run(datetime(2027, 3, 29, 9))

        self.assertEqual([term.hour for term in self._terms(series)], [16, 15])

    def test_meetings_and_reminders_have_their_time(self):
        meeting = self._create_series(kind="meeting", term_hour=10, duration=2)
        reminder = self._create_series(kind="reminder", term_hour=10)

        self._run()

        [made] = meeting.sudo().instruction_ids
        self.assertEqual((made.start, made.stop), (datetime(2026, 11, 23, 10), datetime(2026, 11, 23, 12)))
        self.assertEqual(reminder.sudo().instruction_ids.remind_at, datetime(2026, 11, 23, 10))

    def test_one_that_fails_says_why_is_tried_again_and_stops_no_other(self):
        bad, good = self._create_series(), self._create_series(executor_id=self.bob.id)
        model = type(self.env["paydox.instruction"])
        original = model._assign_many
        error = UserError("Ann has left.")

        def assign(instructions, vals_list):
            if vals_list[0]["executor_id"] == self.ann.id:
                raise error
            return original(instructions, vals_list)

        with patch.object(model, "_assign_many", assign):
            self._run()
            self._run()

        self.assertEqual(bad.problem, "Ann has left.")
        notices = self.env["mail.message"].search(
            [("model", "=", bad._name), ("res_id", "=", bad.id), ("message_type", "=", "user_notification")]
        )
        self.assertEqual(len(notices), 1, "the author is told once")
        self.assertTrue(self._terms(good))
        self._run()
        self.assertTrue(self._terms(bad))
        self.assertFalse(bad.problem)

    @mute_logger("odoo.sql_db")
    def test_database_refuses_the_same_day_twice(self):
        series = self._create_series()
        self._run()
        values = series.sudo()._prepare_instruction(date(2026, 11, 23), date(2026, 11, 23), lambda day: True)

        with self.assertRaises(IntegrityError):
            self.env["paydox.instruction"]._assign_many([values])

    def test_archived_ones_give_nothing(self):
        series = self._create_series()
        series.active = False

        self._run()

        self.assertFalse(self._terms(series))

    # === RIGHTS === #

    def test_others_do_not_change_it(self):
        series = self._create_series()

        for user in (self.ann, self.stranger, self.manager):
            with self.assertRaises(AccessError):
                series.with_user(user).write({"name": "Mine"})
            with self.assertRaises(AccessError):
                series.with_user(user).action_make_next()
        self.assertTrue(series.with_user(self.ann).name)
        with self.assertRaises(AccessError):
            self.env.invalidate_all()
            series.with_user(self.stranger).read(["name"])

    def test_nobody_gives_in_the_name_of_another(self):
        with self.assertRaises(AccessError):
            self._create_series(user=self.stranger, author_id=self.director.id)
        series = self._create_series(user=self.stranger)
        series.sudo().write({"last_date": "2026-11-23", "problem": "Nobody"})
        for vals in (
            {"author_id": self.director.id},
            {"author_id": False},
            {"last_date": "2030-01-01"},
            {"last_date": False},
            {"last_date": self.stranger.id},
            {"problem": "x"},
            {"problem": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                series.write(vals)
        series.write({"author_id": self.stranger.id, "name": "What a form sends back"})

    def test_portal_user_is_no_executor(self):
        portal = self.env["res.users"].create(
            {"name": "P", "login": "edms_p", "group_ids": [Command.set(self.env.ref("base.group_portal").ids)]}
        )
        with self.assertRaises(ValidationError):
            self._create_series(executor_id=portal.id)

    def test_coming_terms_are_shown(self):
        self.assertTrue(self._create_series().preview.startswith("23.11.2026, 30.11.2026"))
