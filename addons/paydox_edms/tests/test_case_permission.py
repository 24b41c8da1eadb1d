from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_case import PaydoxCaseCase


@tagged("post_install", "-at_install")
class TestCasePermission(PaydoxCaseCase):
    """SEC-06: permissions come down from a case to its documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._start_case(
            {"name": "Write it", "kind": "document", "document_kind_id": cls.kind.id, "wait_state": "done"},
            {"name": "Then", "kind": "milestone"},
        )
        cls.document = cls._create_document(name="Filed", case_id=cls.case.id)
        cls.permissions = cls.env["paydox.case.permission"]

    def _can(self, user, document, operation="read"):
        document.invalidate_recordset()
        granted = document.with_user(user).has_access(operation)
        if operation == "read":
            found = self.env["paydox.document"].with_user(user).search([("id", "=", document.id)])
            self.assertEqual(bool(found), granted, "the list and the card disagree")
        return granted

    def _let_in(self, level="read", user=None, by=None):
        vals = {"case_id": self.case.id, "level": level, "user_id": (user or self.stranger).id}
        return self.permissions.with_user(by or self.author).create(vals)

    def test_permission_of_the_case_holds_on_its_documents_and_goes_with_its_row(self):
        made = self._step(self.case, 1).sudo().document_id
        other = self._create_document(name="Elsewhere")
        permission = self._let_in()

        for document in made | self.document:
            self.assertTrue(self._can(self.stranger, document))
            self.assertFalse(self._can(self.stranger, document, "write"))
        self.assertFalse(self._can(self.stranger, other))
        self.assertFalse(self.case.with_user(self.stranger).has_access("read"), "the case has its own people")
        text = self.document.inherited_text
        self.assertIn(self.stranger.name, text)
        self.assertIn(self.case.name, text)
        self.assertNotIn(self.case.name, self.document.with_user(self.stranger).inherited_text)
        permission.level = "edit"
        self.assertTrue(self._can(self.stranger, self.document, "write"))
        permission.unlink()
        self.assertFalse(self._can(self.stranger, self.document))
        log = " ".join(self.case.message_ids.mapped("body"))
        self.assertEqual(log.count(self.stranger.name), 4, log)

    def test_secret_document_and_one_that_inherits_nothing_take_no_permission_of_the_case(self):
        self._let_in("manage")
        alone = self._create_document(name="Alone", case_id=self.case.id)
        alone.action_break_inheritance()
        self.document.confidentiality = "secret"

        self.assertFalse(self._can(self.stranger, self.document))
        self.assertFalse(self._can(self.stranger, alone))
        alone.action_restore_inheritance()
        self.assertTrue(self._can(self.stranger, alone))

    def test_document_that_leaves_the_case_takes_nothing_along(self):
        self._let_in()
        self.document.case_id = False

        self.assertFalse(self._can(self.stranger, self.document))

    def test_only_who_leads_the_case_lets_people_in(self):
        self.case.participant_ids = self.legal
        for user in (self.legal, self.stranger, self.clerk, self.manager, self.admin):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._let_in("manage", by=user, user=user)
        with self.assertRaises(AccessError):
            self.case.with_user(self.legal).permission_ids = [Command.create({"user_id": self.legal.id})]
        permission = self._let_in(user=self.legal)
        for vals in ({"level": "manage"}, {"user_id": self.stranger.id}):
            with self.assertRaises(AccessError):
                permission.with_user(self.legal).write(vals)
        with self.assertRaises(AccessError):
            permission.with_user(self.legal).unlink()

    def test_permission_is_not_moved_to_a_case_of_others(self):
        own = self.env["paydox.case"].with_user(self.stranger).create({"name": "Own"})
        permission = self.permissions.with_user(self.stranger).create(
            {"case_id": own.id, "level": "manage", "user_id": self.stranger.id}
        )
        with self.assertRaises(AccessError):
            permission.case_id = self.case
        self.assertFalse(self._can(self.stranger, self.document))

    def test_editor_gains_no_right_by_filing_the_document_in_a_case_of_his(self):
        own = self.env["paydox.case"].with_user(self.stranger).create({"name": "Own"})
        own.permission_ids = [Command.create({"user_id": self.stranger.id, "level": "manage"})]
        loose = self._create_document(name="Loose")
        self.env["paydox.document.permission"].with_user(self.author).create(
            {"document_id": loose.id, "level": "edit", "user_id": self.stranger.id}
        )

        loose.with_user(self.stranger).case_id = own

        loose.invalidate_recordset()
        self.assertFalse(loose.with_user(self.stranger).is_permission_manager)
        self.assertFalse(loose.inherits_permissions)

    def test_closed_case_lets_nobody_else_in(self):
        self._let_in()
        self.case.action_cancel("No need")

        with self.assertRaises(UserError):
            self._let_in(user=self.legal)
        self.assertTrue(self._can(self.stranger, self.document), "who was let in stays so")

    @mute_logger("odoo.sql_db")
    def test_permission_is_for_one_person_group_or_department(self):
        for vals in ({}, {"user_id": self.stranger.id, "group_id": self.env.ref("base.group_user").id}):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.permissions.with_user(self.author).create({"case_id": self.case.id} | vals)
