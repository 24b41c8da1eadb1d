from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common_instruction import PaydoxInstructionCase


@tagged("post_install", "-at_install")
class TestInstructionCourse(PaydoxInstructionCase):
    """From the draft to the end, each verb by the person concerned."""

    def test_report_closes_what_nobody_controls_and_the_author_is_told(self):
        instruction = self._give(self.worker)
        self.assertEqual(self._turns(instruction), {("worker", "execute")})
        self.assertEqual(self._told(self.worker), ["assigned"])

        instruction.action_report("Sent <b>today</b>", result="Sent")

        self.assertInstruction(instruction, "done")
        self.assertEqual((instruction.result, instruction.reported_by_id), ("Sent", self.worker))
        self.assertFalse(self._turns(instruction))
        self.assertIn("done", self._told(self.head))

    def test_controller_returns_and_then_accepts(self):
        instruction = self._give(self.worker, controller_id=self.controller.id)
        instruction.action_accept()
        instruction.action_report("First try")
        self.assertInstruction(instruction, "reported")
        self.assertEqual(self._turns(instruction), {("controller", "control")})

        as_controller = instruction.with_user(self.controller)
        with self.assertRaisesRegex(UserError, "what is missing"):
            as_controller.action_return(" ")
        as_controller.action_return("The annex is missing")
        self.assertInstruction(instruction, "in_progress")
        self.assertEqual(instruction.return_count, 1)

        instruction.action_report("With the annex")
        as_controller.action_finish()
        self.assertInstruction(instruction, "done")
        actions = instruction.sudo().transition_ids.mapped("action")
        self.assertEqual(actions, ["assign", "accept", "report", "return", "report", "finish"])

    def test_executor_declines_with_a_reason_and_the_author_gives_it_to_another(self):
        instruction = self._give(self.worker)
        with self.assertRaises(UserError):
            instruction.action_decline(None)
        instruction.action_decline("I am on leave")
        self.assertInstruction(instruction, "draft")
        self.assertFalse(self._turns(instruction))

        as_head = instruction.with_user(self.head)
        as_head.executor_id = self.helper
        as_head.action_assign()

        self.assertEqual(self._turns(instruction), {("helper", "execute")})

    def test_co_executors_report_before_the_responsible(self):
        instruction = self._give_with_helper(self.worker)
        self.assertEqual(self._turns(instruction), {("worker", "execute"), ("helper", "part")})
        with self.assertRaisesRegex(UserError, "Helper"):
            instruction.action_report()

        instruction.with_user(self.helper).co_executor_ids.action_report("My figures")
        instruction.action_report("All of it")

        self.assertInstruction(instruction, "reported")
        self.assertEqual(instruction.co_executor_ids.state, "reported")

    def test_responsible_may_say_why_it_is_done_without_the_others(self):
        instruction = self._give_with_helper(self.worker)

        instruction.action_report("Helper is ill, I made the figures")

        self.assertEqual(instruction.co_executor_ids.state, "cancelled")
        self.assertEqual(self._turns(instruction), {("controller", "control")})

    def test_what_is_given_to_a_group_is_his_who_takes_it_first(self):
        instruction = self._give(
            self.helper, executor_id=False, candidate_ids=[Command.set((self.worker | self.helper).ids)]
        )
        self.assertEqual(self._turns(instruction), {("worker", "execute"), ("helper", "execute")})

        instruction.action_take()

        self.assertEqual(self._turns(instruction), {("helper", "execute")})
        with self.assertRaisesRegex(UserError, "already"):
            instruction.with_user(self.worker).action_take()

    def test_another_term_is_asked_for_and_decided(self):
        instruction = self._give(self.worker, controller_id=self.controller.id)
        new = self._moment(days=9)
        instruction.action_request_extension(new, "The partner is silent")
        self.assertEqual(self._turns(instruction), {("worker", "execute"), ("controller", "extension")})
        with self.assertRaises(UserError):
            instruction.action_request_extension(self._moment(days=12), "Again")

        as_controller = instruction.with_user(self.controller)
        with self.assertRaises(UserError):
            as_controller.action_decide_extension(False)
        as_controller.action_decide_extension(True)

        self.assertEqual((instruction.deadline, instruction.extension_count), (new, 1))
        extension = instruction.extension_ids
        self.assertEqual(
            (extension.state, extension.decided_by_id, extension.reason),
            ("agreed", self.controller, "The partner is silent"),
        )
        self.assertNotEqual(instruction.first_deadline, instruction.deadline)

    def test_refused_term_stays_and_says_why(self):
        instruction = self._give(self.worker)
        old = instruction.deadline
        instruction.action_request_extension(self._moment(days=9), "Please")
        instruction.with_user(self.head).action_decide_extension(False, "It is urgent")

        self.assertEqual((instruction.deadline, instruction.extension_ids.comment), (old, "It is urgent"))

    def test_nothing_is_shown_of_a_term_that_nobody_asked_for(self):
        instruction = self._give(self.worker)
        self.assertFalse(instruction.extension_text)
        instruction.action_request_extension(self._moment(days=9), "Please")
        self.assertIn("Please", instruction.extension_text)

    def test_author_who_does_it_himself_decides_on_his_own_term(self):
        instruction = self._give(self.head, executor_id=self.head.id)
        new = self._moment(days=9)
        instruction.action_request_extension(new, "I need longer")
        self.assertEqual(instruction.deadline, new)
        instruction.action_report()
        self.assertInstruction(instruction, "done")
        self.assertFalse(self._told(self.head), "nobody is told what he does himself")

    def test_controller_takes_it_off_control(self):
        instruction = self._give(self.worker, controller_id=self.controller.id)
        instruction.with_user(self.controller).action_remove_control()
        self.assertFalse(instruction.is_on_control)
        instruction.action_report("Done")
        self.assertInstruction(instruction, "done")

    def test_reported_work_that_is_taken_off_control_is_done(self):
        instruction = self._give(self.worker, controller_id=self.controller.id)
        instruction.action_report("Done")
        instruction.with_user(self.head).action_remove_control()
        self.assertInstruction(instruction, "done")

    def test_author_cancels_and_those_who_work_on_it_are_told(self):
        instruction = self._give_with_helper()
        instruction.action_cancel("Not needed")
        self.assertInstruction(instruction, "cancelled")
        self.assertFalse(self._turns(instruction))
        self.assertIn("cancelled", self._told(self.helper))
        with self.assertRaises(UserError):
            instruction.with_user(self.worker).action_report("Too late")

    def test_closed_by_mistake_is_taken_up_again(self):
        instruction = self._give(self.worker)
        instruction.action_report("Done")
        instruction.with_user(self.head).action_reopen("Half of it is missing")
        self.assertInstruction(instruction, "in_progress")
        self.assertEqual(self._turns(instruction), {("worker", "execute")})

    def test_resolution_prepared_for_the_head_takes_effect_when_he_confirms(self):
        draft = (
            self.env["paydox.instruction"]
            .with_user(self.helper)
            .create({"name": "Resolution", "author_id": self.head.id, "executor_id": self.worker.id})
        )
        draft.action_assign()
        self.assertInstruction(draft, "draft")
        self.assertEqual(self._turns(draft), {("head", "confirm")})
        self.assertFalse(draft.with_user(self.worker).has_access("read"), "a draft is nobody's yet")
        with self.assertRaises(AccessError):
            draft.action_confirm_resolution()
        with self.assertRaises(UserError):
            draft.name = "Changed behind his back"

        draft.with_user(self.head).action_confirm_resolution()

        self.assertInstruction(draft, "assigned")
        self.assertEqual(self._turns(draft), {("worker", "execute")})

    def test_nobody_gives_work_in_the_name_of_a_stranger(self):
        with self.assertRaises(AccessError):
            self.env["paydox.instruction"].with_user(self.helper).create(
                {"name": "Forged", "author_id": self.director.id, "executor_id": self.worker.id}
            )

    def test_part_of_an_instruction_is_given_by_its_executor(self):
        instruction = self._give(self.worker)
        context = instruction.action_new_child()["context"]
        child = (
            self.env["paydox.instruction"]
            .with_user(self.worker)
            .with_context(**context)
            .create({"executor_id": self.helper.id})
        )
        child.action_assign()

        self.assertEqual(child.parent_id, instruction)
        self.assertEqual(instruction.child_ids, child)
        child.with_user(self.helper).action_report("My part")
        child.with_user(self.worker).action_finish()
        self.assertInstruction(child, "done")

    def test_substitute_acts_for_the_executor_and_is_named(self):
        instruction = self._give()
        self.env["paydox.substitution"].create(
            {"user_id": self.worker.id, "substitute_id": self.stranger.id, "date_to": self._moment(days=3).date()}
        )
        as_substitute = instruction.with_user(self.stranger)
        self.assertTrue(as_substitute.is_mine)

        as_substitute.action_report("For the colleague")

        step = instruction.sudo().transition_ids[-1]
        self.assertEqual((step.user_id, step.for_user_id), (self.stranger, self.worker))

    def test_head_of_the_executor_reassigns_within_the_department_only(self):
        instruction = self._give(user=self.worker, executor_id=self.worker.id)
        foreign = (
            self.env["paydox.instruction"]
            .with_user(self.director)
            .create({"name": "From the director", "executor_id": self.worker.id})
        )
        foreign.action_assign()
        as_head = foreign.with_user(self.head)
        with self.assertRaises(AccessError):
            as_head.action_reassign(self.stranger)
        as_head.action_reassign(self.helper.id, "The worker is busy")
        self.assertEqual(self._turns(foreign), {("helper", "execute")})
        with self.assertRaises(AccessError):
            instruction.action_reassign(self.helper)

    def test_within_the_department_only_where_the_company_wants_it(self):
        self.company.instruction_scope = "department"
        with self.assertRaises(AccessError):
            self._give(executor_id=self.stranger.id)
        self._give(executor_id=self.worker.id)


