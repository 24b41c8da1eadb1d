from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import warmup
from odoo.tools import mute_logger

from .common_case import PaydoxCaseCase


class TestCaseInstruction(PaydoxCaseCase):
    """Steps give instructions, calls and meetings, and end with them."""

    def _given(self, case, number=1):
        return self._step(case, number).instruction_id.sudo()

    def test_step_gives_an_instruction_in_the_name_of_the_owner_and_ends_with_it(self):
        case = self._start_case({"users": self.legal, "term_value": 2}, {"kind": "milestone"})
        instruction = self._given(case)
        self.assertRecordValues(
            instruction,
            [{"state": "assigned", "author_id": self.author.id, "executor_id": self.legal.id, "kind": "task"}],
        )
        self.assertEqual(instruction.deadline, self._step(case, 1).deadline)
        self.assertEqual(instruction.activity_ids.user_id, self.legal)
        self.assertTrue(case.with_user(self.legal).name)

        instruction.with_user(self.legal).action_report("Read and agreed")

        self.assertStates(case, "done", "done")
        self.assertEqual(self._step(case, 1).report, "Read and agreed")
        self.assertFalse(instruction.activity_ids)

    def test_button_on_the_step_reports_the_instruction(self):
        case = self._start_case({"users": self.legal}, {"kind": "milestone"})

        self._step(case.with_user(self.legal), 1).action_done("Ready")

        self.assertStates(case, "done", "done")
        self.assertEqual(self._given(case).reported_by_id, self.legal)

    def test_who_leads_the_case_may_say_that_it_is_done(self):
        case = self._start_case({"users": self.legal})

        self._step(case, 1).action_done("Told by phone")

        self.assertEqual((self._given(case).state, self._given(case).reported_by_id), ("done", self.author))
        self.assertStates(case, "done")

    def test_controller_accepts_or_returns_before_the_step_ends(self):
        case = self._start_case(
            {"users": self.legal, "controller_kind": "user", "controller_id": self.director.id}, {"kind": "milestone"}
        )
        self._step(case.with_user(self.legal), 1).action_done("Ready")
        self.assertStates(case, "active", "waiting")
        with self.assertRaises(AccessError):
            self._step(case, 1).action_done("I say so")

        self._given(case).with_user(self.director).action_return("Not enough")
        self._given(case).with_user(self.legal).action_report("More")
        self._given(case).with_user(self.director).action_finish()

        self.assertStates(case, "done", "done")

    def test_group_is_asked_and_the_first_one_takes_it(self):
        case = self._start_case({"users": self.legal | self.director})
        instruction = self._given(case)
        self.assertEqual(instruction.candidate_ids, self.legal | self.director)

        self._step(case.with_user(self.director), 1).action_done("Mine")

        self.assertEqual((instruction.executor_id, instruction.state), (self.director, "done"))

    def test_everybody_does_his_part(self):
        case = self._start_case({"users": self.legal | self.director, "people_rule": "all"})
        instruction = self._given(case)

        self.assertEqual(instruction.executor_id | instruction.co_executor_ids.user_id, self.legal | self.director)

    def test_data_is_asked_for_before_the_report(self):
        template = self._create_template(
            {"users": self.legal}, field_ids=[Command.create({"name": "Region", "property_name": "region"})]
        )
        template.step_ids.required_field_ids = template.field_ids
        template.action_publish()
        case = self._start(template)
        instruction = self._given(case).with_user(self.legal)
        with self.assertRaisesRegex(UserError, "Region"):
            instruction.action_report("Ready")

        case.with_user(self.legal).properties = {"region": "North"}
        instruction.action_report("Ready")

        self.assertStates(case, "done")

    def test_declined_instruction_is_told_and_given_to_another(self):
        case = self._start_case({"users": self.legal})
        self._given(case).with_user(self.legal).action_decline("On leave")
        self.assertIn("Legal declined: On leave", self._step(case, 1).problem)

        self._step(case, 1).action_reassign(self.director.id, "Legal is away")

        instruction = self._given(case)
        self.assertEqual((instruction.executor_id, instruction.state), (self.director, "assigned"))
        self.assertEqual(self._step(case, 1).responsible_ids, self.director)
        self.assertFalse(self._step(case, 1).problem)
        self.assertTrue(case.with_user(self.director).name)

    def test_cancelled_instruction_is_given_anew_on_demand(self):
        case = self._start_case({"users": self.legal})
        former = self._given(case)
        former.with_user(self.author).action_cancel("Mistake")
        self.assertIn("was cancelled", self._step(case, 1).problem)
        self.assertStates(case, "active")

        self._step(case, 1).action_retry()

        self.assertNotEqual(self._given(case), former)
        self.assertEqual(self._given(case).state, "assigned")

    def test_instruction_taken_up_again_opens_the_step(self):
        case = self._start_case({"users": self.legal}, {"kind": "milestone", "is_manual": True})
        instruction = self._given(case).with_user(self.legal)
        instruction.action_report("Ready")
        instruction.with_user(self.author).action_reopen("Not quite")

        self.assertStates(case, "active", "ready")
        instruction.action_report("Really ready")
        self.assertStates(case, "done", "ready")

    def test_skipped_step_takes_its_instruction_back(self):
        case = self._start_case({"users": self.legal}, {"kind": "milestone"})
        self._step(case, 1).action_skip("Not needed")

        self.assertEqual(self._step(case, 1).sudo().instruction_ids.state, "cancelled")
        self.assertStates(case, "skipped", "done")

    def test_reassigned_step_moves_its_instruction(self):
        case = self._start_case({"users": self.legal})
        self._step(case, 1).action_reassign(self.director.id)

        self.assertEqual(self._given(case).executor_id, self.director)
        self.assertEqual(self._given(case).activity_ids.user_id, self.director)

    def test_substitute_does_the_step(self):
        case = self._start_case({"users": self.legal})
        today = fields.Date.context_today(self.legal)
        self.env["paydox.substitution"].create(
            {"user_id": self.legal.id, "substitute_id": self.director.id, "date_from": today, "date_to": today}
        )

        self._step(case.with_user(self.director), 1).action_done("For Legal")

        self.assertStates(case, "done")

    def test_call_and_meeting_are_in_the_calendar(self):
        case = self._start_case(
            {"kind": "call", "users": self.legal, "term_value": 1, "start_rule": "begin"},
            {"kind": "meeting", "users": self.legal, "duration": 2, "start_rule": "begin"},
        )
        self.assertEqual(
            [self._given(case, number).kind for number in (1, 2)], ["call", "meeting"], case.step_ids.mapped("problem")
        )
        meeting = self._given(case, 2)
        self.assertEqual((meeting.stop - meeting.start).total_seconds(), 7200)
        self.assertTrue(meeting.calendar_event_id)

    def test_meeting_whose_term_is_too_short_gets_a_later_time(self):
        case = self._start_case(
            {"kind": "meeting", "users": self.legal, "duration": 50, "term_value": 1, "term_unit": "hours"}
        )
        self.assertFalse(self._step(case, 1).problem)

    def test_term_that_was_over_before_the_start_is_counted_from_the_start(self):
        case = self._start_case(
            {"kind": "milestone", "is_manual": True},
            {"users": self.legal, "term_value": 1, "term_from": "case"},
        )
        case.sudo().started_at = "2020-01-01 10:00:00"
        self._step(case, 1).action_done()

        self.assertStates(case, "done", "active")
        self.assertGreater(self._step(case, 2).deadline, fields.Datetime.now())

    def test_readers_of_the_case_read_its_instructions(self):
        case = self._start_case({"users": self.legal}, vals={"viewer_ids": [self.director.id]})
        instruction = self._given(case)
        self.assertEqual(instruction.with_user(self.director).name, "Step 1")
        with self.assertRaises(AccessError):
            instruction.with_user(self.outsider).read(["name"])
        self.assertEqual(case.instruction_open_count, 1)

    def test_step_of_an_instruction_is_set_by_the_case_only(self):
        case = self._start_case({"users": self.legal})
        for attempt in (
            lambda: (
                self.env["paydox.instruction"]
                .with_user(self.author)
                .create({"name": "x", "executor_id": self.legal.id, "case_step_id": self._step(case, 1).id})
            ),
            lambda: self._given(case).with_user(self.author).write({"case_step_id": 1}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_database_refuses_a_second_instruction_of_a_step(self):
        case = self._start_case({"users": self.legal})
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self._given(case).copy({"case_step_id": self._step(case, 1).id})
            self.env.flush_all()

    def test_killed_after_some_instructions_and_resumed_gives_none_twice(self):
        steps = [{"users": self.legal, "name": f"I{number}", "start_rule": "begin"} for number in range(5)]
        instructions = type(self.env["paydox.instruction"])
        original = instructions._give

        def fail_on_the_third(records, *args):
            result = original(records, *args)
            if "I3" in records.mapped("name"):
                raise RuntimeError("killed")
            return result

        with (
            patch.object(instructions, "_give", fail_on_the_third),
            mute_logger("odoo.addons.paydox_edms.models.paydox_case_step_start"),
        ):
            case = self._start_case(*steps)
        self.assertStates(case, "active", "active", "active", "waiting", "active")
        self.assertEqual(self._step(case, 4).problem, "killed")

        case.sudo().advance_at = "2020-01-01"
        self._run_cron("ir_cron_advance_cases")

        given = case.step_ids.sudo().instruction_ids
        self.assertEqual(sorted(given.mapped("name")), [f"I{number}" for number in range(5)])
        self.assertStates(case, *["active"] * 5)

    def test_closing_the_case_takes_back_what_is_open_and_reopening_gives_it_anew(self):
        case = self._start_case({"users": self.legal})
        former = self._given(case)
        case.action_close(self.reached.id, cancel_open=True)
        self.assertEqual(former.state, "cancelled")

        case.action_reopen("Not finished")

        self.assertStates(case, "active")
        self.assertNotEqual(self._given(case), former)

    # === queries === #

    def _start_many(self, count):
        template = self._create_published(
            *[{"users": self.legal, "start_rule": "begin", "term_value": 1} for _number in range(count)],
            code=f"Q{count}",
        )
        self.env.flush_all()
        return template.with_user(self.author)

    @warmup
    def test_queries_of_a_start_do_not_grow_with_the_steps(self):
        counts = []
        for count in (5, 25):
            template = self._start_many(count)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            template.action_start()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 25, counts)

    @warmup
    def test_queries_of_a_step_that_ends_do_not_grow_with_other_cases(self):
        template = self._chain(
            {"name": "First", "kind": "milestone", "is_manual": True},
            *[{"name": f"N{number}", "users": self.legal, "after": ("First",)} for number in range(5)],
        )
        counts = []
        for others in (0, 20):
            for _number in range(others):
                self._start(template)
            case = self._start(template)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._step(case, 1).action_done()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)

    @warmup
    def test_queries_of_the_list_do_not_grow_with_the_cases(self):
        template = self._create_published({"users": self.legal}, {"kind": "milestone"})
        cases = self._start(template)
        names = ["name", "progress_text", "next_step_id", "problem_count", "is_late", "record_name", "display_name"]
        counts = []
        for more in (0, 10):
            for _number in range(more):
                cases |= self._start(template)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cases.read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
