from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import PaydoxEdmsCase


class TestApprovalVerbs(PaydoxEdmsCase):
    """Step out, add an approver, stop, pass over a step; who passes by himself."""

    def _lines_of(self, document, user):
        return document.sudo().approval_id.line_ids.filtered(lambda line: line.user_id == user)

    def _employ(self, user, manager=None):
        return self.env["hr.employee"].create(
            {"name": user.name, "user_id": user.id, "parent_id": manager.id if manager else False}
        )

    def assertWhole(self, document):
        self.assertFalse(document.sudo().approval_id._find_broken_link())

    # step out

    def test_others_go_on_without_the_one_who_stepped_out(self):
        document = self._create_submitted({"users": self.legal | self.chief})

        document.with_user(self.legal).action_recuse("I know the supplier")

        self.assertRecordValues(self._lines_of(document, self.legal), [{"state": "skipped", "action": "recuse"}])
        self.assertWaitsFor(document, self.chief)
        document.with_user(self.chief).action_agree()
        self.assertState(document, "approved")
        self.assertWhole(document)

    def test_stepping_out_needs_a_reason_and_ones_turn(self):
        document = self._create_submitted({"users": self.legal}, confidentiality="open")
        for comment in (None, "", "  ", False):
            with self.assertRaises(UserError):
                document.with_user(self.legal).action_recuse(comment)
        for user in (self.stranger, self.author, self.manager, self.admin):
            with self.assertRaises(AccessError):
                document.with_user(user).action_recuse("x")
        self.assertWaitsFor(document, self.legal)

    def test_manager_decides_when_nobody_remains(self):
        self._employ(self.legal, self._employ(self.chief))
        document = self._create_submitted({"users": self.legal})

        document.with_user(self.legal).action_recuse("I know the supplier")

        self.assertWaitsFor(document, self.chief)
        document.with_user(self.chief).action_agree()
        self.assertState(document, "approved")
        self.assertWhole(document)

    def test_run_ends_with_the_reason_when_nobody_remains_at_all(self):
        document = self._create_submitted({"users": self.legal})

        document.with_user(self.legal).action_recuse("I know the supplier")

        self.assertState(document, "draft", "rejected")
        self.assertIn("Legal stepped out", "".join(document.message_ids.mapped("body")))

    def test_quorum_out_of_reach_by_stepping_out_asks_the_manager(self):
        self._employ(self.legal, self._employ(self.stranger))
        document = self._create_submitted({"users": self.legal | self.chief, "rule": "quorum", "quorum": 2})

        document.with_user(self.legal).action_recuse("Conflict")

        self.assertWaitsFor(document, self.chief | self.stranger)

    # added approvers

    def _create_open_route(self, *steps, **overrides):
        self.kind.route_id = self._create_route(*steps, allow_ad_hoc=True)
        document = self._create_document(**{"confidentiality": "secret"} | overrides)
        document.action_submit()
        return document

    def test_expert_is_added_reads_and_decides_and_the_route_continues(self):
        document = self._create_open_route({"users": self.legal}, {"users": self.director})
        with self.assertRaises(AccessError):
            document.with_user(self.stranger).read(["name"])

        document.with_user(self.legal).action_add_approver(self.stranger.id, "Please check the tax")

        self.assertEqual(document.with_user(self.stranger).name, "Supply of pumps")
        self.assertWaitsFor(document, self.legal | self.stranger)
        document.with_user(self.legal).action_agree()
        self.assertWaitsFor(document, self.stranger)
        document.with_user(self.stranger).action_agree()
        self.assertWaitsFor(document, self.director)
        self.assertTrue(self._lines_of(document, self.stranger).is_ad_hoc)
        self.assertWhole(document)

    def test_added_approver_never_takes_the_place_of_those_of_the_route(self):
        for rule in ("any", "all"):
            document = self._create_open_route({"users": self.legal | self.chief, "rule": rule})
            document.action_add_approver([self.stranger.id])

            document.with_user(self.stranger).action_agree()

            with self.subTest(rule=rule):
                self.assertState(document, "review")
                self.assertWaitsFor(document, self.legal | self.chief)

    def test_refusal_of_an_added_approver_refuses(self):
        document = self._create_open_route({"users": self.legal, "rule": "any"})
        document.action_add_approver(self.stranger)

        document.with_user(self.stranger).action_refuse("Wrong tax")

        self.assertState(document, "draft", "rejected")

    def test_approver_added_after_the_others_waits_for_them(self):
        document = self._create_open_route({"users": self.legal})

        document.with_user(self.legal).action_add_approver(self.stranger.id, after=True)

        self.assertWaitsFor(document, self.legal)
        document.with_user(self.legal).action_agree()
        self.assertWaitsFor(document, self.stranger)

    def test_nobody_is_added_to_a_fixed_route(self):
        document = self._create_submitted({"users": self.legal})
        for user in (self.author, self.legal):
            with self.assertRaisesRegex(UserError, "fixed route"):
                document.with_user(user).action_add_approver(self.stranger.id)
        self.assertWaitsFor(document, self.legal)

    def test_approvers_are_added_by_those_who_take_part_only(self):
        document = self._create_open_route({"users": self.legal}, {"users": self.director}, confidentiality="open")
        for user in (self.stranger, self.director, self.clerk, self.manager, self.admin):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                document.with_user(user).action_add_approver(self.chief.id)
        self.assertWaitsFor(document, self.legal)

    def test_unfit_people_are_not_added(self):
        document = self._create_open_route({"users": self.legal})
        portal = new_test_user(self.env, "edms_portal", groups="base.group_portal")
        archived = new_test_user(self.env, "edms_gone")
        archived.active = False
        for target in (
            portal.id,
            archived.id,
            self.author.id,
            self.legal.id,
            [self.chief.id, self.legal.id],
            [],
            None,
            0,
            "5",
            [True],
            {"id": 1},
            [10**9],
            self.company,
        ):
            with self.subTest(target=target), self.assertRaises(UserError):
                document.action_add_approver(target)
        self.assertWaitsFor(document, self.legal)

    # stop and pass over

    def test_stop_ends_the_run_and_keeps_the_reason(self):
        document = self._create_submitted({"users": self.director})
        with self.assertRaises(UserError):
            document.action_stop(" ")

        document.action_stop("The deal is off")

        self.assertState(document, "draft", "withdrawn")
        decision = document.approval_id.sudo().decision_ids[-1]
        self.assertEqual((decision.action, decision.comment), ("stop", "The deal is off"))
        self.assertIn("The deal is off", "".join(document.message_ids.mapped("body")))

    def test_stop_is_for_author_responsible_and_managers(self):
        document = self._create_submitted({"users": self.director}, confidentiality="open")
        for user in (self.stranger, self.director, self.clerk):
            with self.assertRaises(AccessError):
                document.with_user(user).action_stop("x")
        document.with_user(self.manager).action_stop("Wrong kind")
        self.assertState(document, "draft", "withdrawn")

    def test_manager_passes_over_a_step_with_a_reason(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director})
        with self.assertRaises(UserError):
            document.with_user(self.manager).action_bypass_step("")

        document.with_user(self.manager).action_bypass_step("The lawyer is in hospital")

        self.assertWaitsFor(document, self.director)
        self.assertEqual(document.approval_id.sudo().step_ids.mapped("state"), ["skipped", "running"])
        decision = document.approval_id.sudo().decision_ids[-1]
        self.assertEqual((decision.action, decision.decided_by_id), ("bypass", self.manager))
        self.assertWhole(document)

    def test_step_is_passed_over_by_managers_only_and_not_on_their_own_documents(self):
        document = self._create_submitted({"users": self.director}, confidentiality="open")
        for user in (self.author, self.stranger, self.director, self.clerk, self.exclusive):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                document.with_user(user).action_bypass_step("x")
        own = self.env["paydox.document"].with_user(self.manager).create({"name": "Own", "kind_id": self.kind.id})
        own.action_submit()
        with self.assertRaises(AccessError):
            own.action_bypass_step("I am in a hurry")
        self.assertWaitsFor(own, self.director)

    def test_manager_without_access_to_a_secret_document_passes_over_nothing(self):
        document = self._create_submitted({"users": self.director}, confidentiality="secret")
        for verb in ("action_bypass_step", "action_stop"):
            with self.assertRaises(AccessError):
                getattr(document.with_user(self.manager), verb)("x")

    def test_signature_is_not_passed_over(self):
        document = self._create_document()
        document.add_version("a.txt", b"text")
        self.kind.route_id = self._create_route({"users": self.director, "kind": "sign"})
        document.action_submit()
        with self.assertRaisesRegex(UserError, "cannot be passed over"):
            document.with_user(self.manager).action_bypass_step("x")

    # stale forms

    def test_stale_form_says_who_decided(self):
        document = self._create_submitted({"users": self.director}, {"users": self.legal})
        line = document.sudo().approval_id.line_ids
        self.env["paydox.substitution"].create(
            {"user_id": self.director.id, "substitute_id": self.chief.id, "date_to": "2099-01-01"}
        )
        wizard = (
            self.env["paydox.approval.decide"]
            .with_user(self.director)
            .create({"line_id": line.id, "decision": "agree"})
        )
        document.with_user(self.chief).action_agree()

        with self.assertRaisesRegex(UserError, "Chief already decided"):
            wizard.action_confirm()
        with self.assertRaisesRegex(UserError, "Chief already decided"):
            document.with_user(self.director).action_refuse("No")

    # the same person again

    def test_same_person_in_consecutive_steps_passes_by_himself_if_the_route_says_so(self):
        steps = ({"users": self.legal}, {"users": self.legal | self.chief, "name": "Second"}, {"users": self.legal})
        self.kind.route_id = self._create_route(*steps, skip_repeat=True)
        document = self._create_document()
        document.action_submit()

        document.with_user(self.legal).action_agree()

        self.assertWaitsFor(document, self.chief)
        line = self._lines_of(document, self.legal)[1]
        self.assertRecordValues(line, [{"state": "skipped", "action": "repeat"}])
        self.assertIn("Step 1", line.comment)
        document.with_user(self.chief).action_agree()
        self.assertState(document, "approved")
        self.assertWhole(document)

    def test_person_passes_only_directly_after_his_own_agreement(self):
        steps = ({"users": self.legal}, {"users": self.chief}, {"users": self.legal})
        self.kind.route_id = self._create_route(*steps, skip_repeat=True)
        document = self._create_document()
        document.action_submit()
        document.with_user(self.legal).action_agree()

        document.with_user(self.chief).action_agree()

        self.assertWaitsFor(document, self.legal)

    def test_signature_is_never_passed(self):
        self.kind.route_id = self._create_route(
            {"users": self.legal}, {"users": self.legal, "kind": "sign"}, skip_repeat=True
        )
        document = self._create_document()
        document.add_version("a.txt", b"text")
        document.action_submit()

        document.with_user(self.legal).action_agree()

        self.assertWaitsFor(document, self.legal)
