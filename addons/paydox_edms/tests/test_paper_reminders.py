from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common_paper import HIDDEN, PaperCase

TYPE = "paydox_edms.mail_activity_type_return"


@tagged("post_install", "-at_install")
class TestPaperReminders(PaperCase):
    """PAP-02: papers that do not come back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief_employee = cls.env["hr.employee"].create({"name": "Chief", "user_id": cls.chief.id})
        department = cls.env["hr.department"].create({"name": "Law", "manager_id": cls.chief_employee.id})
        cls.env["hr.employee"].create({"name": "Legal", "user_id": cls.legal.id, "department_id": department.id})
        cls.document.responsible_id = cls.director
        cls.paper = cls._create_stored()

    def _remind_after(self, days):
        """Run the job so many days after today."""
        with freeze_time(fields.Datetime.now() + timedelta(days=days)):
            # The job commits after each batch; a test must not.
            self.patch(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 1)
            self.env["paydox.paper.original"]._cron_remind()
        self.env.invalidate_all()

    def _asked(self, paper=None):
        activities = (paper or self.paper).sudo().activity_ids
        self.assertEqual(activities.activity_type_id, self.env.ref(TYPE) if activities else activities.activity_type_id)
        self.assertEqual(len(activities), len(activities.user_id), "one person is asked once")
        return activities.user_id

    def test_three_days_overdue_reminds_holder_and_secretary_once(self):
        self.paper.action_issue(self.legal, self._day(1))

        self._remind_after(1)
        self.assertFalse(self._asked(), "the day itself is not late")
        self._remind_after(4)
        self.assertEqual(self._asked(), self.legal | self.archivist)
        mine = self.paper.sudo().activity_ids.filtered(lambda activity: activity.user_id == self.legal)
        self.assertEqual(mine.summary, f"Return the paper original {self.paper.code}")
        mine.with_user(self.legal).action_done()
        self._remind_after(5)
        self.assertEqual(self._asked(), self.archivist, "who marked it as done is not asked again")

    def test_week_overdue_goes_to_the_head_of_the_department_once(self):
        self.paper.action_issue(self.legal, self._day(1))
        self._remind_after(4)

        self._remind_after(9)
        self.assertEqual(self._asked(), self.legal | self.archivist | self.chief)
        self.paper.sudo().activity_ids.unlink()
        self._remind_after(30)
        self.assertFalse(self._asked())

    def test_dead_scheduler_loses_nothing(self):
        self.paper.action_issue(self.legal, self._day(1))

        self._remind_after(40)

        self.assertEqual(self._asked(), self.legal | self.archivist | self.chief)

    def test_new_term_starts_again_and_a_return_ends_the_reminders(self):
        self.paper.action_issue(self.legal, self._day(1))
        self._remind_after(3)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self.paper.action_extend(self._day(6))
        self.assertFalse(self._asked())

        self._remind_after(8)
        self.assertEqual(self._asked(), self.legal | self.archivist)
        self.paper.action_return()
        self.assertFalse(self._asked())
        self._remind_after(40)
        self.assertFalse(self._asked())

    def test_holder_who_left_is_replaced_by_the_head_before_the_term(self):
        self.paper.action_issue(self.legal, self._day(100))
        self.legal.action_archive()

        self._remind_after(1)

        self.assertEqual(self._asked(), self.archivist | self.chief)

    def test_holder_who_left_without_a_head_leaves_it_to_the_secretary(self):
        self.chief.action_archive()
        self.paper.action_issue(self.legal, self._day(1))
        self.legal.action_archive()

        self._remind_after(3)
        self.assertEqual(self._asked(), self.archivist)
        self._remind_after(10)
        self.assertEqual(self._asked(), self.archivist | self.director)

    def test_counterparty_that_never_returns_is_escalated_to_the_responsible(self):
        self.paper.action_send(self.partner, self._day(5))

        self._remind_after(8)
        self.assertEqual(self._asked(), self.archivist)
        activity = self.paper.sudo().activity_ids
        self.assertIn("Acme", activity.summary)
        self._remind_after(13)
        self.assertEqual(self._asked(), self.archivist | self.director)

    def test_secretary_who_left_is_replaced_by_the_responsible(self):
        self.paper.action_send(self.partner, self._day(5))
        self.archivist.action_archive()

        self._remind_after(8)

        self.assertEqual(self._asked(), self.director)

    def test_keeper_of_the_place_is_asked_instead_of_who_gave_it_out(self):
        self.box.keeper_id = self.clerk
        self.paper.action_issue(self.legal, self._day(1))

        self._remind_after(3)

        self.assertEqual(self._asked(), self.legal | self.clerk)

    def test_reminder_of_a_secret_paper_tells_the_secretary_nothing(self):
        secret = self._create_document(confidentiality="secret", name=HIDDEN)
        paper = self._create_stored(secret)
        paper.action_issue(self.author, self._day(1))

        self._remind_after(20)

        self.assertEqual(self._asked(paper), self.author | self.archivist)
        seen = [
            str(self.env["mail.activity"].with_user(self.archivist).search_read([("res_id", "in", paper.ids)])),
            str(paper.web_read({"activity_ids": {"fields": {"display_name": {}, "summary": {}, "res_name": {}}}})),
        ]
        messages = self.env["mail.message"].search([("model", "=", paper._name), ("res_id", "=", paper.id)])
        self.assertIn(self.archivist.partner_id, messages.notified_partner_ids)
        seen += [f"{message.subject} {message.body} {message.record_name}" for message in messages]
        for text in seen:
            self.assertIn(paper.code, text)
            self.assertNotIn(HIDDEN, text)

    def test_one_paper_that_fails_does_not_stop_the_others(self):
        other = self._create_stored()
        (self.paper | other).action_issue(self.legal, self._day(1))
        papers = type(self.paper)
        original = papers._prepare_reminder

        def fail(paper, user):
            if paper.id == self.paper.id:
                raise ValueError("broken")
            return original(paper, user)

        self.patch(papers, "_prepare_reminder", fail)
        with self.assertLogs("odoo.addons.paydox_edms.models.paydox_paper_original_reminders", "ERROR"):
            self._remind_after(3)

        self.assertFalse(self._asked(self.paper))
        self.assertEqual(self._asked(other), self.legal | self.archivist)
        self.patch(papers, "_prepare_reminder", original)
        self._remind_after(3)
        self.assertEqual(self._asked(self.paper), self.legal | self.archivist)

    def test_report_lists_what_is_overdue(self):
        self.paper.action_issue(self.legal, self._day(1))
        papers = self.env["paydox.paper.original"].with_user(self.archivist)
        domain = [("is_overdue", "=", True), ("document_id", "=", self.document.id)]

        self.assertFalse(papers.search(domain))
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            self.env.invalidate_all()
            found = papers.search(domain)
            self.assertRecordValues(found, [{"id": self.paper.id, "days_overdue": 3, "is_overdue": True}])
            self.assertFalse(papers.search([("is_overdue", "=", False), ("id", "=", self.paper.id)]))
