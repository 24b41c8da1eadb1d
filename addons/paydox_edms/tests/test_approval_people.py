from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from .common import PaydoxEdmsCase


class TestApprovalPeople(PaydoxEdmsCase):
    """Who is asked, who may decide, for whom, and who hears of it."""

    def _substitute(self, user, substitute, start=0, end=1):
        today = fields.Date.context_today(user)
        return self.env["paydox.substitution"].create(
            {
                "user_id": user.id,
                "substitute_id": substitute.id,
                "date_from": today + timedelta(days=start),
                "date_to": today + timedelta(days=end),
            }
        )

    # who is asked

    def test_manager_of_the_author_is_found(self):
        boss = self.env["hr.employee"].create({"name": "C", "user_id": self.chief.id})
        self.env["hr.employee"].create({"name": "A", "user_id": self.author.id, "parent_id": boss.id})

        self.assertWaitsFor(self._create_submitted({"approver_kind": "manager"}), self.chief)

    def test_head_of_the_department_is_found(self):
        boss = self.env["hr.employee"].create({"name": "C", "user_id": self.chief.id})
        department = self.env["hr.department"].create({"name": "Sales", "manager_id": boss.id})

        document = self._create_submitted({"approver_kind": "department_head"}, department_id=department.id)

        self.assertWaitsFor(document, self.chief)

    def test_user_named_in_the_document_is_found(self):
        step = {"approver_kind": "field", "approver_field": "responsible_id"}

        self.assertWaitsFor(self._create_submitted(step, responsible_id=self.legal.id), self.legal)

    def test_members_of_a_group_are_found(self):
        group = self.env["res.groups"].create({"name": "G", "user_ids": [(6, 0, (self.legal | self.chief).ids)]})
        self.chief.active = False

        document = self._create_submitted({"approver_kind": "group", "group_id": group.id})

        self.assertWaitsFor(document, self.legal)

    def test_step_for_which_nobody_is_found_is_named_before_anything_changes(self):
        empty = self.env["res.groups"].create({"name": "Empty"})
        for step in (
            {"approver_kind": "manager"},
            {"approver_kind": "department_head"},
            {"approver_kind": "group", "group_id": empty.id},
            {"approver_kind": "field", "approver_field": "author_id"},
            {"users": self.author},
        ):
            self.kind.route_id = self._create_route({"users": self.legal}, step | {"name": "Last word"})
            document = self._create_document()
            with self.subTest(step=step), self.assertRaisesRegex(UserError, "Last word"):
                document.action_submit()
            self.assertState(document, "draft", "none")
            self.assertFalse(document.participant_ids)
            self.assertFalse(
                self.env["mail.activity"].search([("res_id", "=", document.id), ("res_model", "=", document._name)])
            )

    def test_archived_approver_is_named(self):
        self.kind.route_id = self._create_route({"users": self.legal | self.chief, "name": "Lawyers"})
        self.chief.active = False

        with self.assertRaisesRegex(UserError, "Lawyers.*Chief is archived"):
            self._create_document().action_submit()

    def test_approver_of_another_company_is_named(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = new_test_user(self.env, "edms_foreign", company_id=company.id, company_ids=[(6, 0, company.ids)])
        self.kind.route_id = self._create_route({"users": foreign})

        with self.assertRaisesRegex(UserError, "no access"):
            self._create_document().action_submit()

    def test_approver_who_left_during_the_run_sends_the_document_back(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director, "name": "Director"})
        self.director.active = False

        document.with_user(self.legal).action_agree()

        self.assertState(document, "draft", "rejected")
        self.assertIn("Director is archived", "".join(document.message_ids.mapped("body")))

    # who may decide

    def test_strangers_and_people_whose_turn_it_is_not_do_not_decide(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director}, confidentiality="open")
        for user in (self.stranger, self.director, self.author, self.manager, self.admin, self.clerk):
            as_user = document.with_user(user)
            self.assertFalse(as_user.can_decide)
            for verb in (
                lambda d=as_user: d.action_agree(),
                lambda d=as_user: d.action_refuse("x"),
                lambda d=as_user: d.action_return("x"),
                lambda d=as_user: d.action_delegate(self.stranger.id),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    verb()
        self.assertWaitsFor(document, self.legal)

    def test_nobody_decides_twice(self):
        document = self._create_submitted({"users": self.legal | self.director})
        document.with_user(self.legal).action_agree()

        with self.assertRaises(AccessError):
            document.with_user(self.legal).action_refuse("I changed my mind")
        self.assertEqual(len(document.approval_id.sudo().decision_ids), 2)

    def test_author_is_left_out_of_his_own_document(self):
        document = self._create_submitted({"users": self.author | self.director})

        self.assertWaitsFor(document, self.director)
        with self.assertRaises(AccessError):
            document.action_agree()

    def test_person_who_sends_does_not_decide(self):
        self.kind.route_id = self._create_route({"users": self.clerk | self.director})
        document = self._create_document()

        document.with_user(self.clerk).action_submit()

        self.assertWaitsFor(document, self.director)

    def test_author_decides_when_the_step_lets_him(self):
        document = self._create_submitted({"users": self.author, "allow_author": True})

        document.action_agree()

        self.assertState(document, "approved")

    def test_author_cannot_be_forged(self):
        self.kind.route_id = self._create_route({"users": self.author})
        document = self._create_document()
        with self.assertRaises(AccessError):
            document.author_id = self.stranger
        with self.assertRaises(AccessError):
            self._create_document(author_id=self.stranger.id)
        forged = {"default_author_id": self.stranger.id, "default_state": "approved", "default_number": "1"}
        documents = self.env["paydox.document"].with_user(self.author).with_context(**forged)
        document = documents.create({"name": "x", "kind_id": self.kind.id})
        self.assertRecordValues(document, [{"author_id": self.author.id, "state": "draft", "number": False}])
        self.assertFalse(documents.default_get(["number"]).get("number"))

    def test_withdrawal_is_for_author_responsible_and_managers(self):
        document = self._create_submitted({"users": self.director}, confidentiality="open")
        for user in (self.stranger, self.director, self.clerk):
            with self.assertRaises(AccessError):
                document.with_user(user).action_withdraw()

        document.with_user(self.manager).action_withdraw()

        self.assertState(document, "draft", "withdrawn")

    # delegation

    def test_delegate_decides_instead(self):
        document = self._create_submitted({"users": self.director})
        with self.assertRaises(AccessError):
            document.with_user(self.chief).read(["name"])

        document.with_user(self.director).action_delegate(self.chief, "Your field")

        self.assertWaitsFor(document, self.chief)
        with self.assertRaises(AccessError):
            document.with_user(self.director).action_agree()
        document.with_user(self.chief).action_agree()
        self.assertState(document, "approved")
        lines = document.approval_id.line_ids
        self.assertEqual(set(lines.mapped("state")), {"delegated", "agreed"})
        decision = document.approval_id.sudo().decision_ids.filtered(lambda d: d.action == "delegate")
        self.assertEqual((decision.decided_by_id, decision.target_user_id), (self.director, self.chief))

    def test_window_delegates_the_turn_it_was_opened_on(self):
        document = self._create_submitted({"users": self.director | self.chief})
        self._substitute(self.director, self.chief)
        lines = document.approval_id.line_ids.grouped("user_id")
        window = self.env["paydox.approval.decide"].with_user(self.chief)

        window.create(
            {"line_id": lines[self.director].id, "decision": "delegate", "user_id": self.legal.id}
        ).action_confirm()

        self.assertEqual((lines[self.director].state, lines[self.chief].state), ("delegated", "pending"))

    def test_delegation_to_unfit_people_is_refused(self):
        document = self._create_submitted({"users": self.director | self.legal}).with_user(self.director)
        portal = new_test_user(self.env, "edms_portal", groups="base.group_portal")
        archived = new_test_user(self.env, "edms_gone")
        archived.active = False

        for target in (portal, archived, self.author, self.director, self.legal, 0, -1, "1 OR 1", None, 10**9):
            with self.subTest(target=target), self.assertRaises(UserError):
                document.action_delegate(target)
        self.assertWaitsFor(document, self.director | self.legal)

    # substitution

    def test_substitute_decides_for_nobody_who_is_archived(self):
        document = self._create_submitted({"users": self.director})
        substitution = self._substitute(self.director, self.chief)
        as_substitute = document.with_user(self.chief)
        self.assertTrue(as_substitute.can_decide)

        # Without a word to the engine, which would ask the substitute himself.
        with patch.object(type(self.env["paydox.approval.line"]), "_pass_on_departed"):
            self.director.active = False
        as_substitute.invalidate_recordset()
        self.assertFalse(as_substitute.can_decide, "what is kept of substitutions is forgotten with the person")
        self.director.active = True
        as_substitute.invalidate_recordset()
        self.assertTrue(as_substitute.can_decide)

        substitution.unlink()
        as_substitute.invalidate_recordset()
        self.assertFalse(as_substitute.can_decide)

    def test_substitute_decides_for_the_absent(self):
        document = self._create_submitted({"users": self.director}, confidentiality="secret")
        as_substitute = document.with_user(self.chief)
        with self.assertRaises(AccessError):
            as_substitute.read(["name"])
        self._substitute(self.director, self.chief)

        self.assertTrue(as_substitute.can_decide)
        self.assertEqual(as_substitute.search([("can_decide", "=", True)]), document)
        as_substitute.action_agree()

        line = document.approval_id.line_ids
        self.assertEqual((line.user_id, line.decided_by_id), (self.director, self.chief))
        decision = document.approval_id.sudo().decision_ids.filtered(lambda d: d.action == "agree")
        self.assertEqual((decision.user_id, decision.decided_by_id), (self.director, self.chief))
        self.assertState(document, "approved")

    def test_substitution_counts_on_its_days_only(self):
        document = self._create_submitted({"users": self.director}, confidentiality="open")
        for start, end in ((1, 5), (-5, -1)):
            substitution = self._substitute(self.director, self.chief, start, end)
            self.assertFalse(document.with_user(self.chief).can_decide)
            with self.assertRaises(AccessError):
                document.with_user(self.chief).action_agree()
            substitution.unlink()

    def test_substitute_of_the_substitute_decides(self):
        document = self._create_submitted({"users": self.director})
        self._substitute(self.director, self.chief)
        self._substitute(self.chief, self.legal)

        document.with_user(self.legal).action_agree()

        self.assertEqual(document.approval_id.line_ids.decided_by_id, self.legal)

    def test_author_does_not_decide_as_a_substitute(self):
        document = self._create_submitted({"users": self.director})
        self._substitute(self.director, self.author)

        self.assertFalse(document.can_decide)
        with self.assertRaises(AccessError):
            document.action_agree()

    def test_ring_of_substitutes_is_refused(self):
        self._substitute(self.director, self.chief, 0, 5)
        self._substitute(self.chief, self.legal, 3, 9)
        with self.assertRaises(ValidationError):
            self._substitute(self.legal, self.director, 5, 6)

        self._substitute(self.legal, self.director, 6, 9)

    def test_everybody_names_his_own_substitute_only(self):
        vals = {"user_id": self.director.id, "substitute_id": self.stranger.id, "date_to": fields.Date.today()}
        substitutions = self.env["paydox.substitution"]
        for user in (self.stranger, self.clerk):
            with self.assertRaises(AccessError):
                substitutions.with_user(user).create(vals)
        own = substitutions.with_user(self.director).create(vals)
        with self.assertRaises(AccessError):
            own.with_user(self.stranger).write({"date_to": fields.Date.today() + timedelta(days=9)})
        with self.assertRaises(AccessError):
            self._substitute(self.stranger, self.chief).with_user(self.stranger).write({"user_id": self.director.id})
        substitutions.with_user(self.manager).create(vals | {"user_id": self.legal.id})

    # who hears of it

    def test_person_asked_has_an_activity_until_it_is_decided(self):
        document = self._create_submitted({"users": self.legal | self.director, "rule": "any"})
        activities = document.sudo().activity_ids
        self.assertEqual(activities.user_id, self.legal | self.director)

        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"text", "res_model": "mail.activity", "res_id": activities[0].id}
        )
        document.with_user(self.director).action_agree()

        self.assertFalse(activities.exists())
        self.assertFalse(document.sudo().activity_ids)
        self.assertFalse(file.exists(), "what hung on the activity goes with it")

    def test_person_asked_does_not_follow_the_discussion(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director})
        document.with_user(self.legal).action_agree()
        people = (self.legal | self.director).partner_id
        self.assertFalse(document.sudo().message_partner_ids & people)

    def test_person_asked_is_told_in_his_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.director.write({"lang": "fr_FR", "notification_type": "email", "email": "director@example.com"})
        self.author.write({"notification_type": "email", "email": "author@example.com"})

        document = self._create_submitted({"users": self.director})
        # sudo: notices are sent by a job
        document.sudo().approval_id.line_ids._send_notices()
        message = self.env["mail.message"].search(
            [
                ("model", "=", document._name),
                ("res_id", "=", document.id),
                ("partner_ids", "in", self.director.partner_id.ids),
            ]
        )
        self.assertTrue(message.notification_ids.filtered(lambda n: n.res_partner_id == self.director.partner_id))

        document.with_user(self.director).action_agree()
        # sudo: as above
        document.sudo().approval_id._send_outcomes()
        outcome = self.env["mail.message"].search(
            [
                ("model", "=", document._name),
                ("res_id", "=", document.id),
                ("partner_ids", "in", self.author.partner_id.ids),
            ]
        )
        self.assertIn("approved", outcome.body)
