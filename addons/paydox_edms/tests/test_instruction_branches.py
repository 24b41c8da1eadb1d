from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common_instruction import PaydoxInstructionCase


@tagged("post_install", "-at_install")
class TestInstructionTree(PaydoxInstructionCase):
    """What is divided among others, and how the branches stand."""

    def _give_part(self, parent, user=None, **overrides):
        values = {"name": "The figures", "executor_id": self.helper.id, "parent_id": parent.id} | overrides
        part = self.env["paydox.instruction"].with_user(user or self.worker).create(values)
        part.action_assign()
        return part

    def test_author_sees_how_the_branches_stand_without_their_texts(self):
        whole = self._give(self.head)
        part = self._give_part(whole, description="<p>Secret recipe</p>")
        deeper = self._give_part(part, self.helper, name="One number", executor_id=self.controller.id)

        self.assertEqual((whole.part_count, whole.part_open_count, whole.parts_text), (1, 1, "0 of 1"))
        self.assertFalse(deeper.parts_text)
        self.assertIn("The figures", whole.tree)
        self.assertIn("One number", whole.tree)
        self.assertNotIn("Secret recipe", whole.tree)
        deeper.with_user(self.controller).action_report("42")
        part.with_user(self.helper).action_report("Done")
        whole.invalidate_recordset()
        self.assertEqual((whole.part_open_count, whole.parts_text), (0, "1 of 1"))

    def test_whole_is_reported_before_its_parts_only_with_a_reason(self):
        whole = self._give(self.worker)
        part = self._give_part(whole)
        with self.assertRaisesRegex(UserError, "The figures"):
            whole.action_report()
        whole.action_report("The figures come later")
        self.assertInstruction(whole, "done")
        self.assertInstruction(part, "assigned")

    def test_parts_are_dropped_with_the_whole(self):
        whole = self._give(self.head)
        part = self._give_part(whole)
        whole.action_cancel("Not needed")
        self.assertInstruction(part, "cancelled")
        self.assertFalse(self._turns(part))
        self.assertIn("cancelled", self._told(self.helper))

    def test_only_who_carries_it_out_divides_it(self):
        whole = self._give()
        for user in (self.stranger, self.head, self.controller):
            with self.assertRaises(AccessError):
                self._give_part(whole, user)
        whole.with_user(self.worker).action_report("Done")
        with self.assertRaises(UserError):
            self._give_part(whole)

    def test_instruction_is_no_part_of_itself(self):
        whole = self._give()
        part = self._give_part(whole)
        with self.assertRaises(ValidationError):
            whole.sudo().parent_id = part