@tagged("post_install", "-at_install")
class TestInstructionGuards(PaydoxInstructionCase):
    """Nobody else, in no other state, with nothing forged."""

    def test_every_verb_is_refused_to_everybody_else(self):
        instruction = self._give_with_helper()
        verbs = {
            "action_accept": (),
            "action_report": ("x",),
            "action_decline": ("x",),
            "action_request_extension": (self._moment(days=9), "x"),
            "action_decide_extension": (True,),
            "action_finish": (),
            "action_return": ("x",),
            "action_remove_control": (),
            "action_cancel": ("x",),
            "action_reopen": ("x",),
            "action_reassign": (self.helper.id,),
            "action_take": (),
            "action_new_child": (),
            "action_assign": (),
            "action_confirm_resolution": (),
        }
        for user in (self.stranger, self.helper, self.manager, self.admin):
            for verb, arguments in verbs.items():
                with self.subTest(user=user.login, verb=verb), self.assertRaises(AccessError):
                    getattr(instruction.with_user(user), verb)(*arguments)
        self.assertInstruction(instruction, "assigned")

    def test_verbs_are_refused_in_the_wrong_state(self):
        instruction = self._give(self.worker, controller_id=self.controller.id)
        instruction.action_report("Done")
        for user, verb, arguments in (
            (self.worker, "action_report", ("Again",)),
            (self.worker, "action_decline", ("x",)),
            (self.head, "action_reassign", (self.helper.id,)),
            (self.head, "action_reopen", ("x",)),
            (self.controller, "action_decide_extension", (True,)),
        ):
            with self.subTest(verb=verb), self.assertRaises(UserError):
                getattr(instruction.with_user(user), verb)(*arguments)

    def test_course_is_written_by_nobody(self):
        instruction = self._give_with_helper()
        forged = (
            {"state": "done"},
            {"report": "x"},
            {"closed_at": "2026-01-01"},
            {"late_hours": 5},
            {"prepared_by_id": self.admin.id},
            {"is_to_confirm": True},
        )
        for user in (self.head, self.worker, self.admin):
            for values in forged:
                with self.subTest(user=user.login, values=values), self.assertRaises(AccessError):
                    instruction.with_user(user).with_context(install_mode=True, sudo=True).write(values)
        with self.assertRaises(AccessError):
            self._create_instruction(state="done")
        with self.assertRaises(AccessError):
            instruction.co_executor_ids.with_user(self.head).write({"state": "reported"})

    def test_order_that_is_given_stays_as_it_is(self):
        instruction = self._give_with_helper()
        for values in (
            {"name": "Other"},
            {"executor_id": self.stranger.id},
            {"deadline": self._moment(days=50)},
            {"controller_id": False},
            {"co_executor_ids": [Command.clear()]},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                instruction.write(values)
        with self.assertRaises(UserError):
            instruction.co_executor_ids.unlink()
        instruction.priority = "1"

    def test_rows_of_the_course_are_read_only_for_everybody(self):
        instruction = self._give(self.worker)
        instruction.action_request_extension(self._moment(days=9), "x")
        for rows in (instruction.sudo().transition_ids, instruction.sudo().extension_ids):
            for user in (self.head, self.worker, self.admin):
                row = rows[:1].with_user(user)
                for forge in (lambda row=row: row.write({"comment": "x"}), row.unlink, lambda row=row: row.copy()):
                    with self.subTest(model=rows._name, user=user.login), self.assertRaises(AccessError):
                        forge()

    def test_given_instruction_is_not_deleted(self):
        with self.assertRaises(UserError):
            self._give().unlink()
        declined = self._give(self.worker)
        declined.action_decline("x")
        with self.assertRaises(UserError):
            declined.with_user(self.head).unlink()
        self._create_instruction().unlink()

    def test_stranger_learns_nothing(self):
        instruction = self._give()
        model = self.env["paydox.instruction"].with_user(self.stranger)
        self.assertFalse(model.search([("id", "=", instruction.id)]))
        self.assertFalse(model.search_count([("name", "=", instruction.name)]))
        with self.assertRaises(AccessError):
            model.browse(instruction.id).read(["name"])
        rows = self.env["paydox.instruction.transition"].with_user(self.stranger)
        self.assertFalse(rows.search([("instruction_id", "=", instruction.id)]))
        self.assertTrue(instruction.with_user(self.head).has_access("read"))
        self.assertFalse(instruction.with_user(self.manager).has_access("read"), "no role reads all")

    def test_name_of_what_it_is_about_is_not_told_to_who_may_not_read_it(self):
        document = self._create_document(self.author, confidentiality="secret")
        instruction = (
            self.env["paydox.instruction"]
            .with_user(self.author)
            .create(
                {"name": "Do", "executor_id": self.worker.id, "res_model": "paydox.document", "res_id": document.id}
            )
        )
        self.assertTrue(instruction.record_name)
        self.assertFalse(instruction.sudo(False).with_user(self.head).sudo(False).has_access("read"))

        instruction.action_assign()

        self.assertTrue(document.with_user(self.worker).has_access("read"), "who works on it reads it")
        self.assertFalse(
            instruction.with_user(self.head).record_name, "his head reads the instruction, not the document"
        )
        instruction.with_user(self.worker).action_report("Done")
        self.assertFalse(document.with_user(self.worker).has_access("read"), "the right ends with the work")

    def test_nobody_opens_a_document_that_he_only_reads(self):
        document = self._create_document(self.author, confidentiality="open")
        document.confidentiality = "internal"
        self.env["paydox.document.permission"].create(
            {"document_id": document.id, "user_id": self.head.id, "level": "read"}
        )
        with self.assertRaisesRegex(AccessError, "may not read"):
            self._give(res_model="paydox.document", res_id=document.id)

    def test_record_that_the_author_may_not_read_is_refused(self):
        document = self._create_document(self.author, confidentiality="secret")
        with self.assertRaises(AccessError):
            self._create_instruction(res_model="paydox.document", res_id=document.id)
        for model in ("res.users", "ir.config_parameter", "no.model"):
            with self.subTest(model=model), self.assertRaises(ValidationError):
                self.env["paydox.instruction"].create({"name": "x", "res_model": model, "res_id": 1})

    def test_people_who_cannot_do_it_are_refused(self):
        self.helper.active = False
        portal = self.env["res.users"].create(
            {"name": "P", "login": "instr_portal", "group_ids": [Command.set(self.env.ref("base.group_portal").ids)]}
        )
        with self.assertRaisesRegex(UserError, "do not work here"):
            self._give(executor_id=self.helper.id)
        with self.assertRaises(ValidationError):
            self._create_instruction(executor_id=portal.id)
        with self.assertRaisesRegex(UserError, "no executor"):
            self._give(executor_id=False)

    def test_term_in_the_past_and_incomplete_kinds_are_refused(self):
        for values in (
            {"deadline": self._moment(days=-1)},
            {"kind": "meeting"},
            {"kind": "reminder"},
            {"kind": "reminder", "remind_at": self._moment(days=-1)},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._give(**values)

    def test_call_needs_a_word_on_what_came_of_it(self):
        instruction = self._give(self.worker, kind="call")
        with self.assertRaisesRegex(UserError, "what came of"):
            instruction.action_report()
        instruction.action_report(result="They will pay")

    def test_html_of_a_report_is_harmless(self):
        instruction = self._give(self.worker)
        instruction.action_report("<p onclick='x()'>Done</p><script>alert(1)</script>")
        self.assertIn("Done", instruction.report)
        self.assertNotIn("script", instruction.report)
        self.assertNotIn("onclick", instruction.report)

    def test_record_that_is_deleted_takes_its_open_instructions_with_it(self):
        document = self._create_document(self.author)
        instruction = (
            self.env["paydox.instruction"]
            .with_user(self.author)
            .create(
                {"name": "Do", "executor_id": self.worker.id, "res_model": "paydox.document", "res_id": document.id}
            )
        )
        instruction.action_assign()
        document.unlink()
        self.assertInstruction(instruction, "cancelled")
        self.assertFalse(self._turns(instruction))

    def test_other_companies_are_kept_apart(self):
        company = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(ValidationError):
            self._create_instruction(company_id=company.id)


@tagged("post_install", "-at_install")
class TestInstructionActivities(PaydoxInstructionCase):
    """One list of work: the activity and the verb are the same thing."""

    def _activity(self, instruction, user):
        return (
            self.env["mail.activity"]
            .with_user(user)
            .search(
                [("res_model", "=", "paydox.instruction"), ("res_id", "=", instruction.id), ("user_id", "=", user.id)]
            )
        )

    def test_activity_that_is_done_reports(self):
        instruction = self._give(self.worker)
        self._activity(instruction, self.worker).action_feedback("Done by the list")
        self.assertInstruction(instruction, "done")
        self.assertIn("Done by the list", instruction.report)

    def test_activity_of_the_controller_accepts(self):
        instruction = self._give(self.worker, controller_id=self.controller.id)
        instruction.action_report("Done")
        self._activity(instruction, self.controller).action_done()
        self.assertInstruction(instruction, "done")

    def test_activity_of_a_part_reports_the_part(self):
        instruction = self._give_with_helper()
        self._activity(instruction, self.helper).action_feedback("My part")
        self.assertEqual(instruction.co_executor_ids.state, "reported")
        self.assertEqual(self._turns(instruction), {("worker", "execute")})

    def test_turn_is_not_thrown_off_the_list(self):
        instruction = self._give(self.worker)
        activity = self._activity(instruction, self.worker)
        for forge in (
            activity.unlink,
            lambda: activity.write({"user_id": self.helper.id}),
            lambda: activity.write({"active": False}),
        ):
            with self.assertRaises(UserError):
                forge()
        self.assertEqual(self._turns(instruction), {("worker", "execute")})

    def test_activity_moves_with_the_term(self):
        instruction = self._give(self.worker)
        moment = self._moment(days=8)
        instruction.with_user(self.head)._change_term(moment, "Later")
        self.assertEqual(self._activity(instruction, self.worker).date_deadline, moment.date())

    def test_other_activities_on_it_are_ordinary(self):
        instruction = self._give(self.worker)
        extra = instruction.activity_schedule("mail.mail_activity_data_todo", user_id=self.worker.id)
        extra.with_user(self.worker).action_done()
        self.assertInstruction(instruction, "assigned")

    def test_meeting_stands_in_the_calendar_and_goes_with_the_instruction(self):
        start, stop = self._moment(days=2), self._moment(days=2, hours=1)
        instruction = self._give(
            kind="meeting", start=start, stop=stop, attendee_ids=[Command.set(self.helper.partner_id.ids)]
        )
        event = instruction.sudo().calendar_event_id
        self.assertEqual((event.start, event.user_id), (start, self.worker))
        self.assertEqual(event.partner_ids, self.worker.partner_id | self.helper.partner_id)
        event.with_user(self.worker).write({"start": self._moment(days=3), "stop": self._moment(days=3, hours=1)})
        self.assertEqual(instruction.start, event.start)
        with self.assertRaisesRegex(UserError, "another term"):
            event.with_user(self.worker).write({"start": self._moment(days=30), "stop": self._moment(days=30, hours=1)})

        instruction.action_cancel()

        self.assertFalse(event.exists())

    def test_clash_of_meetings_is_told_without_names(self):
        times = {"start": self._moment(days=2), "stop": self._moment(days=2, hours=1)}
        self._give(kind="meeting", name="Secret talk", **times)
        second = self._create_instruction(kind="meeting", **times)
        self.assertIn("1", second.clash)
        self.assertNotIn("Secret", second.clash)

    def test_notices_are_one_message_a_person(self):
        for name in ("First", "Second"):
            self._give(name=name)
        before = self.env["mail.message"].search_count([("partner_ids", "in", self.worker.partner_id.ids)])
        with self.enter_registry_test_mode():
            self.env.ref("paydox_edms.ir_cron_send_instruction_notices").with_user(1).method_direct_trigger()
        messages = self.env["mail.message"].search([("partner_ids", "in", self.worker.partner_id.ids)], order="id desc")
        self.assertEqual(len(messages) - before, 1)
        self.assertIn("First", messages[0].body)
        self.assertIn("Second", messages[0].body)


@tagged("post_install", "-at_install")
class TestInstructionTerm(PaydoxInstructionCase):
    def test_term_is_counted_in_working_days_of_the_executor(self):
        calendar = self.env["resource.calendar"].create({"name": "Week", "tz": "UTC", "company_id": self.company.id})
        self.worker.employee_ids.resource_calendar_id = calendar
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": "2026-11-24 00:00:00",
                "date_to": "2026-11-24 23:59:59",
            }
        )
        with freeze_time("2026-11-20 10:00:00"):  # a Friday; Tuesday is a holiday
            instruction = self._give(deadline=False, term_days=2)
        self.assertEqual(str(instruction.deadline.date()), "2026-11-25")

    def test_late_report_keeps_how_late_it_was(self):
        with freeze_time("2026-11-02 09:00:00"):
            instruction = self._give(self.worker, deadline="2026-11-03 12:00:00")
        with freeze_time("2026-11-05 12:00:00"):
            instruction.invalidate_recordset()
            self.assertTrue(instruction.is_late)
            self.assertIn(instruction, instruction.search([("is_late", "=", True)]))
            instruction.action_report("Sorry")
        self.assertGreater(instruction.late_hours, 0)
        self.assertTrue(instruction.is_late)

    def test_many_are_given_by_the_engine_in_a_constant_number_of_queries(self):
        values = {"name": "Step", "author_id": self.head.id, "executor_id": self.worker.id, "term_days": 3}
        counts = []
        for count in (5, 30):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            instructions = self.env["paydox.instruction"]._assign_many([dict(values) for _index in range(count)])
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(set(instructions.mapped("state")), {"assigned"})
        self.assertLessEqual(counts[1], counts[0] + 12, counts)
