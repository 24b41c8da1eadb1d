from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestPositionApprover(PaydoxEdmsCase):
    """A step names a place in the company, and whoever has it on that day is asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.department = cls.env["hr.department"].create({"name": "Legal department"})
        cls.job = cls.env["hr.job"].create({"name": "Head of legal department", "department_id": cls.department.id})
        cls.step = {"approver_kind": "position", "job_id": cls.job.id, "name": "Law"}

    def _employ(self, user, **overrides):
        vals = {"name": user.name if user else "Without a login", "user_id": user.id, "job_id": self.job.id}
        return self.env["hr.employee"].create(vals | overrides)

    def test_present_holder_of_the_position_is_asked(self):
        former = self._employ(self.legal)
        self.assertWaitsFor(self._create_submitted(self.step), self.legal)
        former.job_id = False
        self._employ(self.chief)

        document = self._create_document()
        document.action_submit()

        self.assertWaitsFor(document, self.chief)
        with self.assertRaises(AccessError):
            document.with_user(self.legal).action_agree()
        document.with_user(self.chief).action_agree()
        self.assertState(document, "approved")

    def test_new_holder_changes_no_running_round(self):
        former = self._employ(self.legal)
        document = self._create_submitted(self.step)
        former.job_id = False
        self._employ(self.chief)

        self.assertWaitsFor(document, self.legal)

    def test_later_step_asks_who_holds_the_position_then(self):
        former = self._employ(self.legal)
        document = self._create_submitted({"users": self.director}, self.step)
        former.job_id = False
        self._employ(self.chief)

        document.with_user(self.director).action_agree()

        self.assertWaitsFor(document, self.chief)

    def test_vacant_position_is_named_and_may_be_left_out(self):
        self.kind.route_id = self._create_route(self.step, {"users": self.director})
        with self.assertRaisesRegex(UserError, "Law.*“Head of legal department” is vacant"):
            self._create_document().action_submit()

        document = self._create_submitted(self.step | {"if_nobody": "skip"}, {"users": self.director})

        self.assertWaitsFor(document, self.director)

    def test_holder_without_a_login_is_named(self):
        self._employ(self.env["res.users"])
        self.kind.route_id = self._create_route(self.step)
        with self.assertRaisesRegex(UserError, r"Without a login \(Head of legal department\) has no login"):
            self._create_document().action_submit()

    def test_dismissed_holder_leaves_the_position_vacant(self):
        self._employ(self.legal).active = False
        self.kind.route_id = self._create_route(self.step)
        with self.assertRaisesRegex(UserError, "is vacant"):
            self._create_document().action_submit()

    def test_holder_whose_login_is_archived_is_named(self):
        self._employ(self.legal)
        self.legal.active = False
        self.kind.route_id = self._create_route(self.step)
        with self.assertRaisesRegex(UserError, "Legal"):
            self._create_document().action_submit()

    def test_of_several_holders_those_decide_who_can(self):
        for user in (self.legal, self.chief):
            self._employ(user)
        self.legal.active = False

        self.assertWaitsFor(self._create_submitted(self.step), self.chief)

    def test_author_who_holds_the_position_does_not_decide(self):
        self._employ(self.author)
        self.kind.route_id = self._create_route(self.step)
        with self.assertRaisesRegex(UserError, "only the author"):
            self._create_document().action_submit()

    def test_head_of_a_chosen_department_is_asked(self):
        step = {"approver_kind": "department_head", "department_id": self.department.id, "name": "Law"}
        self.kind.route_id = self._create_route(step)
        with self.assertRaisesRegex(UserError, "“Legal department” has no head"):
            self._create_document().action_submit()
        head = self._employ(self.env["res.users"])
        self.department.manager_id = head
        with self.assertRaisesRegex(UserError, "has no login"):
            self._create_document().action_submit()
        head.user_id = self.chief
        other = self.env["hr.department"].create({"name": "Sales"})

        document = self._create_document(department_id=other.id)
        document.action_submit()

        self.assertWaitsFor(document, self.chief)

    def test_step_without_a_position_is_refused_when_saved(self):
        with self.assertRaises(ValidationError):
            self._create_route({"approver_kind": "position"}, publish=False)

    def test_route_says_which_position_decides(self):
        route = self._create_route(self.step, {"approver_kind": "department_head", "department_id": self.department.id})
        self.assertEqual(
            route.step_ids.mapped("approver_summary"), ["Head of legal department", "Head: Legal department"]
        )
        revision = self.env["paydox.route"].browse(route.action_new_revision()["res_id"])
        self.assertEqual(revision.step_ids.job_id, self.job)
        self.assertEqual(revision.step_ids.department_id, self.department)

    # somebody leaves while it waits for him

    def _submit_to_holder(self, *steps):
        heads = self.env["hr.employee"].create({"name": "D", "user_id": self.director.id})
        self.employee = self._employ(self.legal, parent_id=heads.id)
        return self._create_submitted(*(steps or [self.step]))

    def test_what_waits_for_a_dismissed_person_passes_to_the_next_holder(self):
        document = self._submit_to_holder()
        self.employee.active = False
        self._employ(self.chief)

        self.legal.with_user(self.admin).active = False

        self.assertWaitsFor(document, self.chief)
        approval = document.sudo().approval_id
        gone = approval.line_ids.filtered(lambda line: line.user_id == self.legal)
        self.assertRecordValues(gone, [{"state": "delegated", "action": "pass", "comment": "No longer works here."}])
        self.assertEqual((approval.line_ids - gone).delegated_from_id, gone)
        self.assertFalse(document.sudo().activity_ids.filtered(lambda activity: activity.user_id == self.legal))
        self.assertFalse(approval._find_broken_link())
        document.with_user(self.chief).action_agree()
        self.assertState(document, "approved", "approved")
        self.assertFalse(approval._find_broken_link())

    def test_what_waits_for_a_dismissed_person_passes_to_his_manager(self):
        document = self._submit_to_holder()
        self.employee.active = False

        self.legal.active = False

        self.assertWaitsFor(document, self.director)

    def test_turn_that_comes_after_the_dismissal_passes_on_as_well(self):
        document = self._submit_to_holder({"users": self.chief | self.legal, "mode": "sequential"})
        self.assertWaitsFor(document, self.chief)
        self.legal.active = False
        self.assertWaitsFor(document, self.chief)

        document.with_user(self.chief).action_agree()

        self.assertWaitsFor(document, self.director)

    def test_who_takes_part_already_is_not_asked_twice(self):
        document = self._submit_to_holder({"users": self.legal | self.director})

        self.legal.active = False

        self.assertWaitsFor(document, self.director | self.legal)
        self.assertIn("nobody is found in his place", "".join(document.sudo().message_ids.mapped("body")))

    def test_votes_and_acquaintance_are_never_passed_on(self):
        document = self._submit_to_holder({"users": self.legal, "kind": "acquaint"})

        self.legal.active = False

        self.assertFalse(document.sudo().approval_id.line_ids.filtered(lambda line: line.user_id != self.legal))