@tagged("post_install", "-at_install")
class TestInstructionPeople(PaydoxInstructionCase):
    """Groups, people who leave, people who follow."""

    def _run_escalation(self):
        # The job commits; here it goes on in the transaction of the test.
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda self, processed=0, **kwargs: 60)
        self.env["paydox.instruction"]._cron_escalate()

    def test_what_nobody_takes_is_escalated_once(self):
        candidates = [Command.set((self.worker | self.helper).ids)]
        with freeze_time("2027-03-01 08:00:00"):
            instruction = self._create_instruction(
                executor_id=False, candidate_ids=candidates, take_minutes=15, deadline=False
            )
            instruction.action_assign()
        with freeze_time("2027-03-01 08:10:00"):
            self._run_escalation()
            self.assertFalse(instruction.is_escalated)
        with freeze_time("2027-03-01 08:16:00"):
            self._run_escalation()
            self._run_escalation()
        self.assertTrue(instruction.is_escalated)
        self.assertIn("Nobody", instruction.problem)
        self.assertEqual(self._told(self.head).count("escalated"), 1)
        self.assertIn(instruction, self.env["paydox.instruction"].search([("has_problem", "=", True)]))

        instruction.action_reassign(self.helper)
        instruction.invalidate_recordset()
        self.assertFalse(instruction.problem)
        self.assertEqual(self._turns(instruction), {("helper", "execute")})

    def test_what_is_taken_is_not_escalated(self):
        with freeze_time("2027-03-01 08:00:00"):
            instruction = self._create_instruction(
                executor_id=False, candidate_ids=[Command.set(self.worker.ids)], take_minutes=15, deadline=False
            )
            instruction.action_assign()
            instruction.with_user(self.worker).action_take()
        with freeze_time("2027-03-01 09:00:00"):
            self._run_escalation()
        self.assertFalse(instruction.is_escalated)

    def test_minutes_to_take_come_from_the_company(self):
        self.env.company.instruction_take_minutes = 20
        instruction = self._create_instruction(executor_id=False, candidate_ids=[Command.set(self.worker.ids)])
        self.assertEqual(instruction.take_minutes, 20)

    def test_head_of_the_group_gives_it_to_somebody(self):
        boss_gives = self._create_instruction(
            self.manager, executor_id=False, candidate_ids=[Command.set(self.helper.ids)]
        )
        boss_gives.sudo().author_id = self.controller
        boss_gives.with_user(self.controller).action_assign()
        boss_gives.with_user(self.head).action_reassign(self.worker)
        self.assertEqual(self._turns(boss_gives), {("worker", "execute")})

    def test_who_leaves_is_reported_to_the_author_and_replaced(self):
        instruction = self._give()
        self.worker.active = False
        instruction.invalidate_recordset()
        self.assertIn("left", self._told(self.head))
        self.assertIn("Worker", instruction.problem)
        self.assertFalse(self._turns(instruction))
        self.assertIn(instruction, self.env["paydox.instruction"].search([("has_problem", "=", True)]))

        instruction.action_reassign(self.helper)

        instruction.invalidate_recordset()
        self.assertFalse(instruction.problem)
        self.assertEqual(self._turns(instruction), {("helper", "execute")})

    def test_controller_who_leaves_is_taken_off(self):
        instruction = self._give(controller_id=self.controller.id)
        instruction.with_user(self.worker).action_report("Done")
        self.controller.active = False
        instruction.invalidate_recordset()
        self.assertIn("control", instruction.problem)
        instruction.action_remove_control()
        self.assertInstruction(instruction, "done")

    def test_those_who_take_part_follow_and_those_who_leave_it_do_not(self):
        instruction = self._give_with_helper()
        followers = instruction.sudo().message_follower_ids
        self.assertEqual(followers.partner_id, (self.head | self.worker | self.helper | self.controller).partner_id)
        instruction.action_reassign(self.chief)
        self.assertNotIn(self.worker.partner_id, instruction.sudo().message_partner_ids)
        self.assertIn(self.chief.partner_id, instruction.sudo().message_partner_ids)

        instruction.with_user(self.chief).message_post(body="A question", subtype_xmlid="mail.mt_comment")
        message = instruction.sudo().message_ids[:1]
        self.assertIn(self.head.partner_id, message.notified_partner_ids)
        self.assertNotIn(self.worker.partner_id, message.notified_partner_ids)

    def test_first_of_several_answers_when_nobody_is_named(self):
        lines = [Command.create({"user_id": user.id}) for user in (self.helper, self.worker)]
        instruction = self._give(executor_id=False, co_executor_ids=lines)
        self.assertEqual(instruction.executor_id, self.helper)
        self.assertEqual(self._turns(instruction), {("helper", "execute"), ("worker", "part")})

    def test_author_does_it_himself_without_notices(self):
        instruction = self._give(self.head, executor_id=self.head.id)
        instruction.action_report("Done")
        self.assertInstruction(instruction, "done")
        self.assertFalse(self._told(self.head))

    def test_executor_who_controls_himself_closes_it(self):
        instruction = self._give(self.worker, controller_id=self.worker.id)
        instruction.action_report("Done")
        self.assertInstruction(instruction, "done")

    def test_substitute_sees_for_whom(self):
        today = fields.Date.today()
        self.env["paydox.substitution"].create(
            {"user_id": self.worker.id, "substitute_id": self.chief.id, "date_from": today, "date_to": today}
        )
        instruction = self._give()
        lists = {
            user: self.env["paydox.instruction"].with_user(user).search([("is_mine", "=", True)])
            for user in (self.worker, self.chief, self.helper)
        }
        self.assertIn(instruction, lists[self.worker])
        self.assertIn(instruction, lists[self.chief])
        self.assertNotIn(instruction, lists[self.helper])
        self.assertEqual(instruction.with_user(self.chief).for_whom, "Worker")
        self.assertFalse(instruction.with_user(self.worker).for_whom)

    def test_report_is_asked_for_where_it_is_required(self):
        instruction = self._give(self.worker, is_report_required=True)
        with self.assertRaisesRegex(UserError, "what came of"):
            instruction.action_report()
        activity = self.env["mail.activity"].search(
            [("res_model", "=", instruction._name), ("res_id", "=", instruction.id)]
        )
        with self.assertRaisesRegex(UserError, "what came of"):
            activity.with_user(self.worker).action_done()
        activity.with_user(self.worker).action_feedback(feedback="Sent")
        self.assertInstruction(instruction, "done")
        with self.assertRaises(UserError):
            instruction.action_report("Again")

    def test_nobody_takes_files_of_others_with_his_report(self):
        """``action_feedback`` takes numbers of attachments from anybody."""
        document = self._create_document()
        version = document.add_version("secret.txt", b"secret", "")
        attachments = self.env["ir.attachment"].search([("res_model", "=", "paydox.document.version")], limit=1)
        foreign = self.env["ir.attachment"].create({"name": "x", "raw": b"x"}) | attachments
        instruction = self._give(self.worker)
        activity = self.env["mail.activity"].search(
            [("res_model", "=", instruction._name), ("res_id", "=", instruction.id)]
        )
        self.assertTrue(version)
        for attachment in foreign:
            with self.assertRaises(AccessError):
                activity.with_user(self.worker).action_feedback(feedback="Mine now", attachment_ids=attachment.ids)
        self.assertInstruction(instruction, "assigned")

    def test_files_of_the_report_stay_with_the_instruction(self):
        instruction = self._give(self.worker)
        own = self.env["ir.attachment"].with_user(self.worker).create({"name": "a.txt", "raw": b"a"})
        window = (
            self.env["paydox.instruction.act"]
            .with_user(self.worker)
            .create(
                {
                    "instruction_ids": [Command.set(instruction.ids)],
                    "action": "report",
                    "attachment_ids": [Command.set(own.ids)],
                }
            )
        )
        window.action_confirm()
        self.assertEqual((own.res_model, own.res_id), ("paydox.instruction", instruction.id))
        self.assertTrue(own.with_user(self.head).has_access("read"))


