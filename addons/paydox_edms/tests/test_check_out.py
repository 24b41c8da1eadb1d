from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PDF, PDF_2, PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestCheckOut(PaydoxEdmsCase):
    """One person edits, the others comment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls._create_document(responsible_id=cls.legal.id)
        cls.as_legal = cls.document.with_user(cls.legal)

    def test_others_may_only_comment_meanwhile(self):
        self.document.action_check_out()

        with self.assertRaisesRegex(UserError, "being edited by Author since"):
            self.as_legal.add_version("a.pdf", PDF)
        with self.assertRaisesRegex(UserError, "being edited by Author"):
            self.as_legal.name = "Other"
        with self.assertRaisesRegex(UserError, "being edited by Author"):
            self.as_legal.action_cancel()
        with self.assertRaisesRegex(UserError, "being edited by Author"):
            self.as_legal.action_check_out()
        with self.assertRaisesRegex(UserError, "being edited by Author"):
            self.as_legal.unlink()
        with self.assertRaises(UserError):
            self.env["ir.attachment"].with_user(self.legal).create(
                {"name": "a.txt", "raw": b"x", "res_model": "paydox.document", "res_id": self.document.id}
            )
        self.as_legal.message_post(body="I would change the price")
        self.assertEqual(self.document.add_version("a.pdf", PDF).number, 1)
        self.assertTrue(self.as_legal.is_checked_out_by_other)
        self.assertFalse(self.as_legal.can_check_out or self.as_legal.can_check_in or self.as_legal.can_break_check_out)

    def test_given_back_it_is_free_again(self):
        self.document.action_check_out()
        with self.assertRaisesRegex(UserError, "not taken by you"):
            self.as_legal.action_check_in()

        self.document.action_check_in()

        self.assertRecordValues(self.document, [{"checked_out_by_id": False, "checked_out_at": False}])
        self.assertEqual(self.as_legal.add_version("a.pdf", PDF_2).number, 1)

    def test_head_and_manager_break_it_with_a_reason(self):
        department = self.env["hr.department"].create({"name": "Sales"})
        employees = self.env["hr.employee"].create(
            [
                {"name": "Chief", "user_id": self.chief.id, "department_id": department.id},
                {"name": "Author", "user_id": self.author.id, "department_id": department.id},
            ]
        )
        department.manager_id = employees[0]
        for breaker in (self.chief, self.manager):
            self.document.action_check_out()
            as_breaker = self.document.with_user(breaker)
            for reason in (None, "", "  ", 5, ["x"]):
                with self.assertRaisesRegex(UserError, "Say why"):
                    as_breaker.action_break_check_out(reason)
            self.assertTrue(as_breaker.can_break_check_out)

            as_breaker.action_break_check_out("on holiday")

            self.assertFalse(self.document.checked_out_by_id)
            message = self.document.message_ids[0]
            self.assertIn("Author: on holiday", message.body)
            self.assertEqual(message.author_id, breaker.partner_id)

    def test_nobody_else_breaks_it(self):
        self.document.action_check_out()
        for user in (self.legal, self.stranger, self.clerk, self.exclusive):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.document.with_user(user).action_break_check_out("I want it")
        secret = self._create_document(confidentiality="secret")
        secret.action_check_out()
        for user in (self.manager, self.admin):
            with self.assertRaises(AccessError):
                secret.with_user(user).action_break_check_out("I want it")
        self.assertEqual(secret.checked_out_by_id, self.author)

    def test_strangers_cannot_take_and_nobody_forges(self):
        for user in (self.stranger, self.director):
            with self.assertRaises(AccessError):
                self.document.with_user(user).action_check_out()
        for vals in ({"checked_out_by_id": self.stranger.id}, {"checked_out_at": "2026-01-01"}):
            with self.assertRaises(AccessError):
                self.document.write(vals)
            with self.assertRaises(AccessError):
                self.document.create({"name": "x", "kind_id": self.kind.id} | vals)

    def test_submitting_gives_it_back_and_confirmed_ones_are_not_taken(self):
        self.kind.route_id = self._create_route({"users": self.director})
        self.document.action_check_out()
        self.document.action_submit()

        self.assertFalse(self.document.checked_out_by_id)
        with self.assertRaisesRegex(UserError, "nothing to edit"):
            self.document.action_check_out()
