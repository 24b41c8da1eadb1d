from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form

from .common import PDF, PDF_2, PaydoxEdmsCase


class TestRework(PaydoxEdmsCase):
    """Return, a new version, and who decides again."""

    def _send_back(self, *steps, **overrides):
        """A document that ``legal`` agreed to and ``director`` refused, with a second version."""
        steps = steps or ({"users": self.legal}, {"users": self.director})
        document = self._create_submitted(*steps, **overrides)
        document.with_user(self.legal).action_agree()
        document.with_user(self.director).action_refuse("Add the annex")
        document.add_version("b.pdf", PDF_2)
        return document

    def _create_submitted_with_file(self, *steps):
        self.kind.route_id = self._create_route(*steps)
        document = self._create_document()
        document.add_version("a.pdf", PDF)
        document.action_submit()
        return document

    def _latest(self, document):
        document.invalidate_recordset()
        return document.sudo().approval_id

    def test_only_those_who_had_not_agreed_decide_again(self):
        document = self._create_submitted_with_file({"users": self.legal}, {"users": self.director})
        first_version = document.current_version_id
        document.with_user(self.legal).action_agree()
        document.with_user(self.director).action_refuse("Add the annex")
        document.add_version("b.pdf", PDF_2)

        document.action_request_approval(scope="not_agreed")

        approval = self._latest(document)
        self.assertWaitsFor(document, self.director)
        line = approval.line_ids.filtered(lambda line: line.user_id == self.legal)
        self.assertRecordValues(line, [{"state": "agreed", "action": "carry", "decided_by_id": self.legal.id}])
        self.assertEqual(line.version_id, first_version, "the sheet shows the version he agreed on")
        document.with_user(self.director).action_agree()
        self.assertState(document, "approved", "approved")
        self.assertEqual(approval.decision_ids.mapped("action"), ["start", "carry", "agree"])
        self.assertFalse(approval._find_broken_link())

    def test_by_default_everybody_decides_again(self):
        document = self._send_back()

        document.action_submit()

        self.assertWaitsFor(document, self.legal)

    def test_remarks_are_kept_as_remarks_over_several_rounds(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director})
        document.with_user(self.legal).action_agree("Mind the term")
        document.with_user(self.director).action_refuse("No")
        for _round in range(2):
            document.action_request_approval(scope="not_agreed")
            line = self._latest(document).line_ids.filtered(lambda line: line.user_id == self.legal)
            self.assertRecordValues(line, [{"state": "remarks", "comment": "Mind the term"}])
            self.assertFalse(self._latest(document)._find_broken_link())
            document.with_user(self.director).action_refuse("Still no")

    def test_material_change_makes_everybody_decide_again_and_says_so(self):
        document = self._send_back(amount=10)
        document.amount = 5_000_000

        document.action_request_approval(scope="not_agreed")

        self.assertWaitsFor(document, self.legal)
        self.assertIn("Amount", "".join(document.message_ids.mapped("body")))

    def test_route_names_other_material_facts(self):
        route = self._create_route(
            {"users": self.legal}, {"users": self.director}, fact_ids=[Command.create({"field_name": "valid_to"})]
        )
        for change, waits_for in (({"amount": 7}, self.director), ({"valid_to": "2031-01-01"}, self.legal)):
            self.kind.route_id = route
            document = self._create_document()
            document.action_submit()
            document.with_user(self.legal).action_agree()
            document.with_user(self.director).action_refuse("No")
            document.write(change)
            document.action_request_approval(scope="not_agreed")
            with self.subTest(change=change):
                self.assertWaitsFor(document, waits_for)

    def test_changed_route_makes_everybody_decide_again(self):
        document = self._send_back()
        route = self.kind.route_id.with_user(self.manager)
        route.browse(route.action_new_revision()["res_id"]).action_publish()

        document.action_request_approval(scope="not_agreed")

        self.assertWaitsFor(document, self.legal)

    def test_signature_is_given_again(self):
        document = self._create_submitted_with_file({"users": self.legal, "kind": "sign"}, {"users": self.director})
        document.with_user(self.legal).action_agree()
        document.with_user(self.director).action_refuse("No")

        document.action_request_approval(scope="not_agreed")

        self.assertWaitsFor(document, self.legal)

    def test_person_who_agreed_by_delegation_is_not_asked_again(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director})
        document.with_user(self.legal).action_delegate(self.chief)
        document.with_user(self.chief).action_agree()
        document.with_user(self.director).action_refuse("No")

        document.action_request_approval(scope="not_agreed")

        self.assertWaitsFor(document, self.director)
        line = self._latest(document).line_ids.filtered(lambda line: line.user_id == self.legal)
        self.assertEqual((line.state, line.decided_by_id), ("agreed", self.chief))

    def test_unknown_scope_and_strangers_are_refused(self):
        document = self._send_back(confidentiality="open")
        for scope in ("some", None, 5, ["all"], {"x": 1}):
            with self.subTest(scope=scope), self.assertRaises(UserError):
                document.action_request_approval(scope=scope)
        for user in (self.stranger, self.legal, self.director):
            with self.assertRaises(AccessError):
                document.with_user(user).action_request_approval(scope="not_agreed")
            with self.assertRaises(AccessError):
                document.with_user(user).action_open_resend()
            with self.assertRaises(AccessError):
                self.env["paydox.approval.resend"].with_user(user).create(
                    {"res_model": document._name, "res_id": document.id}
                )

    def test_window_proposes_those_who_had_not_agreed(self):
        document = self._send_back()
        action = document.action_open_resend()
        wizard = Form(self.env["paydox.approval.resend"].with_user(self.author).with_context(**action["context"]))
        self.assertEqual((wizard.scope, wizard.agreed_names), ("not_agreed", "Legal"))

        wizard.save().action_confirm()

        self.assertWaitsFor(document, self.director)

    def test_window_says_why_everybody_decides_again(self):
        document = self._send_back()
        document.amount = 9
        wizard = Form(
            self.env["paydox.approval.resend"]
            .with_user(self.author)
            .with_context(default_res_model=document._name, default_res_id=document.id)
        )

        self.assertEqual(wizard.scope, "all")
        self.assertIn("Amount", wizard.obstacle)

    # return to a step

    def test_return_to_an_earlier_step_opens_it_and_the_following_ones_again(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.chief}, {"users": self.director})
        document.with_user(self.legal).action_agree()
        document.with_user(self.chief).action_agree()
        approval = document.sudo().approval_id

        document.with_user(self.director).action_return("Look at clause 3", step=approval.step_ids[0].id)

        self.assertState(document, "review", "running")
        self.assertEqual(approval.round, 1)
        self.assertWaitsFor(document, self.legal)
        document.with_user(self.legal).action_agree()
        self.assertWaitsFor(document, self.chief)
        document.with_user(self.chief).action_agree()
        document.with_user(self.director).action_agree()
        self.assertState(document, "approved", "approved")
        self.assertEqual(
            [(line.user_id, line.state, line.attempt) for line in approval.line_ids.sorted("id")],
            [
                (self.legal, "agreed", 1),
                (self.chief, "agreed", 1),
                (self.director, "refused", 1),
                (self.legal, "agreed", 2),
                (self.chief, "agreed", 2),
                (self.director, "agreed", 2),
            ],
        )
        returned = approval.decision_ids.filtered(lambda decision: decision.action == "return")
        self.assertEqual(returned.target_step_id, approval.step_ids[0])
        self.assertFalse(approval._find_broken_link())

    def test_return_to_a_step_that_was_not_passed_is_refused(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.chief}, {"users": self.director})
        other = self._create_submitted({"users": self.legal}, {"users": self.chief})
        document.with_user(self.legal).action_agree()
        other.with_user(self.legal).action_agree()
        steps = document.sudo().approval_id.step_ids
        as_chief = document.with_user(self.chief)
        for step in (steps[1].id, steps[2].id, other.sudo().approval_id.step_ids[0].id, -1, 10**9, "1", [1], True):
            with self.subTest(step=step), self.assertRaises(UserError):
                as_chief.action_return("x", step=step)
        with self.assertRaises(UserError):
            as_chief.action_return("", step=steps[0].id)
        self.assertWaitsFor(document, self.chief)

    def test_window_returns_to_the_chosen_step(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director})
        document.with_user(self.legal).action_agree()
        action = document.with_user(self.director).action_open_decide()
        context = action["context"] | {"default_decision": "return"}
        wizard = Form(self.env["paydox.approval.decide"].with_user(self.director).with_context(**context))
        wizard.comment = "Again"
        wizard.return_step_id = document.sudo().approval_id.step_ids[0].sudo(False).with_user(self.director)

        wizard.save().action_confirm()

        self.assertWaitsFor(document, self.legal)