@tagged("post_install", "-at_install")
class TestInstructionCalendar(PaydoxInstructionCase):
    """Calls and meetings: one appointment in the calendar, moved and dropped from either side."""

    def _give_meeting(self, **overrides):
        start = self._moment(days=1)
        return self._give(
            kind="meeting",
            start=start,
            stop=start + timedelta(hours=1),
            deadline=start + timedelta(days=3),
            **overrides,
        )

    def test_meeting_is_moved_in_the_calendar_by_who_holds_it(self):
        meeting = self._give_meeting()
        event = meeting.sudo().calendar_event_id.with_user(self.worker)
        self.assertIn("Head", str(event.description))
        later = fields.Datetime.now() + timedelta(days=2)

        event.write({"start": later, "stop": later + timedelta(hours=1)})

        meeting.invalidate_recordset()
        self.assertEqual(meeting.start, event.start)
        self.assertIn("moved", self._told(self.head))
        with self.assertRaisesRegex(UserError, "until its term"):
            far = later + timedelta(days=9)
            event.write({"start": far, "stop": far + timedelta(hours=1)})

    def test_others_who_take_part_do_not_move_it(self):
        meeting = self._give_meeting(co_executor_ids=[Command.create({"user_id": self.helper.id})])
        event = meeting.sudo().calendar_event_id.with_user(self.helper)
        later = fields.Datetime.now() + timedelta(days=2)
        with self.assertRaises(AccessError):
            event.write({"start": later, "stop": later + timedelta(hours=1)})

    def test_author_moves_it_and_the_calendar_follows(self):
        meeting = self._give_meeting()
        later = self._moment(days=2).replace(microsecond=0)
        meeting.action_move(later)
        event = meeting.sudo().calendar_event_id
        self.assertEqual((event.start, event.stop), (later, later + timedelta(hours=1)))
        for wrong in ("yesterday", True, [], "2020-01-01 10:00:00"):
            with self.assertRaises(UserError):
                meeting.action_move(wrong)
        with self.assertRaises(AccessError):
            meeting.with_user(self.stranger).action_move(later)

    def test_appointment_is_not_thrown_out_of_the_calendar_nor_made_to_repeat(self):
        meeting = self._give_meeting()
        event = meeting.sudo().calendar_event_id.with_user(self.worker)
        with self.assertRaisesRegex(UserError, "stands for an instruction"):
            event.unlink()
        with self.assertRaisesRegex(UserError, "stands for an instruction"):
            event.write({"active": False})
        with self.assertRaisesRegex(UserError, "held once"):
            event.write({"recurrency": True, "rrule_type": "weekly", "count": 3, "end_type": "count"})
        meeting.action_cancel("Not needed")
        self.assertFalse(event.exists())

    def test_call_moves_with_its_term(self):
        call = self._give(self.worker, kind="call")
        before = call.sudo().calendar_event_id.stop
        call.action_request_extension(call.deadline + timedelta(days=2), "The client is away")
        call.with_user(self.head).action_decide_extension(True)
        self.assertEqual(call.sudo().calendar_event_id.stop, before + timedelta(days=2))

    def test_call_without_a_number_says_so(self):
        contact = self.env["res.partner"].create({"name": "Bob"})
        call = self._give(self.worker, kind="call", partner_id=contact.id)
        self.assertIn("telephone", call.problem)
        self.assertFalse(call.has_problem)
        contact.phone = "+40 21 000 000"
        other = self._give(self.worker, kind="call", partner_id=contact.id)
        self.assertEqual(other.phone, "+40 21 000 000")
        self.assertFalse(other.problem)

    def test_hour_is_the_same_moment_in_every_time_zone(self):
        self.worker.tz = "Asia/Vladivostok"
        meeting = self._give_meeting()
        event = meeting.sudo().calendar_event_id
        self.assertEqual((event.start, event.stop), (meeting.start, meeting.stop))

    def test_terms_go_on_over_the_change_of_the_clock(self):
        self.worker.tz = "Europe/Bucharest"
        with freeze_time("2027-03-26 08:00:00"):  # the clock changes in the night to the 28th
            instruction = self._create_instruction(deadline=False, term_days=1)
            instruction.action_assign()
        self.assertEqual(instruction.deadline.date().isoformat(), "2027-03-29")


