from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_case import PaydoxCaseCase
from .common_case_discussion import PaydoxCaseDiscussionMixin


@tagged("post_install", "-at_install")
class TestCaseAction(PaydoxCaseDiscussionMixin, PaydoxCaseCase):
    """One list of what waits for people, in which everything can be done at once."""

    def _rows(self, user, **values):
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [("is_mine", "=", True)] + [(name, "=", value) for name, value in values.items()]
        return self.env["paydox.case.action"].with_user(user).search(domain)

    def _case_with_step(self, user, **step):
        template = self._create_template({"kind": "milestone", "is_manual": True, "users": user} | step, publish=True)
        return self._start(template)

    def test_question_is_replied_to_in_the_list(self):
        case = self._create_case()
        question = self._ask(case, self.legal)
        row = self._rows(self.legal, case_id=case.id)
        self.assertEqual((row.kind, row.subject, row.user_id), ("question", "Is it ready?", self.legal))

        row.action_reply("Yes.")

        self.assertEqual(question.state, "answered")
        self.assertFalse(self._rows(self.legal, case_id=case.id))

    def test_document_is_agreed_in_the_list(self):
        document = self._create_submitted({"users": self.legal})
        row = self._rows(self.legal, kind="decision").filtered(lambda row: row.line_id.document_id == document)

        row.action_agree()

        self.assertState(document, "approved")
        self.assertFalse(row.exists())

    def test_refusal_opens_the_window(self):
        self._create_submitted({"users": self.legal})
        action = self._rows(self.legal, kind="decision")[:1].action_decide()
        self.assertEqual(action["target"], "new")

    def test_step_is_started_or_marked_in_the_list(self):
        case = self._case_with_step(self.author)
        row = self._rows(self.author, case_id=case.id)
        self.assertEqual(row.kind, "ready")

        row.action_start()

        self.assertStates(case, "done")
        self.assertFalse(self._rows(self.author, case_id=case.id))

    def test_who_is_second_is_told_and_the_list_is_refreshed(self):
        case = self._create_case()
        self._ask(case, self.legal)
        row = self._rows(self.legal, case_id=case.id)
        case.with_user(self.legal).action_reply("Answered in the case.")

        for verb in ("action_reply", "action_agree", "action_decide", "action_done", "action_start", "action_open"):
            action = getattr(row, verb)()
            self.assertEqual(action["tag"], "display_notification")
            self.assertEqual(action["params"]["next"]["tag"], "soft_reload")

    def test_many_are_agreed_and_the_others_are_told_about(self):
        first = self._create_submitted({"users": self.legal}, confidentiality="open")
        second = self._create_submitted({"users": self.director}, confidentiality="open")
        rows = self.env["paydox.case.action"].with_user(self.author).search([("kind", "=", "decision")])
        rows = rows.filtered(lambda row: row.line_id.document_id in first | second).with_user(self.legal)
        self.assertEqual(len(rows), 2)

        action = rows.action_agree()

        self.assertState(first, "approved")
        self.assertState(second, "review")
        self.assertEqual(action["tag"], "display_notification")

    def test_wrong_row_is_refused_in_words(self):
        case = self._create_case()
        self._ask(case, self.legal)
        row = self._rows(self.legal, case_id=case.id)
        for verb, text in (
            ("action_agree", "waits for a decision"),
            ("action_decide", "waits for a decision"),
            ("action_done", "Only steps"),
            ("action_start", "Only steps"),
        ):
            with self.assertRaisesRegex(UserError, text):
                getattr(row, verb)()

    def test_rows_obey_the_rules_of_their_records(self):
        case = self._create_case()
        self._ask(case, self.legal)
        document = self._create_submitted({"users": self.legal}, confidentiality="secret")
        rows = (
            self.env["paydox.case.action"]
            .sudo()
            .search(["|", ("case_id", "=", case.id), ("line_id.document_id", "=", document.id)])
        )
        self.assertEqual(len(rows), 2)

        for user, count in ((self.legal, 2), (self.author, 2), (self.chief, 1), (self.outsider, 0), (self.clerk, 0)):
            self.env.invalidate_all()
            found = rows.with_user(user).sudo(False)
            self.assertEqual(len(found.search([("id", "in", rows.ids)])), count, user.login)
            self.assertEqual(len(found._filtered_access("read")), count, user.login)

    def test_substitute_sees_what_waits_for_whom_he_substitutes(self):
        case = self._create_case()
        self._ask(case, self.legal)
        self.env["paydox.substitution"].create(
            {
                "user_id": self.legal.id,
                "substitute_id": self.director.id,
                "date_from": "2020-01-01",
                "date_to": "2090-01-01",
            }
        )
        self.assertTrue(self._rows(self.director, case_id=case.id))

    def test_rows_name_the_counterparty(self):
        partner = self.env["res.partner"].create({"name": "Buyer", "is_company": True})
        case = self._create_case(partner_id=partner.id)
        self._ask(case, self.legal)
        document = self._create_submitted({"users": self.legal}, partner_id=partner.id)
        rows = self._rows(self.legal, partner_id=partner.id)
        self.assertEqual(set(rows.mapped("kind")), {"question", "decision"})
        self.assertIn(document, rows.line_id.document_id)

    def test_list_costs_the_same_whatever_its_length(self):
        counts = []
        for number in (2, 10):
            case = self._create_case(participant_ids=[Command.set(self.legal.ids)])
            for _index in range(number):
                self._ask(case, self.legal)
            rows = self._rows(self.legal, case_id=case.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows.read(["kind", "subject", "case_id", "partner_id", "user_id", "deadline", "is_late", "is_mine"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
        self.assertLess(counts[1], 40)
