from odoo import fields
from odoo.tests import tagged

from .common import PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestDepartedApprover(PaydoxEdmsCase):
    """A person whom the pinned revision names left before his turn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        heads = cls.env["hr.employee"].create({"name": "Head", "user_id": cls.director.id})
        cls.employee = cls.env["hr.employee"].create({"name": "Chief", "user_id": cls.chief.id, "parent_id": heads.id})
        cls.document = cls._create_submitted({"users": cls.legal}, {"users": cls.chief, "name": "Chief agrees"})

    def _leave(self):
        self.employee.active = False
        self.chief.active = False

    def test_his_manager_is_asked_and_the_sheet_says_so(self):
        self._leave()

        self.document.with_user(self.legal).action_agree()

        self.assertWaitsFor(self.document, self.director)
        approval = self.document.sudo().approval_id
        gone = approval.line_ids.filtered(lambda line: line.user_id == self.chief)
        taken = approval.line_ids.filtered(lambda line: line.user_id == self.director)
        self.assertRecordValues(gone, [{"state": "delegated", "action": "pass", "comment": "No longer works here."}])
        self.assertEqual(taken.delegated_from_id, gone)
        self.assertFalse(approval._find_broken_link())
        rows = approval._prepare_sections()[0]["rows"]
        self.assertEqual(
            sorted((row[3], row[7], row[8]) for row in rows if row[1] == "Chief agrees"),
            [
                ("Chief", "Passed to the manager to Director", "No longer works here."),
                ("Director", "To decide", "Delegated by Chief"),
            ],
        )
        self.document.with_user(self.director).action_agree()
        self.assertState(self.document, "approved", "approved")
        self.assertFalse(approval._find_broken_link())

    def test_his_substitute_goes_before_his_manager(self):
        today = fields.Date.context_today(self.document)
        self.env["paydox.substitution"].create(
            {
                "user_id": self.chief.id,
                "substitute_id": self.stranger.id,
                "date_from": today,
                "date_to": fields.Date.add(today, days=3),
            }
        )
        self._leave()

        self.document.with_user(self.legal).action_agree()

        self.assertWaitsFor(self.document, self.stranger)

    def test_manager_who_left_as_well_is_passed_over(self):
        self.employee.parent_id.parent_id = self.env["hr.employee"].create({"name": "Top", "user_id": self.manager.id})
        self._leave()
        self.director.active = False

        self.document.with_user(self.legal).action_agree()

        self.assertWaitsFor(self.document, self.manager)

    def test_author_does_not_decide_in_his_place(self):
        self.employee.parent_id.user_id = self.author
        self._leave()

        self.document.with_user(self.legal).action_agree()

        self.assertState(self.document, "draft", "rejected")

    def test_run_is_refused_with_the_reason_when_nobody_is_there(self):
        self.employee.parent_id = False
        self._leave()

        self.document.with_user(self.legal).action_agree()

        self.assertState(self.document, "draft", "rejected")
        self.assertIn("Chief is archived", self.document.sudo().approval_id.close_reason)

    def test_voters_and_readers_are_never_replaced(self):
        document = self._create_submitted(
            {"users": self.legal}, {"users": self.chief | self.stranger, "kind": "acquaint"}
        )
        self._leave()

        document.with_user(self.legal).action_agree()

        self.assertState(document, "draft", "rejected")