@tagged("post_install", "-at_install")
class TestDocumentResponsible(PaydoxInstructionCase):
    """Who answers for a document is changed on its card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls._create_document(responsible_id=cls.worker.id)

    def _messages(self, user):
        return self.env["mail.message"].search(
            [
                ("model", "=", "paydox.document"),
                ("res_id", "=", self.document.id),
                ("partner_ids", "in", user.partner_id.ids),
            ]
        )

    def test_former_and_new_one_are_told_and_the_open_work_goes_along(self):
        instruction = self.env["paydox.instruction"]._assign_many(
            [
                {
                    "name": "Answer",
                    "author_id": self.head.id,
                    "executor_id": self.worker.id,
                    "res_model": "paydox.document",
                    "res_id": self.document.id,
                }
            ]
        )
        activity = self.document.with_user(self.worker).activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.worker.id
        )
        activity.sudo().automated = False

        self.document.with_user(self.document.author_id).action_hand_over(self.helper.id, True, "Holidays")

        self.assertEqual(self.document.responsible_id, self.helper)
        self.assertEqual(instruction.executor_id, self.helper)
        self.assertEqual(activity.user_id, self.helper)
        self.assertTrue(self._messages(self.worker))
        self.assertTrue(self._messages(self.helper))

    def test_work_stays_when_it_is_not_asked_for(self):
        activity = self.document.activity_schedule("mail.mail_activity_data_todo", user_id=self.worker.id)
        activity.automated = False
        self.document.with_user(self.document.author_id).action_hand_over(self.helper.id)
        self.assertEqual(activity.user_id, self.worker)

    def test_document_is_not_left_without_anybody(self):
        with self.assertRaisesRegex(UserError, "takes it over"):
            self.document.with_user(self.document.author_id).responsible_id = False

    def test_who_only_reads_hands_nothing_over(self):
        reader = new_test_user(self.env, "instr_reader", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.document.with_user(reader).action_hand_over(self.helper.id, True)
        for wrong in (None, True, -1, "x", [], 10**12):
            with self.assertRaises(UserError):
                self.document.with_user(self.document.author_id).action_hand_over(wrong)

    def test_window_says_what_is_open(self):
        window = Form(
            self.env["paydox.document.hand.over"]
            .with_user(self.document.author_id)
            .with_context(default_document_ids=self.document.ids)
        )
        self.assertIn("0", window.work_text)
        window.user_id = self.helper
        window.save().action_confirm()
        self.assertEqual(self.document.responsible_id, self.helper)
