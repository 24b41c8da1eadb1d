from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PDF, PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestPermission(PaydoxEdmsCase):
    """Who is let in to one document, and who may let in."""

    def _can(self, user, document, operation="read"):
        document.invalidate_recordset()
        granted = document.with_user(user).has_access(operation)
        if operation == "read":
            found = self.env["paydox.document"].with_user(user).search([("id", "=", document.id)])
            self.assertEqual(bool(found), granted, "the list and the card disagree")
        return granted

    def _let_in(self, document, level="read", by=None, **grantee):
        vals = {"document_id": document.id, "level": level} | (grantee or {"user_id": self.stranger.id})
        return self.env["paydox.document.permission"].with_user(by or self.author).create(vals)

    def test_person_reads_only_this_document(self):
        document, other = self._create_document(confidentiality="secret"), self._create_document()
        version = document.add_version("a.pdf", PDF)
        self.assertFalse(self._can(self.stranger, document))

        permission = self._let_in(document)

        self.assertTrue(self._can(self.stranger, document))
        self.assertTrue(version.with_user(self.stranger).has_access("read"))
        self.assertFalse(self._can(self.stranger, document, "write"))
        self.assertFalse(self._can(self.stranger, other))
        permission.with_user(self.author).unlink()
        self.assertFalse(self._can(self.stranger, document))
        self.assertFalse(version.with_user(self.stranger).has_access("read"))

    def test_level_edit_edits_and_does_not_manage(self):
        document = self._create_document(confidentiality="secret")
        target = self._create_document()
        permission = self._let_in(document, "edit")
        as_editor = document.with_user(self.stranger)

        as_editor.name = "Better"
        as_editor.add_version("a.pdf", PDF)
        self._let_in(target)
        as_editor.link_ids.create({"document_id": document.id, "target_id": target.id, "type": "annex"})
        with self.assertRaises(AccessError):
            self._let_in(document, by=self.stranger, user_id=self.legal.id)
        with self.assertRaises(AccessError):
            as_editor.write({"permission_ids": [Command.create({"user_id": self.legal.id})]})
        with self.assertRaises(AccessError):
            permission.with_user(self.stranger).level = "manage"
        with self.assertRaises(AccessError):
            as_editor.unlink()

    def test_level_manage_lets_in_others_even_when_the_author_left(self):
        document = self._create_document(confidentiality="secret")
        self._let_in(document, "manage")
        self.author.active = False

        self._let_in(document, by=self.stranger, user_id=self.legal.id)

        self.assertTrue(self._can(self.legal, document))

    def test_permission_cannot_be_moved_to_a_document_of_others(self):
        secret = self._create_document(confidentiality="secret")
        mine = self.env["paydox.document"].with_user(self.stranger).create({"name": "mine", "kind_id": self.kind.id})
        permission = self._let_in(mine, by=self.stranger)

        with self.assertRaises(AccessError):
            permission.with_user(self.stranger).document_id = secret
        for user in (self.stranger, self.clerk, self.manager, self.admin):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._let_in(secret, by=user, user_id=user.id)

    def test_group_department_and_last_day(self):
        document = self._create_document()
        department = self.env["hr.department"].create({"name": "Sales"})
        inner = self.env["hr.department"].create({"name": "Export", "parent_id": department.id})
        self.env["hr.employee"].create({"name": "S", "user_id": self.stranger.id, "department_id": inner.id})
        today = fields.Date.context_today(document)
        group = self.env["res.groups"].create({"name": "Auditors", "user_ids": [Command.link(self.chief.id)]})

        self._let_in(document, department_id=department.id)
        permission = self._let_in(document, group_id=group.id, date_to=today)

        self.assertTrue(self._can(self.stranger, document))
        self.assertTrue(self._can(self.chief, document))
        permission.date_to = today - timedelta(days=1)
        self.assertFalse(self._can(self.chief, document))
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._let_in(document, user_id=self.legal.id, group_id=group.id)

    def test_permissions_are_hidden_with_their_document(self):
        secret = self._create_document(confidentiality="secret")
        permission = self._let_in(secret, user_id=self.legal.id)

        for user in (self.stranger, self.clerk, self.manager, self.admin):
            with self.subTest(user.login):
                rows = permission.with_user(user)
                self.assertFalse(rows.search([("document_id", "=", secret.id)]))
                self.assertFalse(rows.search_count([("user_id", "=", self.legal.id)]))
                with self.assertRaises(AccessError):
                    rows.read(["level"])

    def test_permissions_are_given_on_a_confirmed_document_without_opening_it(self):
        document = self._create_approved()

        document.write({"permission_ids": [Command.create({"user_id": self.stranger.id})]})

        self.assertState(document, "approved")
        self.assertTrue(self._can(self.stranger, document))

    def test_readers_of_a_kind_read_all_but_secret_documents(self):
        group = self.env["res.groups"].create({"name": "Auditors", "user_ids": [Command.link(self.chief.id)]})
        department = self.env["hr.department"].create({"name": "Sales"})
        self.env["hr.employee"].create({"name": "S", "user_id": self.stranger.id, "department_id": department.id})
        internal, secret = self._create_document(), self._create_document(confidentiality="secret")
        other = self._create_document(kind_id=self._create_kind().id)
        self.assertFalse(self._can(self.stranger, internal))

        self.kind.with_user(self.manager).write(
            {
                "reader_group_ids": [Command.set(group.ids)],
                "reader_department_ids": [Command.set(department.ids)],
            }
        )

        for user in (self.chief, self.stranger):
            with self.subTest(user.login):
                self.assertTrue(self._can(user, internal))
                self.assertFalse(self._can(user, internal, "write"))
                self.assertFalse(self._can(user, secret))
                self.assertFalse(self._can(user, other))
        self.kind.with_user(self.manager).reader_group_ids = False
        self.assertFalse(self._can(self.chief, internal))

    def test_person_asked_who_decided_nothing_loses_the_document_when_the_run_ends(self):
        document = self._create_submitted({"users": self.legal | self.director}, confidentiality="secret")
        document.with_user(self.legal).action_agree()
        self.assertTrue(self._can(self.director, document))

        document.action_withdraw()

        self.assertFalse(self._can(self.director, document))
        self.assertTrue(self._can(self.legal, document))

    def test_person_who_delegated_loses_the_document_when_the_run_ends(self):
        document = self._create_submitted({"users": self.legal}, confidentiality="secret")
        document.with_user(self.legal).action_delegate(self.director)

        document.with_user(self.director).action_agree()

        self.assertFalse(self._can(self.legal, document))
        self.assertTrue(self._can(self.director, document))
