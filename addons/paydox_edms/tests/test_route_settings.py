from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import PaydoxEdmsCase


class TestRouteSettings(PaydoxEdmsCase):
    """What a business administrator says about a route, and what comes of it."""

    def _employ(self, user, manager=None):
        return self.env["hr.employee"].create(
            {"name": user.name, "user_id": user.id, "parent_id": manager.id if manager else False}
        )

    # who decides

    def test_manager_at_any_level_is_found_and_a_shorter_chain_gives_its_last(self):
        top = self._employ(self.director)
        middle = self._employ(self.chief, top)
        self._employ(self.author, middle)
        for level, expected in ((1, self.chief), (2, self.director), (3, self.director), (99, self.director)):
            with self.subTest(level=level):
                document = self._create_submitted({"approver_kind": "manager", "manager_level": level})
                self.assertWaitsFor(document, expected)

    def test_ring_of_managers_ends(self):
        boss = self._employ(self.chief)
        own = self._employ(self.author, boss)
        self.env.cr.execute("UPDATE hr_employee SET parent_id = %s WHERE id = %s", [own.id, boss.id])
        self.env.invalidate_all()

        document = self._create_submitted({"approver_kind": "manager", "manager_level": 7})

        self.assertWaitsFor(document, self.chief)

    def test_percent_is_of_those_who_are_asked(self):
        people = self.legal | self.chief | self.director
        step = {"users": people, "rule": "quorum", "quorum_type": "percent", "quorum_percent": 60}
        document = self._create_submitted(step)

        document.with_user(self.legal).action_agree()
        self.assertState(document, "review")
        document.with_user(self.chief).action_agree()

        self.assertState(document, "approved")

    def test_all_answers_are_collected_before_a_refusal(self):
        document = self._create_submitted({"users": self.legal | self.chief, "on_refusal": "collect"})

        document.with_user(self.legal).action_refuse("Prices")
        self.assertState(document, "review")
        self.assertWaitsFor(document, self.chief)
        document.with_user(self.chief).action_agree()

        self.assertState(document, "draft", "rejected")

    def test_empty_step_is_left_out_and_says_so(self):
        empty = self.env["res.groups"].create({"name": "Nobody"})
        document = self._create_submitted(
            {"approver_kind": "group", "group_id": empty.id, "if_nobody": "skip", "name": "Security"},
            {"users": self.director},
        )

        self.assertWaitsFor(document, self.director)
        approval = document.sudo().approval_id
        self.assertEqual(approval.step_ids.mapped("state"), ["skipped", "running"])
        self.assertEqual(approval.decision_ids.mapped("action"), ["start", "leave_out"])
        self.assertIn("Security", "".join(document.message_ids.mapped("body")))

    def test_route_of_empty_steps_only_is_refused(self):
        empty = self.env["res.groups"].create({"name": "Nobody"})
        self.kind.route_id = self._create_route({"approver_kind": "group", "group_id": empty.id, "if_nobody": "skip"})
        with self.assertRaises(UserError):
            self._create_document().action_submit()

    def test_named_person_who_left_is_no_empty_step(self):
        self.kind.route_id = self._create_route({"users": self.legal, "if_nobody": "skip"}, {"users": self.director})
        self.legal.active = False
        with self.assertRaisesRegex(UserError, "Legal is archived"):
            self._create_document().action_submit()

    def test_field_that_names_nobody_is_named(self):
        self.kind.route_id = self._create_route({"approver_kind": "field", "approver_field": "responsible_id"})
        with self.assertRaisesRegex(UserError, "Responsible"):
            self._create_document(responsible_id=False).action_submit()

    def test_settings_that_cannot_work_are_refused(self):
        by_database = (
            {"rule": "quorum", "quorum_type": "percent", "quorum_percent": 0},
            {"rule": "quorum", "quorum_type": "percent", "quorum_percent": 101},
            {"approver_kind": "manager", "manager_level": 0},
            {"deadline_hours": 4, "reminder_hours": 4},
            {"deadline_hours": 4, "reminder_hours": -1},
            {"timeout_action": "manager"},
            {"deadline_hours": 4, "timeout_action": "agree", "kind": "sign"},
            {"deadline_hours": 4, "timeout_action": "agree", "kind": "vote"},
        )
        for step in by_database:
            with self.subTest(step=step), mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
                self._create_route({"users": self.director} | step, publish=False)
        with self.assertRaises(ValidationError):
            self._create_route({"approver_kind": "field", "approver_field": "write_uid"}, publish=False)
        with self.assertRaises(ValidationError):
            self._create_route({"users": self.director}, publish=False, res_model="res.users")
        with self.assertRaises(ValidationError):
            self._create_route(
                {"users": self.director}, publish=False, fact_ids=[Command.create({"field_name": "write_uid"})]
            )

    def test_settings_are_pinned_and_in_the_chain(self):
        document = self._create_submitted({"users": self.legal, "on_refusal": "collect"}, {"users": self.director})
        approval = document.sudo().approval_id
        self.assertEqual(approval.step_ids[0].on_refusal, "collect")
        for statement in (
            "UPDATE paydox_approval_step SET on_refusal = 'stop' WHERE approval_id = %s",
            "UPDATE paydox_approval_step SET manager_level = 9 WHERE approval_id = %s",
            "UPDATE paydox_approval SET allow_ad_hoc = true WHERE id = %s",
            "UPDATE paydox_approval SET skip_repeat = true WHERE id = %s",
            "UPDATE paydox_approval SET material_snapshot = '{}' WHERE id = %s",
        ):
            with self.subTest(statement=statement), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(statement, [approval.id])
                self.env.invalidate_all()
                self.assertTrue(approval._find_broken_link())
                savepoint.rollback()
                self.env.invalidate_all()

    def test_published_regulation_is_fixed(self):
        route = self._create_route({"users": self.director}).with_user(self.manager)
        for vals in (
            {"skip_repeat": True},
            {"allow_ad_hoc": True},
            {"fact_ids": [Command.create({"field_name": "amount"})]},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                route.write(vals)
        with self.assertRaises(UserError):
            self.env["paydox.route.fact"].with_user(self.manager).create({"route_id": route.id, "field_name": "amount"})

    def test_run_keeps_what_its_route_allowed(self):
        document = self._create_submitted({"users": self.legal})
        route = self.kind.route_id.with_user(self.manager)
        draft = route.browse(route.action_new_revision()["res_id"])
        draft.allow_ad_hoc = True
        draft.action_publish()

        with self.assertRaises(UserError):
            document.action_add_approver(self.chief.id)

    # routes of a kind

    def _add_kind_route(self, condition, route, sequence=10):
        return self.env["paydox.document.kind.route"].create(
            {"kind_id": self.kind.id, "condition": condition, "route_id": route.id, "sequence": sequence}
        )

    def test_first_matching_line_gives_the_route_else_the_default(self):
        self.kind.route_id = self._create_route({"users": self.legal})
        self._add_kind_route("[('amount', '>', 1000)]", self._create_route({"users": self.chief}), 20)
        self._add_kind_route("[('amount', '>', 1000000)]", self._create_route({"users": self.director}), 10)
        for amount, expected in ((5, self.legal), (5000, self.chief), (2_000_000, self.director)):
            document = self._create_document(amount=amount)
            document.action_submit()
            with self.subTest(amount=amount):
                self.assertWaitsFor(document, expected)

    def test_kind_with_routes_by_condition_only_needs_no_default(self):
        self._add_kind_route(False, self._create_route({"users": self.chief}))
        document = self._create_document()
        self.assertTrue(document.can_submit)
        document.action_submit()
        self.assertWaitsFor(document, self.chief)

    def test_malformed_condition_and_unfit_route_are_refused(self):
        route = self._create_route({"users": self.chief})
        for condition in ("[('no_such', '=', 1)]", "x > 5", "[('amount', '>')]", "__import__('os')"):
            with self.subTest(condition=condition), self.assertRaises(ValidationError):
                self._add_kind_route(condition, route)
        with self.assertRaises(ValidationError):
            self._add_kind_route(False, self._create_route({"users": self.chief}, publish=False))

    def test_next_revision_serves_the_lines_too(self):
        route = self._create_route({"users": self.chief}).with_user(self.manager)
        line = self._add_kind_route(False, route)
        second = route.browse(route.action_new_revision()["res_id"])
        second.action_publish()
        self.assertEqual(line.route_id, second)

    def test_routes_of_kinds_are_set_by_managers_only(self):
        line = self._add_kind_route(False, self._create_route({"users": self.chief}))
        for user in (self.author, self.clerk, self.exclusive):
            with self.assertRaises(AccessError):
                line.with_user(user).write({"sequence": 1})
            with self.assertRaises(AccessError):
                line.with_user(user).unlink()
        line.with_user(self.manager).write({"sequence": 1})

    # revisions

    def test_runs_on_older_revisions_are_listed(self):
        document = self._create_submitted({"users": self.director}, confidentiality="internal")
        route = self.kind.route_id.with_user(self.manager)
        second = route.browse(route.action_new_revision()["res_id"])
        second.action_publish()

        self.assertEqual(second.old_run_count, 1)
        runs = self.env["paydox.approval"].with_user(self.manager).search(second.action_open_old_runs()["domain"])
        self.assertEqual(runs, document.sudo().approval_id)
        document.with_user(self.director).action_agree()
        second.invalidate_recordset()
        self.assertEqual(second.old_run_count, 0)

    # screens

    def test_manager_draws_a_route_on_the_form(self):
        form = Form(self.env["paydox.route"].with_user(self.manager))
        form.name = "Contracts"
        with form.step_ids.new() as step:
            step.name = "Finance"
            step.user_ids.add(self.legal)
            step.user_ids.add(self.chief)
            step.rule = "quorum"
            step.quorum_type = "percent"
            step.deadline_hours = 8
        route = form.save()
        self.assertIn("Finance", route.picture)
        self.assertIn("Chief, Legal", route.picture)

    def test_picture_of_a_run_escapes_names_and_shows_states(self):
        document = self._create_submitted({"users": self.legal, "name": "<script>x</script>"}, {"users": self.director})
        document.with_user(self.legal).action_agree()
        picture = document.with_user(self.author).approval_picture
        self.assertNotIn("<script>", picture)
        self.assertIn("border-success", picture)
        self.assertIn("Director", picture)
