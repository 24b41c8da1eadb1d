from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from .common import PDF, PDF_2, PaydoxEdmsCase


class TestDocument(PaydoxEdmsCase):
    def test_author_fills_in_a_card_by_the_form(self):
        with Form(self.env["paydox.document"].with_user(self.author)) as form:
            form.kind_id = self.kind
            form.name = "Lease of the office"
            self.assertEqual(form.responsible_id, self.author)
        document = form.record

        self.assertEqual((document.state, document.author_id), ("draft", self.author))
        self.assertEqual(document.confidentiality, "internal")
        self.assertIn(self.author.partner_id, document.message_partner_ids)

    def test_department_follows_the_responsible_person(self):
        department = self.env["hr.department"].create({"name": "Sales"})
        self.env["hr.employee"].create({"name": "A", "user_id": self.author.id, "department_id": department.id})

        self.assertEqual(self._create_document().department_id, department)

    def test_search_finds_by_subject_and_by_number(self):
        document = self._create_document(name="Zygomorphic rent")
        document.action_register()

        self.assertEqual([row[0] for row in document.name_search("zygomorphic")], document.ids)
        self.assertEqual([row[0] for row in document.name_search(document.number)], document.ids)

    def test_life_of_a_document_without_a_route(self):
        document = self._create_document()
        with self.assertRaisesRegex(UserError, "not registered"):
            document.action_execute()

        document.action_register()
        document.action_execute()

        self.assertState(document, "done")
        self.assertTrue(document.date_execution)

    def test_verbs_are_refused_in_states_that_do_not_allow_them(self):
        document = self._create_approved()
        document.action_cancel()
        for verb in ("action_submit", "action_execute", "action_cancel", "action_register", "action_withdraw"):
            with self.subTest(verb=verb), self.assertRaises(UserError):
                getattr(document, verb)()
        self.assertState(document, "cancelled")

    def test_document_on_approval_is_locked_for_everybody(self):
        document = self._create_submitted({"users": self.director})
        self.exclusive.group_ids |= self.env.ref("paydox_edms.paydox_edms_group_manager")

        for user in (self.author, self.director, self.manager, self.admin, self.exclusive):
            as_user = document.with_user(user)
            for vals in ({"name": "X"}, {"amount": 5}, {"note": "<p>x</p>"}, {"parent_id": False}, {"active": False}):
                with self.subTest(user=user.login, vals=vals), self.assertRaises(UserError):
                    as_user.write(vals)
            with self.assertRaises(UserError):
                as_user.add_version("a.pdf", PDF)
            with self.assertRaises(UserError):
                as_user.action_cancel()
            with self.assertRaises(UserError):
                self._attach(as_user)
        with self.assertRaises(UserError):
            document.sudo().write({"name": "X"})
        self.assertState(document, "review")

    def _attach(self, document):
        return document.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"x", "res_model": document._name, "res_id": document.id}
        )

    def test_confirmed_document_is_locked(self):
        document = self._create_approved()
        for user in (self.author, self.director, self.clerk, self.manager, self.admin):
            as_user = document.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    as_user.write({"amount": 5})
                with self.assertRaises(AccessError):
                    as_user.add_version("a.pdf", PDF)
                with self.assertRaises(AccessError):
                    self._attach(as_user)
        self.assertState(document, "approved")

    def test_no_context_key_opens_the_lock(self):
        document = self._create_approved()
        keys = (
            "force",
            "bypass_lock",
            "paydox_unlock",
            "paydox_force",
            "install_mode",
            "tracking_disable",
            "su",
            "sudo",
        )
        forged = document.with_context(**dict.fromkeys(keys, True), uid=1, active_test=False)

        with self.assertRaises(AccessError):
            forged.write({"amount": 5})
        with self.assertRaises(AccessError):
            forged.write({"state": "draft"})

    def test_existing_files_of_a_locked_document_stay(self):
        self.kind.route_id = self._create_route({"users": self.director})
        document = self._create_document()
        attachment = self._attach(document)
        foreign = document.env["ir.attachment"].create({"name": "b.txt", "raw": b"y"})
        document.action_submit()

        with self.assertRaises(UserError):
            attachment.write({"raw": b"z"})
        with self.assertRaises(UserError):
            attachment.write({"res_id": 0})
        with self.assertRaises(UserError):
            attachment.unlink()
        with self.assertRaises(UserError):
            foreign.write({"res_model": document._name, "res_id": document.id})
        with self.assertRaises(UserError):
            document.message_post(body="x", attachments=[("c.txt", b"c")])

    def test_discussion_and_activities_go_on_while_locked(self):
        document = self._create_submitted({"users": self.director})

        document.with_user(self.director).message_post(body="Why this price?")
        document.activity_schedule("mail.mail_activity_data_todo", user_id=self.author.id)

        self.assertIn("Why this price?", document.message_ids[0].body)

    def test_exclusive_right_opens_a_confirmed_document_which_must_be_confirmed_again(self):
        document = self._create_approved(confidentiality="open")
        document.action_register()
        number = document.number

        document.with_user(self.exclusive).write({"amount": 5})

        self.assertState(document, "draft")
        self.assertEqual(document.number, number)
        self.assertIn(
            "confirmed again", document.message_ids.mapped("body")[0] + document.message_ids.mapped("body")[1]
        )
        document.action_submit()
        self.assertEqual(document.approval_id.round, 2)

    def test_exclusive_right_lets_a_new_version_in_and_asks_for_confirmation(self):
        document = self._create_approved()
        self.assertState(document, "approved")

        document.with_user(self.exclusive).add_version("a.pdf", PDF)

        self.assertState(document, "draft")

    def test_links_of_a_locked_document_stay(self):
        self.kind.route_id = self._create_route({"users": self.director})
        document, other = self._create_document(), self._create_document()
        link = document.link_ids.create({"document_id": document.id, "target_id": other.id, "type": "reply"})
        document.action_submit()

        with self.assertRaises(UserError):
            link.type = "annex"
        with self.assertRaises(UserError):
            link.unlink()
        with self.assertRaises(UserError):
            link.create({"document_id": document.id, "target_id": other.id, "type": "basis"})

    def test_registered_or_routed_document_is_never_deleted(self):
        registered = self._create_document()
        registered.action_register()
        refused = self._create_submitted({"users": self.director})
        refused.with_user(self.director).action_refuse("No")
        self.assertState(refused, "draft")

        for document in (registered, refused):
            for user in (self.author, self.manager, self.admin):
                with self.assertRaisesRegex(UserError, "stays in the registry"):
                    document.with_user(user).unlink()
            with self.assertRaises(UserError):
                document.sudo().unlink()

    def test_hierarchy_has_no_cycle(self):
        parent = self._create_document()
        child = self._create_document(parent_id=parent.id)

        with self.assertRaises(ValidationError):
            parent.parent_id = child

    def test_copy_is_a_new_draft_of_its_maker(self):
        document = self._create_approved(confidentiality="open")
        document.action_register()

        copy = document.with_user(self.stranger).copy()

        self.assertRecordValues(
            copy, [{"state": "draft", "number": False, "registered_at": False, "author_id": self.stranger.id}]
        )
        self.assertFalse(copy.approval_ids | copy.sudo().approval_ids)
        self.assertFalse(copy.version_ids)

    def test_new_version_of_a_draft_changes_what_is_approved(self):
        self.kind.route_id = self._create_route({"users": self.director})
        document = self._create_document()
        document.add_version("a.pdf", PDF)
        second = document.add_version("a.pdf", PDF_2)
        document.action_submit()
        document.with_user(self.director).action_agree()

        line = document.approval_id.line_ids
        self.assertEqual(line.version_id, second)
        self.assertEqual(document.approval_id.sudo().decision_ids.mapped("checksum"), [second.checksum] * 2)

    def test_dates_in_an_odd_order_are_pointed_out_on_the_card(self):
        contract = self._create_document(date="2026-03-01")
        act = self._create_document(date="2026-02-01", parent_id=contract.id)
        self.assertFalse(contract.date_warning)
        self.assertIn("before the document that it stands under", act.date_warning)
        later = self._create_submitted({"users": self.director, "kind": "sign"}, date="2999-01-01")
        later.with_user(self.director)._decide("agree")
        self.assertEqual(later.date_signed, fields.Date.context_today(later))
        self.assertIn("signed before the date", later.date_warning)
