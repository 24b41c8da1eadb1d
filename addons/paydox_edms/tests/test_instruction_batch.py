from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_instruction import PaydoxInstructionCase


@tagged("post_install", "-at_install")
class TestInstructionBatch(PaydoxInstructionCase):
    """What is done with many instructions at once, and what is told of one to whom it does not concern."""

    def test_instruction_is_named_to_those_who_read_it(self):
        whole = self._give()
        part = self._create_instruction(name="A part", executor_id=self.helper.id)
        part.sudo().parent_id = whole
        part.action_assign()
        self.env.invalidate_all()
        for user, name in ((self.head, "Prepare an answer"), (self.helper, "Instruction (no access)")):
            # As the many2one of the part is read by the client.
            row = part.with_user(user).web_read({"parent_id": {"fields": {"display_name": {}}}})[0]
            self.assertEqual(row["parent_id"]["display_name"], name, user.login)
            self.env.invalidate_all()
        self.assertEqual(self.env["paydox.instruction"].new({"name": "New"}).display_name, "New")

    def test_many_are_reassigned_in_a_constant_number_of_queries(self):
        counts = []
        for number in (1, 2, 6):
            instructions = self._give().union(*(self._give() for _index in range(number)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            instructions.action_reassign(self.helper, "On leave")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(instructions.executor_id, self.helper)
            self.assertEqual(self._turns(instructions[0]), {("helper", "execute")})
        self.assertLess(counts[2] - counts[1], 5, counts)

    def test_one_that_may_not_be_reassigned_stops_all(self):
        given, closed = self._give(), self._give()
        closed.action_cancel()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            (given | closed).action_reassign(self.helper)
        self.assertEqual(given.executor_id, self.worker)
        self.assertNotIn("reassigned", self._told(self.worker))

    def test_new_executor_keeps_what_he_reported_on_his_part(self):
        instruction = self._give_with_helper()
        instruction.co_executor_ids.with_user(self.helper).action_report("Counted")
        instruction.action_reassign(self.helper)
        self.assertEqual(instruction.co_executor_ids.mapped("state"), ["reported"])
        # An open part of the new executor goes: he answers for the whole.
        other = self._give_with_helper()
        other.action_reassign(self.helper)
        self.assertFalse(other.co_executor_ids)
        self.assertEqual(self._turns(other), {("helper", "execute")})

    def test_part_is_reported_by_who_does_it(self):
        instruction = self._give_with_helper()
        line = instruction.co_executor_ids
        for user in (self.head, self.worker, self.controller):
            with self.subTest(user.login), self.assertRaises(AccessError), self.env.cr.savepoint():
                line.with_user(user).action_report("Done for him")
        line.with_user(self.helper).action_report("Counted")
        with self.assertRaises(UserError):
            line.with_user(self.helper).action_report("Twice")
        self.assertIn("Counted", line.report)

    def test_many_are_moved_to_another_day_at_once(self):
        instructions = self._give() | self._give()
        day = fields.Date.add(fields.Date.today(), days=20)
        instructions.action_plan(user_id=self.helper.id, day=str(day), reason="Later")
        self.assertEqual({moment.date() for moment in instructions.mapped("deadline")}, {day})
        self.assertEqual(instructions.executor_id, self.helper)

    def test_clashes_of_a_list_are_found_in_one_search(self):
        start = self._moment(days=2).replace(microsecond=0)
        times = {"kind": "meeting", "start": start, "stop": start + timedelta(hours=1), "deadline": False}
        first, second = self._give(**times), self._give(**times)
        apart = self._give(**times | {"start": start + timedelta(hours=1), "stop": start + timedelta(hours=2)})
        free = self._give(**times | {"executor_id": self.helper.id})
        meetings = first | second | apart | free
        self.env.invalidate_all()
        self.assertEqual([bool(row.clash) for row in meetings], [True, True, False, False])
        counts = []
        for records in (first, meetings):
            self.env.flush_all()
            self.env.invalidate_all()
            records.fetch(["kind", "executor_id", "start", "stop", "calendar_event_id"])
            records.executor_id.partner_id.fetch(["name"])
            before = self.env.cr.sql_log_count
            records.mapped("clash")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_nobody_takes_it_counts_working_time(self):
        self.env.company.resource_calendar_id.tz = "UTC"
        candidates = [Command.set(self.worker.ids)]
        for given, told in (
            ("2027-03-01 08:00:00", "2027-03-01 08:30:00"),  # a Monday morning
            ("2027-03-05 23:00:00", "2027-03-08 08:30:00"),  # Friday night to Monday morning
        ):
            with freeze_time(given):
                offered = self._create_instruction(
                    executor_id=False, candidate_ids=candidates, take_minutes=30, deadline=False
                )
                offered.action_assign()
            self.assertEqual(fields.Datetime.to_string(offered.escalate_at), told)

    def test_late_report_says_why(self):
        reason = self.env.ref("paydox_edms.paydox_delay_reason_illness")
        late, timely = self._give(), self._give(deadline=self._moment(days=40))
        for hostile in ("x", -1, [1], {"a": 1}, 10**12, self.head):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                late.with_user(self.worker).action_report("Done", None, hostile)
        with freeze_time(self._moment(days=10)):
            window = (
                self.env["paydox.instruction.act"]
                .with_user(self.worker)
                .create(
                    {"instruction_ids": late.ids, "action": "report", "report": "Done", "delay_reason_id": reason.id}
                )
            )
            self.assertTrue(window.is_late)
            window.action_confirm()
            timely.with_user(self.worker).action_report("Done", None, reason.id)
        self.assertEqual(late.delay_reason_id, reason)
        self.assertFalse(timely.delay_reason_id, "what comes in time needs no reason")
        row = self.env["paydox.discipline.report"].search([("instruction_id", "=", late.id)])
        self.assertEqual((row.result, row.delay_reason_id), ("late", reason))
        with self.assertRaises(AccessError):
            late.with_user(self.head).write({"delay_reason_id": False})
        late.action_reopen("Not yet")
        self.assertFalse(late.delay_reason_id)
