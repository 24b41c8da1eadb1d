from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .common_case import PaydoxCaseCase


class TestCaseAdapt(PaydoxCaseCase):
    """Changing a case while it runs, and moving it to another revision."""

    def _manual(self, count, **overrides):
        steps = [{"name": f"S{number}", "kind": "milestone", "is_manual": True} for number in range(1, count + 1)]
        return self._start_case(*steps, **overrides)

    def _names(self, case):
        return case.step_ids.sorted(lambda step: (step.sequence, step.id)).mapped("name")

    def test_step_added_between_two_others_changes_this_case_only(self):
        case = self._manual(4)
        other = self._start(case.template_id)
        third = self._step(case, 3)

        case.action_add_step(
            {"name": "New", "kind": "milestone", "is_manual": True, "after": [third.id], "insert": True}
        )

        self.assertEqual(self._names(case), ["S1", "S2", "S3", "New", "S4"])
        self.assertEqual(self._step(case, 5).predecessor_ids.name, "New")
        self.assertEqual(self._names(other), ["S1", "S2", "S3", "S4"])
        for number in (1, 2, 3):
            self._step(case, number).action_done()
        self.assertStates(case, "done", "done", "done", "ready", "waiting")

    def test_hostile_values_of_a_step_are_refused(self):
        case = self._manual(1)
        foreign = self._step(self._manual(1, code="F"), 1)
        for vals in (
            None,
            {},
            {"name": " "},
            {"name": "x", "state": "done"},
            {"name": "x", "case_id": 1},
            {"name": "x", "kind": "explode"},
            {"name": "x", "kind": "document"},
            {"name": "x", "term_value": -1},
            {"name": "x", "term_value": "y"},
            {"name": "x", "after": [foreign.id]},
            {"name": "x", "after": "y"},
            {"name": "x", "responsible_kind": "group"},
            {"name": "x", "condition": "[('gone', '=', 1)]"},
            {"name": "x", "condition": "__import__('os')"},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError), self.env.cr.savepoint():
                case.action_add_step(vals)
        self.assertEqual(len(case.step_ids), 1)

    def test_step_cannot_be_moved_after_itself(self):
        case = self._manual(3)
        with self.assertRaisesRegex(UserError, "after itself"):
            self._step(case, 2).action_move([self._step(case, 3).id])

        self._step(case, 3).action_move([])

        self.assertEqual(self._names(case), ["S3", "S1", "S2"])
        self.assertStates(case, "ready", "ready", "waiting")

    def test_removing_a_done_step_is_refused(self):
        case = self._manual(2)
        self._step(case, 1).action_done()
        with self.assertRaisesRegex(UserError, "in the state “Done”"):
            self._step(case, 1).action_cancel("Not needed")

    def test_step_given_to_another_person(self):
        case = self._manual(2)
        self._step(case, 2).action_reassign(self.legal.id, "Knows better")

        self.assertEqual(self._step(case, 2).user_ids, self.legal)
        self.legal.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self._step(case, 1).action_reassign(self.legal.id)
        for user in (None, 0, "x", 10**9):
            with self.assertRaises(UserError):
                self._step(case, 1).action_reassign(user)

    def test_case_without_a_template(self):
        case = self.env["paydox.case"].with_user(self.author).create({"name": "Move to the new office"})
        with self.assertRaisesRegex(UserError, "no step"):
            case.action_start()
        case.action_add_step({"name": "Pack", "kind": "milestone", "is_manual": True})
        self.assertStates(case, "waiting")

        case.action_start()

        self.assertStates(case, "ready")
        self.assertTrue(case.number)
        with self.assertRaises(UserError):
            case.action_start()

    def test_save_as_template_makes_a_draft_for_who_manages_templates(self):
        case = self._start_case(
            {"name": "A", "kind": "milestone", "is_manual": True},
            {"name": "B", "kind": "milestone", "is_manual": True},
            field_ids=[Command.create({"name": "Region", "property_name": "region"})],
            section_ids=[Command.create({"name": "First"})],
        )
        first = self._step(case, 1)
        case.action_add_step({"name": "New", "kind": "milestone", "after": [first.id], "insert": True})

        case.action_save_as_template("Adapted")

        template = self.env["paydox.case.template"].search([("name", "=", "Adapted")])
        self.assertEqual(template.state, "draft")
        self.assertEqual(template.step_ids.sorted("sequence").mapped("name"), ["A", "New", "B"])
        self.assertEqual(template.field_ids.property_name, "region")
        with self.assertRaises(AccessError):
            template.with_user(self.author).write({"goal": "x"})
        template.with_user(self.builder).action_publish()
        self.assertStates(self._start(template), "ready", "waiting", "waiting")

    def test_taken_out_step_is_not_in_the_template(self):
        case = self._manual(3)
        self._step(case, 2).action_cancel("Not needed")
        case.action_save_as_template("Shorter")

        template = self.env["paydox.case.template"].search([("name", "=", "Shorter")])
        self.assertEqual(template.step_ids.sorted("sequence").mapped("name"), ["S1", "S3"])
        self.assertEqual(template.step_ids.sorted("sequence")[1].predecessor_ids.name, "S1")

    # === revisions === #

    def _revise_and_publish(self, template):
        """A revision without S2, with S3 renamed and S5 new."""
        draft = self._revise(template)
        steps = {step.name: step for step in draft.step_ids}
        steps["S2"].unlink()
        steps["S3"].name = "S3 new"
        draft.write(
            {"step_ids": [Command.create({"name": "S5", "kind": "milestone", "is_manual": True, "sequence": 90})]}
        )
        draft.action_publish()
        return draft

    def test_case_stays_on_its_revision_until_somebody_moves_it(self):
        case = self._manual(4)
        target = self._revise_and_publish(case.template_id.with_user(self.builder))
        newer = self._start(target)

        self._step(case, 1).action_done()

        self.assertEqual((case.template_revision, newer.template_revision), (1, 2))
        self.assertStates(case, "done", "ready", "waiting", "waiting")
        self.assertTrue(case.has_newer_revision)
        self.assertEqual(self._names(newer), ["S1", "S3 new", "S4", "S5"])

    def test_preview_says_what_happens_to_each_step_and_changes_nothing(self):
        case = self._manual(4)
        case.action_add_step({"name": "Own", "kind": "milestone", "is_manual": True, "after": [self._step(case, 4).id]})
        self._step(case, 1).action_done()
        self._revise_and_publish(case.template_id.with_user(self.builder))

        plan = case.action_preview_migration()

        self.assertEqual((plan["from"], plan["to"]), (1, 2))
        self.assertEqual(
            {row["name"]: row["action"] for row in plan["steps"]},
            {"S1": "keep", "S2": "remove", "S3": "change", "S4": "keep", "S5": "add", "Own": "keep"},
        )
        for row in plan["steps"]:
            self.assertEqual(bool(row["reason"]), row["name"] not in ("S1", "S4"), row)
        self.assertEqual(self._names(case), ["S1", "S2", "S3", "S4", "Own"])

    def test_moving_does_exactly_what_was_shown(self):
        case = self._manual(4)
        self._step(case, 1).action_done()
        target = self._revise_and_publish(case.template_id.with_user(self.builder))

        case.action_migrate(case.action_preview_migration()["key"])

        self.assertEqual((case.template_id, case.template_revision), (target, 2))
        states = {step.name: step.state for step in case.step_ids}
        self.assertEqual(states, {"S1": "done", "S2": "cancelled", "S3 new": "ready", "S4": "waiting", "S5": "waiting"})
        self.assertFalse(case.has_newer_revision)

    def test_moving_without_or_after_another_look_is_refused(self):
        case = self._manual(4)
        self._revise_and_publish(case.template_id.with_user(self.builder))
        key = case.action_preview_migration()["key"]
        for wrong in (None, "", "x", 1):
            with self.assertRaisesRegex(UserError, "looked at again"):
                case.action_migrate(wrong)
        self._step(case, 1).action_done()
        with self.assertRaisesRegex(UserError, "looked at again"):
            case.action_migrate(key)
        self.assertEqual(case.template_revision, 1)

    def test_moving_is_all_or_nothing(self):
        case = self._manual(4)
        self._revise_and_publish(case.template_id.with_user(self.builder))
        key = case.action_preview_migration()["key"]
        self.patch(type(case), "_fill_defaults", lambda *args: 1 / 0)

        # Not assertRaises, which would take back by itself what was half done.
        try:
            case.action_migrate(key)
        except ZeroDivisionError:
            self.env.invalidate_all()
        else:
            self.fail("the error is not swallowed")
        self.assertStates(case, "ready", "waiting", "waiting", "waiting")
        self.assertEqual(case.template_revision, 1)

    def test_data_is_kept_when_the_case_moves(self):
        template = self._create_template(
            {"name": "S1", "kind": "milestone", "is_manual": True},
            field_ids=[
                Command.create({"name": "Region", "property_name": "region"}),
                Command.create({"name": "Old", "property_name": "old"}),
            ],
        )
        template.action_publish()
        case = self._start(template)
        case.properties = {"region": "North", "old": "kept"}
        draft = self._revise(template)
        draft.field_ids.filtered(lambda row: row.property_name == "old").unlink()
        draft.field_ids = [Command.create({"name": "New", "property_name": "new", "default_value": "proposed"})]
        draft.action_publish()

        case.action_migrate(case.action_preview_migration()["key"])

        self.env.invalidate_all()
        self.assertEqual((case.properties["region"], case.properties["new"]), ("North", "proposed"))
        self.env.cr.execute("SELECT properties->>'old' FROM paydox_case WHERE id = %s", [case.id])
        self.assertEqual(self.env.cr.fetchone(), ("kept",))

    def test_wizard_shows_and_moves_several_cases(self):
        case = self._manual(4)
        other = self._start(case.template_id)
        self._revise_and_publish(case.template_id.with_user(self.builder))
        wizard = self.env["paydox.case.migrate"].with_user(self.author).create({"case_ids": (case | other).ids})
        self.assertEqual(len(wizard.line_ids), 10)

        wizard.action_confirm()

        self.assertEqual((case | other).mapped("template_revision"), [2, 2])

    def test_current_case_has_nowhere_to_move(self):
        case = self._manual(1)
        with self.assertRaisesRegex(UserError, "current revision already"):
            case.action_preview_migration()
