from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestPaperNotice(PaydoxCrmCase):
    """Each person gets one message about all his papers that end, once for each threshold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(
            cls.env, "paper_keeper", groups="base.group_user", email="keeper@x.example", tz="UTC"
        )
        cls.kind = cls.env["paydox.document.kind"].create(
            {"name": "Notice licence", "code": "NLI", "is_counterparty_paper": True, "reminder_days": "30, 7"}
        )

    def setUp(self):
        super().setUp()
        self.partner = self._create_partner()
        self.env["paydox.document"].search([("kind_id.is_counterparty_paper", "=", True)]).action_cancel()

    def _add(self, end, **overrides):
        values = {"responsible_id": self.keeper.id, "kind_id": self.kind.id, "name": "Licence"}
        paper = self._create_document(
            self.partner, **values | {"valid_from": self._day(-400), "valid_to": self._day(end)} | overrides
        )
        paper.flush_recordset()
        # It has been there for long.
        self.env.cr.execute(
            "UPDATE paydox_document SET create_date = create_date - interval '1 year' WHERE id = %s", paper.ids
        )
        self.env.invalidate_all()
        return paper

    def _run(self, shift=0):
        moment = fields.Datetime.now() + timedelta(days=shift)
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("paydox_crm.ir_cron_tell_papers").with_user(1).method_direct_trigger()
        self.env.invalidate_all()

    def _mails(self, address="keeper@x.example"):
        return self.env["mail.mail"].sudo().search([("email_to", "ilike", address)], order="id")

    def test_one_message_lists_what_ends_and_what_has_ended(self):
        for name, end in (("First", 20), ("Second", 5), ("Third", -2)):
            self._add(end, name=name)
        self._add(100, name="Far")

        self._run()

        mail = self._mails()
        self.assertEqual(len(mail), 1)
        for name in ("First", "Second", "Third"):
            self.assertIn(name, mail.body_html)
        self.assertNotIn("Far", mail.body_html)

    def test_rows_that_somebody_works_on_wait_for_the_next_run(self):
        self._add(20)
        notices = self.env["paydox.paper.notice"]
        with patch.object(type(notices), "_claim", lambda notices, people: {}):
            self._run()
        self.assertFalse(self._mails())
        self._run()
        self.assertEqual(len(self._mails()), 1)

    def test_person_told_instead_is_of_the_company_of_the_paper(self):
        company = self.env["res.company"].create({"name": "Other firm"})
        groups = "base.group_user,paydox_edms.paydox_edms_group_manager"
        told = {
            firm: new_test_user(
                self.env, f"instead_{firm.id}", groups=groups, company_id=firm.id, company_ids=[Command.set(firm.ids)]
            )
            for firm in (self.env.company, company)
        }
        self.kind.write({"paper_fallback_id": told[self.env.company].id, "company_id": False})
        for firm in told:
            paper = self._add(20)
            paper.sudo()._write_locked({"company_id": firm.id})
        self.keeper.active = False
        self.env["paydox.document"].search([("kind_id", "=", self.kind.id)]).sudo()._write_locked(
            {"author_id": self.env.ref("base.public_user").id}
        )
        notices = self.env["paydox.paper.notice"]
        notices._note_due(self.kind, 30)

        found = notices.search([("document_id.kind_id", "=", self.kind.id)])
        for notice in found:
            self.assertIn(notice.document_id.company_id, notice.user_id.company_ids)
        self.assertEqual(len(found), 2)

    def test_what_is_cut_short_remains(self):
        self._add(20)
        reported = []

        def report(cron, processed=0, *, remaining=None, **kwargs):
            reported.append(remaining)
            return 0

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", report):
            self.env["paydox.paper.notice"]._cron_tell()
        self.assertGreater(reported[-1], 0)
        self.assertFalse(self._mails())

    def test_each_threshold_is_told_once_whatever_the_scheduler_does(self):
        self._add(20)
        for shift in (0, 0, 1, 2):
            self._run(shift)
        self.assertEqual(len(self._mails()), 1, "the threshold of 30 days")
        for shift in (14, 15):
            self._run(shift)
        self.assertEqual(len(self._mails()), 2, "the threshold of 7 days")
        for shift in (21, 25, 30):
            self._run(shift)
        self.assertEqual(len(self._mails()), 3, "the end")

    def test_reminder_survives_three_days_without_the_scheduler(self):
        self._add(31)
        self._run()
        self.assertFalse(self._mails())

        self._run(4)

        self.assertEqual(len(self._mails()), 1)

    def test_paper_that_ends_today_has_ended_when_the_day_of_its_company_is_over(self):
        paper = self._add(0)
        end = fields.Datetime.to_datetime(paper.valid_to)
        for hour, zone, is_over in (
            (23, "UTC", False),
            (23, "Asia/Vladivostok", True),
            (26, "America/New_York", False),
        ):
            self.env.company.partner_id.tz = zone
            notices = self.env["paydox.paper.notice"]
            with self.subTest(zone), freeze_time(end + timedelta(hours=hour)):
                notices._note_due(self.kind, -1)
                self.assertEqual(bool(notices.search([("document_id", "=", paper.id)])), is_over)
            self.env.cr.execute("DELETE FROM paydox_paper_notice WHERE document_id = %s", paper.ids)

        self.keeper.tz = "America/New_York"
        self.env.company.partner_id.tz = "Asia/Vladivostok"
        with freeze_time(end + timedelta(hours=23)), self.enter_registry_test_mode():
            self.env.ref("paydox_crm.ir_cron_tell_papers").with_user(1).method_direct_trigger()
        self.assertIn("have ended:", self._mails().body_html, "what has ended is told so, whatever his clock says")

    def test_paper_with_another_term_is_told_of_anew(self):
        paper = self._add(5)
        self._run()
        paper.valid_to = self._day(6)

        self._run()

        self.assertEqual(len(self._mails()), 2)

    def test_replaced_cancelled_and_foreign_kinds_are_silent(self):
        old = self._add(5, name="Old")
        successor = self._add(500, name="New")
        successor.link_ids = [fields.Command.create({"target_id": old.id, "type": "replaces"})]
        successor.sudo()._transition_to("review")
        successor.sudo()._transition_to("approved")
        self._add(5, name="Cancelled").action_cancel()

        self._run()

        self.assertFalse(self._mails())

    def test_somebody_who_left_is_replaced_by_the_author_and_then_by_the_fallback(self):
        fallback = new_test_user(
            self.env,
            "paper_fallback",
            groups="base.group_user,paydox_edms.paydox_edms_group_clerk",
            email="fb@x.example",
        )
        self.kind.paper_fallback_id = fallback
        author = new_test_user(self.env, "paper_author", groups="base.group_user", email="author@x.example")
        self._add(5, author_id=author.id)
        self.keeper.active = False
        self._run()
        self.assertEqual(len(self._mails("author@x.example")), 1)

        author.active = False
        self._add(4, author_id=author.id, name="Second")
        self._run()

        self.assertEqual(len(self._mails("fb@x.example")), 1)
        self.assertFalse(self._mails())

    def test_papers_that_the_person_may_not_read_are_left_out(self):
        paper = self._add(5, confidentiality="secret", name="Secret paper")
        paper.responsible_id = False
        paper.flush_recordset()
        self.kind.paper_fallback_id = self.keeper
        self.env.cr.execute(
            "UPDATE paydox_document SET author_id = %s WHERE id = %s", [self.env.ref("base.public_user").id, paper.id]
        )
        self.env.invalidate_all()

        self._run()

        self.assertFalse(self._mails())

    def test_message_is_in_the_language_of_each_person_and_escapes_names(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.kind.with_context(lang="ru_RU").name = "Лицензия"
        reader = new_test_user(
            self.env, "paper_reader", groups="base.group_user", email="reader@x.example", lang="ru_RU", tz="UTC"
        )
        self._add(5, name="<script>x</script>")
        self._add(5, responsible_id=reader.id)

        self._run()

        self.assertNotIn("<script>", self._mails().body_html)
        self.assertIn("Notice licence", self._mails().body_html)
        self.assertIn("Лицензия", self._mails("reader@x.example").body_html)
        self.assertIn("Лицензия", self.env["mail.activity"].search([("user_id", "=", reader.id)]).summary)

    def test_queries_grow_neither_with_papers_nor_much_with_people(self):
        notices, people = self.env["paydox.paper.notice"], self.env["res.users"]
        counts = {}
        for size, papers in ((3, 1), (3, 4), (6, 2)):
            people = people.concat(
                *(
                    new_test_user(
                        self.env, f"batch_{size}_{papers}_{n}", groups="base.group_user", email=f"{n}@x.example"
                    )
                    for n in range(size)
                )
            )[-size:]
            for user in people:
                for _paper in range(papers):
                    self._add(5, responsible_id=user.id)
            notices._note_due(self.kind, 7)
            people.mapped("all_group_ids")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            notices._tell(people)
            self.env.flush_all()
            counts[size, papers] = self.env.cr.sql_log_count - before
        self.assertLessEqual(counts[3, 4], counts[3, 1], counts)
        # Each has rights of his own, so the papers are asked for once by each.
        self.assertLessEqual(counts[6, 2] - counts[3, 4], 3 * 25, counts)

    def test_next_message_names_only_what_is_new(self):
        self._add(5, name="Old news")
        self._run()
        self._add(6, name="Fresh")

        self._run()

        self.assertEqual(len(self._mails()), 2)
        self.assertIn("Fresh", self._mails()[-1].body_html)
        self.assertNotIn("Old news", self._mails()[-1].body_html)

    def test_each_paper_gets_one_activity(self):
        paper = self._add(20)
        for shift in (0, 14, 21):
            self._run(shift)

        activities = self.env["mail.activity"].search(
            [("res_model", "=", "paydox.document"), ("res_id", "=", paper.id)]
        )
        self.assertEqual((len(activities), activities.user_id), (1, self.keeper))
        self.assertEqual((activities.res_name, activities.date_deadline), (paper.display_name, paper.valid_to))
        self.assertIn(self.keeper.partner_id, paper.message_partner_ids)

    def test_papers_get_no_second_reminder_one_by_one(self):
        self._add(5)
        definitions = self.env["paydox.document.reminder"]._get_due_definitions()

        self.assertNotIn(self.kind.id, [d["kind_id"] for d in definitions if isinstance(d, dict)])

    def test_run_that_is_cut_short_goes_on_and_tells_nobody_twice(self):
        other = new_test_user(self.env, "paper_other", groups="base.group_user", email="other@x.example")
        self._add(5)
        self._add(5, responsible_id=other.id)
        notices = self.env["paydox.paper.notice"]
        for days in (30, 7):
            notices._note_due(self.kind, days)
        notices._tell(self.keeper)

        self._run()

        self.assertEqual(len(self._mails()), 1)
        self.assertEqual(len(self._mails("other@x.example")), 1)

    def test_ledger_is_written_by_nobody(self):
        self._add(5)
        self._run()
        notice = self.env["paydox.paper.notice"].search([("document_id.kind_id", "=", self.kind.id)], limit=1)
        admin = self.env.ref("base.user_admin")
        for verb in (lambda row: row.write({"told_at": False}), lambda row: row.unlink(), lambda row: row.copy()):
            with self.assertRaises(AccessError):
                verb(notice.with_user(admin))

    def test_one_who_cannot_be_told_does_not_keep_it_from_the_others(self):
        other = new_test_user(self.env, "paper_other", groups="base.group_user", email="other@x.example")
        self._add(5)
        self._add(5, responsible_id=other.id)
        digest = type(self.env["paydox.paper.digest"])
        original = digest._send

        def send(this, papers_by_user):
            if self.keeper in papers_by_user:
                raise ValueError("no way")
            return original(this, papers_by_user)

        with patch.object(digest, "_send", send), self.assertLogs("odoo.addons.paydox_crm.models.paydox_paper_notice"):
            self._run()
        self.assertEqual(len(self._mails("other@x.example")), 1)

        self._run()
        self.assertEqual(len(self._mails()), 1, "he is told the next time")
