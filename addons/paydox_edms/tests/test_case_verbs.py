from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .common_case import PaydoxCaseCase


class TestCaseVerbs(PaydoxCaseCase):
    """The verbs of steps and of cases: who, in which state, and what is asked for."""

    def _manual(self, *names, **overrides):
        steps = [{"name": name, "kind": "milestone", "is_manual": True} for name in names]
        return self._start_case(*steps, **overrides)

    def _message(self):
        return self._start_case({"kind": "event", "event_name": "document.approved"}, {"kind": "milestone"})

    # === steps === #

    def test_viewer_can_do_nothing_but_look(self):
        case = self._manual("A", "B", vals={"viewer_ids": [self.legal.id]})
        step = self._step(case, 1).with_user(self.legal)
        self.assertEqual(step.name, "A")

        for verb, arguments in (
            ("action_start", ()),
            ("action_done", ("x",)),
            ("action_skip", ("x",)),
            ("action_cancel", ("x",)),
            ("action_reassign", (self.legal.id, "x")),
            ("action_move", ([],)),
            ("action_retry", ()),
        ):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(step, verb)(*arguments)
        for verb, arguments in (
            ("action_add_step", ({"name": "x"},)),
            ("action_close", (self.reached.id,)),
            ("action_cancel", ("x",)),
            ("action_save_as_template", ()),
            ("action_preview_migration", ()),
            ("action_migrate", ("x",)),
        ):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(case.with_user(self.legal), verb)(*arguments)
        self.assertStates(case, "ready", "waiting")

    def test_stranger_reads_neither_the_case_nor_its_steps(self):
        case = self._manual("A")
        for records in (case, case.step_ids):
            seen = records.with_user(self.outsider)
            self.assertFalse(seen.search([("id", "in", records.ids)]))
            with self.assertRaises(AccessError):
                seen.read(["name"])
        with self.assertRaises(AccessError):
            self._step(case, 1).with_user(self.outsider).action_done()
        self.assertEqual(case.with_user(self.outsider).sudo().display_name, "Case (no access)")

    def test_steps_and_engine_fields_are_not_written_by_hand(self):
        case = self._manual("A")
        step = self._step(case, 1)
        for user in (self.author, self.admin):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                step.with_user(user).write({"state": "done"})
        for vals in ({"state": "done"}, {"result_id": self.reached.id}, {"res_id": 1}, {"start_key": "x"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                case.write(vals)
        with self.assertRaises(AccessError):
            step.create({"name": "x", "case_id": case.id})
        with self.assertRaises(AccessError):
            step.unlink()

    def test_head_of_the_department_reads_and_leads(self):
        case = self._manual("A", "B")

        self._step(case, 1).with_user(self.chief).action_skip("Not needed")

        self.assertStates(case, "skipped", "ready")
        self.assertEqual(self._step(case, 1).skip_reason, "Not needed")

    def test_group_named_by_the_template_leads(self):
        group = self.env["res.groups"].create({"name": "Adapters", "user_ids": [Command.link(self.legal.id)]})
        case = self._manual("A", adapt_group_ids=[Command.link(group.id)], vals={"viewer_ids": [self.legal.id]})

        self._step(case, 1).with_user(self.legal).action_skip("Not needed")

        self.assertStates(case, "skipped")

    def test_reason_is_asked_for(self):
        case = self._manual("A")
        for verb in ("action_skip", "action_cancel"):
            with self.subTest(verb=verb), self.assertRaisesRegex(UserError, "Write why"):
                getattr(self._step(case, 1), verb)("  ")

    def test_verbs_in_the_wrong_state_are_refused_in_words(self):
        case = self._manual("A", "B")
        with self.assertRaisesRegex(UserError, "in the state"):
            self._step(case, 2).action_start()
        with self.assertRaisesRegex(UserError, "in the state"):
            self._step(case, 2).action_done()
        self._step(case, 1).action_done()
        for verb in ("action_skip", "action_cancel", "action_done"):
            with self.subTest(verb=verb), self.assertRaisesRegex(UserError, "in the state"):
                getattr(self._step(case, 1), verb)("x")
        with self.assertRaisesRegex(UserError, "in the state"):
            self._step(case, 2).action_repeat()

    def test_case_is_closed_cancelled_and_reopened_once(self):
        case = self._start_case({"kind": "milestone", "is_manual": True, "is_required": False})
        with self.assertRaisesRegex(UserError, "cannot become"), self.env.cr.savepoint():
            case.action_reopen("It runs")
        case.action_close(self.reached, None, True)
        closed_at = case.closed_at
        for verb, arguments in (("action_close", [self.refused, "Again", True]), ("action_cancel", ["Too late"])):
            with self.assertRaisesRegex(UserError, "cannot become"), self.env.cr.savepoint():
                getattr(case, verb)(*arguments)
        self.assertEqual((case.state, case.result_id, case.closed_at), ("done", self.reached, closed_at))
        case.action_reopen("Not yet")
        case.action_cancel("Given up")
        with self.assertRaisesRegex(UserError, "cannot become"), self.env.cr.savepoint():
            case.action_cancel("Twice")

    def test_done_step_is_repeated_only_when_the_template_lets_it(self):
        case = self._start_case(
            {"kind": "milestone", "is_manual": True, "is_repeatable": True},
            {"kind": "milestone", "is_manual": True},
        )
        self._step(case, 1).action_done()
        self._step(case, 2).action_done()
        with self.assertRaisesRegex(UserError, "does not let"):
            self._step(case, 2).action_repeat()

        self._step(case, 1).action_repeat("Changed")

        again = case.step_ids.filtered(lambda step: step.run_number == 2)
        self.assertEqual((again.state, again.name), ("ready", "Step 1"))
        self.assertEqual(case.step_ids.mapped("state").count("done"), 2)

    def test_steps_after_a_repeated_one_wait_for_it(self):
        case = self._start_case(
            {"kind": "milestone", "is_manual": True, "is_repeatable": True}, {"kind": "milestone", "is_manual": True}
        )
        self._step(case, 1).action_done()
        last = self._step(case, 2)

        self._step(case, 1).action_repeat()
        self.assertEqual(last.state, "waiting")
        case.step_ids.filtered(lambda step: step.run_number == 2).action_done()

        self.assertEqual(last.state, "ready")

    def test_step_that_waits_for_an_event_is_ended_by_hand_with_a_reason_only(self):
        case = self._message()
        step = self._step(case, 1)
        with self.assertRaisesRegex(UserError, "Write why"):
            step.action_done()

        step.action_done("Told by phone")

        self.assertStates(case, "done", "done")
        self.assertEqual((step.report, step.done_by_id), ("Told by phone", self.author))

    # === data === #

    def test_step_is_not_done_without_its_data(self):
        template = self._create_template(
            {"kind": "milestone", "is_manual": True},
            {"kind": "milestone"},
            field_ids=[Command.create({"name": "Region", "property_name": "region"})],
        )
        template.step_ids.sorted("sequence")[0].required_field_ids = template.field_ids
        template.action_publish()
        case = self._start(template)
        with self.assertRaisesRegex(UserError, "Region"):
            self._step(case, 1).action_done()

        case.properties = {"region": "North"}
        self._step(case, 1).action_done()

        self.assertStates(case, "done", "done")

    def test_step_that_ends_by_itself_waits_for_its_data(self):
        template = self._create_template(
            {"kind": "milestone"},
            {"kind": "milestone"},
            field_ids=[Command.create({"name": "Region", "property_name": "region"})],
        )
        template.step_ids.sorted("sequence")[0].required_field_ids = template.field_ids
        template.action_publish()
        case = self._start(template)
        self.assertStates(case, "active", "waiting")
        self.assertIn("Region", self._step(case, 1).problem)

        case.properties = {"region": "North"}

        self.assertStates(case, "done", "done")

    def test_data_that_the_start_needs(self):
        template = self._create_published(
            {"kind": "milestone"},
            field_ids=[Command.create({"name": "Region", "property_name": "region", "required_at": "start"})],
        )
        with self.assertRaisesRegex(UserError, "Region"):
            self._start(template)
        case = self._start(template, vals={"properties": {"region": "North", "forged": 1}})
        self.assertEqual(case.properties["region"], "North")

    def test_participant_fills_in_data_and_nothing_else(self):
        case = self._start_case(
            {"kind": "milestone", "is_manual": True},
            field_ids=[Command.create({"name": "Region", "property_name": "region"})],
            vals={"participant_ids": [self.legal.id]},
        )
        seen = case.with_user(self.legal)

        seen.properties = {"region": "South"}

        self.assertEqual(case.properties["region"], "South")
        for vals in ({"goal": "x"}, {"owner_id": self.legal.id}, {"deadline": "2030-01-01"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                seen.write(vals)

    def test_further_fields_of_this_case_only(self):
        template = self._create_published({"kind": "milestone", "is_manual": True})
        case, other = self._start(template), self._start(template)

        case.own_properties = [
            {"name": "aaa", "string": "Colour", "type": "char", "value": "red", "definition_changed": True}
        ]

        self.assertEqual(case.own_properties["aaa"], "red")
        self.assertFalse(other.own_definition)
        with self.assertRaises(AccessError):
            case.with_user(self.outsider).own_properties = [
                {"name": "bbb", "string": "X", "type": "char", "definition_changed": True}
            ]

    # === closing === #

    def test_closing_needs_a_result_and_a_reason_when_the_goal_is_not_reached(self):
        case = self._manual("A")
        self._step(case, 1).action_done()
        self.assertTrue(case.is_completed)
        self.assertEqual(case.activity_ids.user_id, self.author)
        for arguments in ((), (0,), ("x",), (self.refused.id,), (self.refused.id, " ")):
            with self.subTest(arguments=arguments), self.assertRaises(UserError):
                case.action_close(*arguments)

        case.action_close(self.refused.id, "The client left")

        self.assertRecordValues(
            case,
            [{"state": "done", "result_id": self.refused.id, "result_note": "The client left", "is_reached": False}],
        )
        self.assertFalse(case.activity_ids)

    def test_result_of_another_list_is_refused(self):
        case = self._manual("A", result_ids=[Command.link(self.refused.id)])
        with self.assertRaisesRegex(UserError, "one of the results"):
            case.action_close(self.reached.id, cancel_open=True)

    def test_closing_with_open_steps_asks(self):
        case = self._manual("A", "B")
        with self.assertRaisesRegex(UserError, "open steps: A, B"):
            case.action_close(self.reached.id)

        case.action_close(self.reached.id, cancel_open=True)

        self.assertStates(case, "cancelled", "cancelled")

    def test_automatic_closing_sets_the_result(self):
        case = self._manual("A", close_result_id=self.reached.id)
        self._step(case, 1).action_done()

        self.assertRecordValues(case, [{"state": "done", "result_id": self.reached.id, "is_reached": True}])
        events = self.env["paydox.event"].search([("res_model", "=", "paydox.case"), ("res_id", "=", case.id)])
        self.assertEqual(set(events.mapped("name")), {"case.started", "case.step_done", "case.done"})

    def test_reopened_case_goes_on_where_it_was(self):
        case = self._manual("A", "B")
        self._step(case, 1).action_done()
        case.action_close(self.reached.id, cancel_open=True)
        for arguments in ((), ("",)):
            with self.assertRaises(UserError):
                case.action_reopen(*arguments)

        case.action_reopen("One thing is missing")

        self.assertStates(case, "done", "ready")
        self.assertRecordValues(case, [{"state": "running", "result_id": False, "closed_at": False}])
        with self.assertRaises(UserError):
            case.action_reopen("Again")

    def test_closed_case_stays_as_it_is(self):
        case = self._manual("A")
        case.action_cancel("Mistake")
        self.assertEqual(case.state, "cancelled")
        with self.assertRaisesRegex(UserError, "closed"):
            case.goal = "x"
        with self.assertRaisesRegex(UserError, "closed"):
            case.action_add_step({"name": "B"})
        with self.assertRaisesRegex(UserError, "closed"):
            self._step(case, 1).action_repeat()
        with self.assertRaises(UserError):
            case.action_cancel("Again")
        with self.assertRaises(UserError):
            case.unlink()

    def test_wizard_pressed_twice_starts_one_case(self):
        template = self._create_published({"kind": "milestone", "is_manual": True})
        wizard = self.env["paydox.case.start"].with_user(self.author).create({"template_id": template.id})

        first, second = wizard.action_confirm(), wizard.action_confirm()

        self.assertEqual(first["res_id"], second["res_id"])
        self.assertEqual(template.with_user(self.author).case_count, 1)
