from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PDF, PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestInheritance(PaydoxEdmsCase):
    """Permissions come down from the kind and from the documents above, until somebody who manages them says no."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls._create_document(name="Frame")
        cls.contract = cls._create_document(name="Contract", parent_id=cls.frame.id)
        cls.act = cls._create_document(name="Act", parent_id=cls.contract.id)

    def _can(self, user, document, operation="read"):
        document.invalidate_recordset()
        granted = document.with_user(user).has_access(operation)
        if operation == "read":
            found = self.env["paydox.document"].with_user(user).search([("id", "=", document.id)])
            self.assertEqual(bool(found), granted, "the list and the card disagree")
        return granted

    def _let_in(self, document, level="read", user=None):
        vals = {"document_id": document.id, "level": level, "user_id": (user or self.stranger).id}
        return self.env["paydox.document.permission"].with_user(self.author).create(vals)

    def _let_in_kind(self, level="read", kind=None, **grantee):
        vals = {"level": level} | (grantee or {"user_id": self.stranger.id})
        (kind or self.kind).with_user(self.manager).permission_ids = [Command.create(vals)]

    def test_permission_comes_down_through_all_levels_and_goes_with_its_row(self):
        version = self.act.add_version("a.pdf", PDF)
        permission = self._let_in(self.frame)

        for document in self.frame | self.contract | self.act:
            self.assertTrue(self._can(self.stranger, document))
            self.assertFalse(self._can(self.stranger, document, "write"))
        self.assertTrue(version.with_user(self.stranger).has_access("read"))
        permission.level = "edit"
        self.assertTrue(self._can(self.stranger, self.act, "write"))
        permission.date_to = fields.Date.subtract(fields.Date.today(), days=1)
        self.assertFalse(self._can(self.stranger, self.act))
        permission.date_to = False
        self.assertTrue(self._can(self.stranger, self.act))
        permission.unlink()
        self.assertFalse(self._can(self.stranger, self.act))
        self.assertFalse(version.with_user(self.stranger).has_access("read"))

    def test_permission_does_not_go_up_or_aside(self):
        aside = self._create_document(parent_id=self.frame.id)
        self._let_in(self.contract)

        self.assertTrue(self._can(self.stranger, self.act))
        self.assertFalse(self._can(self.stranger, self.frame))
        self.assertFalse(self._can(self.stranger, aside))
        self.assertEqual(self.contract.with_user(self.stranger).parent_id.display_name, "Document (no access)")

    def test_secret_document_takes_nothing_from_one_that_is_not(self):
        self._let_in(self.frame)
        self._let_in_kind()
        self.contract.confidentiality = "secret"

        self.assertFalse(self._can(self.stranger, self.contract))
        self.assertTrue(self._can(self.stranger, self.act), "the kind lets in to what is not secret")
        self.act.confidentiality = "secret"
        self.assertFalse(self._can(self.stranger, self.act))
        self._let_in(self.contract)
        self.assertTrue(self._can(self.stranger, self.act), "a secret document takes over from a secret one")

    def test_document_that_moves_takes_the_permissions_of_its_new_place(self):
        self._let_in(self.frame)
        other = self._create_document(name="Other")
        self._let_in(other, user=self.legal)

        self.contract.parent_id = other

        self.assertFalse(self._can(self.stranger, self.act))
        self.assertTrue(self._can(self.legal, self.act))

    def test_kind_gives_levels(self):
        self._let_in_kind("edit")

        self.assertTrue(self._can(self.stranger, self.act, "write"))
        self.assertFalse(self._can(self.stranger, self._create_document(kind_id=self._create_kind().id)))
        with self.assertRaises(AccessError):
            self.kind.with_user(self.author).permission_ids = [Command.create({"user_id": self.author.id})]

    def test_inheritance_is_broken_and_restored_and_written_down(self):
        self._let_in(self.frame)
        self._let_in_kind(user_id=self.legal.id)
        self.kind.with_user(self.manager).reader_group_ids = self.env["res.groups"].create(
            {"name": "Readers", "user_ids": [Command.link(self.chief.id)]}
        )
        people = self.stranger | self.legal | self.chief
        for user in people:
            self.assertTrue(self._can(user, self.act), user.login)

        self.contract.action_break_inheritance()

        for user in people:
            self.assertFalse(self._can(user, self.contract), user.login)
        self.assertFalse(self._can(self.stranger, self.act), "nothing passes through the broken one")
        self.assertTrue(self._can(self.legal, self.act), "the kind of the child goes on")
        changes = self.contract.sudo().change_ids.filtered(lambda change: change.type == "access")
        self.assertEqual(changes.mapped("new_value"), ["Own list only"])
        self.contract.action_restore_inheritance()
        for user in people:
            self.assertTrue(self._can(user, self.contract), user.login)
        changes = self.contract.sudo().change_ids.filtered(lambda change: change.type == "access")
        self.assertEqual(changes.mapped("new_value"), ["Inherited", "Own list only"])

    def test_people_are_kept_when_wanted(self):
        self._let_in(self.frame, "edit")

        self.contract.action_keep_inherited()

        self.assertFalse(self.contract.inherits_permissions)
        self.assertEqual(self.contract.permission_ids.mapped("level"), ["edit"])
        self.assertTrue(self._can(self.stranger, self.act, "write"))

    def test_only_who_manages_the_permissions_decides_on_inheritance(self):
        self._let_in(self.frame, "edit")
        secret = self._create_document(confidentiality="secret")
        for user, document in (
            (self.stranger, self.contract),
            (self.legal, self.contract),
            (self.clerk, self.contract),
            (self.manager, secret),
            (self.admin, secret),
        ):
            with self.subTest(user.login):
                for verb in ("action_break_inheritance", "action_keep_inherited", "action_restore_inheritance"):
                    with self.assertRaises(AccessError):
                        getattr(document.with_user(user), verb)()
                with self.assertRaises(AccessError):
                    document.with_user(user).write({"inherits_permissions": False})
        with self.assertRaises(AccessError):
            self.contract.write({"permission_source_ids": [Command.link(secret.id)]})
        self.assertTrue(self.contract.inherits_permissions)
        self.contract.with_user(self.manager).action_break_inheritance()
        self.assertFalse(self.contract.inherits_permissions)

    def test_editor_gains_no_right_by_moving_the_document(self):
        own = self.env["paydox.document"].with_user(self.stranger).create({"name": "own", "kind_id": self.kind.id})
        self.env["paydox.document.permission"].with_user(self.stranger).create(
            {"document_id": own.id, "level": "manage", "user_id": self.stranger.id}
        )
        kind = self._create_kind()
        self._let_in_kind("manage", kind)
        self._let_in(self.act, "edit")

        self.act.with_user(self.stranger).parent_id = own
        self.act.invalidate_recordset()
        self.assertFalse(self.act.with_user(self.stranger).is_permission_manager)
        self.assertFalse(self.act.inherits_permissions)
        self._let_in(self.contract, "edit")
        self.contract.with_user(self.stranger).kind_id = kind
        self.contract.invalidate_recordset()
        self.assertFalse(self.contract.with_user(self.stranger).is_permission_manager)

    def test_head_of_the_department_answers_when_all_its_people_left(self):
        department = self.env["hr.department"].create({"name": "Sales"})
        employee = self.env["hr.employee"].create(
            {"name": "Chief", "user_id": self.chief.id, "department_id": department.id}
        )
        department.manager_id = employee
        secret = self._create_document(confidentiality="secret", department_id=department.id)
        self.assertFalse(self._can(self.chief, secret))

        self.author.active = False

        self.assertTrue(self._can(self.chief, secret))
        self.assertFalse(self._can(self.stranger, secret))
        vals = {"document_id": secret.id, "level": "manage", "user_id": self.legal.id}
        self.env["paydox.document.permission"].with_user(self.chief).create(vals)
        self.assertTrue(self._can(self.legal, secret))

    def test_names_of_sources_that_may_not_be_read_are_not_told(self):
        self.frame.confidentiality = self.contract.confidentiality = self.act.confidentiality = "secret"
        self._let_in(self.frame, user=self.legal)
        self._let_in(self.act)

        text = self.act.with_user(self.stranger).inherited_text
        self.assertIn("Legal", text)
        self.assertNotIn("Frame", text)
        self.assertIn("Frame", self.act.inherited_text)

    def test_inherited_rights_cost_no_query_for_each_document(self):
        self._let_in(self.frame)
        documents = self.env["paydox.document"].with_user(self.author)
        documents.create([{"name": "x", "kind_id": self.kind.id, "parent_id": self.act.id} for _index in range(30)])
        self.env.flush_all()

        def measure(limit):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.env["paydox.document"].with_user(self.stranger).search_read([], ["name"], limit=limit)
            self.assertEqual(len(found), limit)
            return self.env.cr.sql_log_count - before

        measure(2)
        self.assertLessEqual(measure(30), measure(2))
