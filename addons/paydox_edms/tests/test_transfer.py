from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestTransfer(PaydoxEdmsCase):
    """A document goes from department to department and somebody answers for it in each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        head = cls.env["hr.employee"].create({"name": "C", "user_id": cls.chief.id})
        cls.department = cls.env["hr.department"].create({"name": "Purchasing", "manager_id": head.id})
        cls.headless = cls.env["hr.department"].create({"name": "Archive"})

    def _can_read(self, user, document):
        document.invalidate_recordset()
        return document.with_user(user).has_access("read")

    def _send(self, **overrides):
        document = self._create_document(confidentiality="secret", **overrides)
        document.action_transfer(self.department.id, "Please quote")
        return document, document.sudo().transfer_ids

    def test_head_accepts_and_names_the_responsible_person(self):
        document, transfer = self._send()
        self.assertTrue(self._can_read(self.chief, document))
        self.assertEqual(transfer.with_user(self.author).state, "sent")

        transfer.with_user(self.chief).action_accept(self.legal.id)

        self.assertEqual(transfer.with_user(self.author).state, "accepted")
        self.assertEqual(transfer.responsible_id, self.legal)
        self.assertTrue(self._can_read(self.legal, document))
        self.assertFalse(self._can_read(self.stranger, document))
        told = (
            document.sudo()
            .env["mail.message"]
            .search([("model", "=", document._name), ("res_id", "=", document.id), ("body", "ilike", "accepted it")])
        )
        self.assertEqual(told.partner_ids, self.author.partner_id)

    def test_returned_document_is_theirs_no_longer(self):
        document, transfer = self._send()

        with self.assertRaises(UserError):
            transfer.with_user(self.chief).action_return(" ")
        transfer.with_user(self.chief).action_return("Not ours")

        self.assertEqual((transfer.state, transfer.answer), ("returned", "Not ours"))
        self.assertFalse(self._can_read(self.chief, document))
        document.action_transfer(self.department)
        self.assertEqual(len(document.sudo().transfer_ids), 2)

    def test_department_passes_the_document_on_and_loses_it(self):
        document, transfer = self._send()
        transfer.with_user(self.chief).action_accept()
        boss = self.env["hr.employee"].create({"name": "L", "user_id": self.legal.id})
        law = self.env["hr.department"].create({"name": "Law", "manager_id": boss.id})

        document.with_user(self.chief).action_transfer(law)

        self.assertFalse(self._can_read(self.chief, document))
        self.assertTrue(self._can_read(self.legal, document))
        self.assertTrue(transfer.with_user(self.chief).sudo(False).search([("sent_by_id", "=", self.chief.id)]))

    def test_department_without_a_head_is_refused(self):
        document = self._create_document()

        with self.assertRaisesRegex(UserError, "Archive has no head"):
            document.action_transfer(self.headless)
        for hostile in (0, None, True, "x", [1], 10**9):
            with self.subTest(hostile=hostile), self.assertRaises(UserError):
                document.action_transfer(hostile)

    def test_only_the_head_answers_and_only_who_edits_sends(self):
        document, transfer = self._send()

        for user in (self.author, self.stranger, self.clerk, self.manager, self.admin):
            with self.subTest(user.login), self.assertRaises(AccessError):
                transfer.with_user(user).action_accept()
            with self.subTest(user.login), self.assertRaises(AccessError):
                transfer.with_user(user).write({"state": "accepted"})
        with self.assertRaises(AccessError):
            document.with_user(self.chief).action_transfer(self.department)
        with self.assertRaises(AccessError):
            self._create_document(confidentiality="open").with_user(self.stranger).action_transfer(self.department)
        with self.assertRaises(UserError):
            document.action_transfer(self.department)
        transfer.with_user(self.chief).action_accept()
        with self.assertRaises(UserError):
            transfer.with_user(self.chief).action_accept()
        with self.assertRaises(AccessError):
            document.write({"transfer_ids": [(5, 0, 0)]})
