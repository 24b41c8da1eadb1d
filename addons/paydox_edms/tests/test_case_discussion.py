from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common_case_discussion import PaydoxCaseDiscussionMixin


@tagged("post_install", "-at_install")
class TestCaseDiscussion(PaydoxCaseDiscussionMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.case = cls._create_case()

    def test_asked_colleague_sees_the_question_and_answers_without_opening_the_case(self):
        question = self._ask(self.case, self.legal)
        case = self.case.with_user(self.legal)
        self.assertEqual((case.my_question_count, case.question_count), (1, 1))
        self.assertIn(case, case.search([("has_my_questions", "=", True)]))

        case.action_reply("Yes, since Monday.")

        self.assertEqual(question.state, "answered")
        self.assertEqual(question.closed_by_id, self.legal)
        self.assertEqual(question.answer, "Yes, since Monday.")
        self.assertEqual(question.answer_message_id.author_id, self.legal.partner_id)
        case.invalidate_recordset()
        self.assertEqual(case.my_question_count, 0)
        self.assertNotIn(case, case.search([("has_my_questions", "=", True)]))

    def test_answer_from_the_list_of_my_questions_goes_to_who_asked(self):
        question = self._ask(self.case, self.legal)

        question.with_user(self.legal).sudo(False).action_answer("Done.")

        notified = question.answer_message_id.notification_ids.res_partner_id
        self.assertEqual(notified, self.author.partner_id)

    def test_asked_people_are_notified_and_others_are_not(self):
        question = self._ask(self.case, self.legal)

        self.assertEqual(question.message_id.notification_ids.res_partner_id, self.legal.partner_id)

    def test_button_without_text_opens_the_window(self):
        self._ask(self.case, self.legal)
        action = self.case.with_user(self.legal).action_reply()
        window = self.env[action["res_model"]].with_user(self.legal).with_context(**action["context"])

        form = Form(window)
        form.text = "From the window."
        form.save().action_send()

        self.assertEqual(self.case.sudo().question_ids.answer, "From the window.")

    def test_window_asks_with_a_file(self):
        window = self.env["paydox.case.message"].with_user(self.author).with_context(default_case_id=self.case.id)
        file = (
            self.env["ir.attachment"]
            .with_user(self.author)
            .create({"name": "plan.txt", "raw": b"plan", "res_model": "paydox.case.message", "res_id": 0})
        )
        form = Form(window)
        form.user_ids.add(self.legal)
        form.text = "Look at the plan."
        form.attachment_ids.add(file)
        form.save().action_send()

        message = self.case.sudo().question_ids.message_id
        self.assertEqual(message.attachment_ids.res_id, self.case.id)
        self.assertEqual(message.attachment_ids.with_user(self.legal).raw, b"plan")

    def test_nobody_else_answers(self):
        question = self._ask(self.case, self.legal).with_user(self.chief).sudo(False)
        with self.assertRaisesRegex(AccessError, "waits for an answer from Legal"):
            question.action_answer("I know better.")
        with self.assertRaises(AccessError):
            question.with_user(self.stranger).action_answer("Me too.")

    def test_substitute_answers_for_whom_he_substitutes(self):
        today = fields.Date.today()
        self.env["paydox.substitution"].create(
            {"user_id": self.legal.id, "substitute_id": self.chief.id, "date_from": today, "date_to": today}
        )
        question = self._ask(self.case, self.legal)
        question.with_user(self.chief).sudo(False).action_answer("For her.")
        self.assertEqual(question.closed_by_id, self.chief)

    def test_second_answer_is_told_who_was_first(self):
        question = self._ask(self.case, self.legal).with_user(self.legal).sudo(False)
        question.action_answer("One.")
        with self.assertRaisesRegex(UserError, "Legal has answered"):
            question.action_answer("Two.")
        with self.assertRaisesRegex(UserError, "Nothing here waits"):
            self.case.with_user(self.legal).action_reply("Three.")

    def test_outsider_is_let_in_by_the_leader_and_by_nobody_else(self):
        with self.assertRaisesRegex(AccessError, "Stranger cannot read"):
            self.case.with_user(self.legal).action_ask(self.stranger.ids, "And you?")
        self.assertFalse(self.case.sudo().question_ids)

        self._ask(self.case, self.stranger)

        self.assertIn(self.stranger, self.case.participant_ids)
        self.assertTrue(self.case.with_user(self.stranger).has_access("read"))

    def test_people_who_cannot_be_asked(self):
        portal = new_test_user(self.env, "case_portal", groups="base.group_portal")
        gone = new_test_user(self.env, "case_gone", groups="base.group_user", name="Gone")
        gone.active = False
        for users, text in (
            (portal.ids, "colleagues"),
            ([], "colleagues"),
            ("x", "colleagues"),
            ([10**9], "colleagues"),
            (self.author.ids, "yourself"),
            (gone.ids, "does not work"),
            (list(range(1, 100)), "At most"),
        ):
            with self.assertRaisesRegex(UserError, text):
                self.case.action_ask(users, "Well?")

    def test_empty_message_and_past_term_are_refused(self):
        with self.assertRaisesRegex(UserError, "empty"):
            self.case.action_ask(self.legal.ids, "  ")
        with self.assertRaisesRegex(UserError, "over already"):
            self.case.action_ask(self.legal.ids, "Well?", deadline=fields.Datetime.now() - timedelta(hours=1))
        with self.assertRaisesRegex(UserError, "no date"):
            self.case.action_ask(self.legal.ids, "Well?", deadline="tomorrow")

    def test_late_question_is_found(self):
        question = self._ask(self.case, self.legal, deadline=fields.Datetime.now() + timedelta(hours=1))
        self.assertFalse(question.is_late)
        question.deadline = fields.Datetime.now() - timedelta(hours=1)
        self.assertTrue(question.is_late)
        self.assertIn(question, question.search([("is_late", "=", True)]))

    def test_file_of_somebody_else_is_not_sent(self):
        file = (
            self.env["ir.attachment"]
            .with_user(self.legal)
            .create({"name": "secret.txt", "raw": b"secret", "res_model": "paydox.case.message", "res_id": 0})
        )
        document = self._create_document()
        other = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": "own.txt", "raw": b"x", "res_model": document._name, "res_id": document.id})
        )
        for attachment in (file, other):
            with self.assertRaisesRegex(AccessError, "just added"):
                self.case.action_ask(self.legal.ids, "Look.", attachment_ids=attachment.ids)

    def test_who_asked_and_who_leads_withdraw(self):
        question = self._ask(self.case.with_user(self.legal), self.chief)
        with self.assertRaises(AccessError):
            question.with_user(self.chief).sudo(False).action_withdraw()
        question.with_user(self.author).sudo(False).action_withdraw()
        self.assertEqual(question.state, "withdrawn")
        with self.assertRaisesRegex(UserError, "needs no answer"):
            question.with_user(self.chief).sudo(False).action_answer("Too late.")

    def test_questions_are_written_by_the_verbs_only(self):
        question = self._ask(self.case, self.legal)
        for user in (self.author, self.legal, self.manager, self.admin):
            row = question.with_user(user).sudo(False)
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                row.write({"state": "answered"})
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                row.unlink()
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                row.create({"case_id": self.case.id, "message_id": question.message_id.id, "user_id": user.id})

    def test_stranger_learns_nothing(self):
        question = self._ask(self.case, self.legal, text="Secret plan")
        env = self.env(user=self.stranger)
        self.assertFalse(env["paydox.case.question"].search([("id", "=", question.id)]))
        self.assertFalse(env["mail.message"].search([("id", "=", question.message_id.id)]))
        self.assertFalse(env["paydox.case.question"].search([("text", "ilike", "Secret")], limit=1))
        with self.assertRaises(AccessError):
            env["paydox.case"].browse(self.case.id).action_ask(self.legal.ids, "Hello")
        with self.assertRaises(AccessError):
            env["paydox.case.message"].create({"case_id": self.case.id})

    def test_discussion_is_internal(self):
        message = self._ask(self.case, self.legal).message_id
        self.assertTrue(message.subtype_id.internal)
        self.assertTrue(message.is_internal)

    def test_what_was_asked_and_answered_stays_as_it_was(self):
        question = self._ask(self.case, self.legal)
        message = question.message_id.with_user(self.author).sudo(False)
        for change in (
            lambda: message.write({"body": "I asked nothing"}),
            message.unlink,
            lambda: self.case._message_update_content(message.sudo(), body="I asked nothing"),
        ):
            with self.assertRaisesRegex(AccessError, "history of a case"):
                change()
        note = self.case.message_post(body="Free note", message_type="comment", subtype_xmlid="mail.mt_note")
        note.with_user(self.author).write({"body": "Corrected"})

    def test_reply_by_mail_answers(self):
        question = self._ask(self.case, self.legal)
        self.case.sudo().message_post(
            body="By mail.",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.legal.partner_id.id,
            parent_id=question.message_id.id,
        )
        self.assertEqual(question.state, "answered")
        self.assertEqual(question.closed_by_id, self.legal)

    def test_html_in_a_text_stays_text(self):
        question = self._ask(self.case, self.legal, text="<script>alert(1)</script>")
        self.assertNotIn("<script>", question.message_id.body)
        self.assertEqual(question.text, "<script>alert(1)</script>")

    def test_counters_cost_one_query_for_a_page(self):
        cases = self.case
        for number in range(10):
            case = self._create_case(name=f"Case {number}")
            self._ask(case, self.legal)
            cases |= case
        cases = cases.with_user(self.legal)
        self.env.flush_all()
        self.env.invalidate_all()
        cases[:1].mapped("my_question_count")
        with self.assertQueryCount(2):
            cases[1:].mapped("my_question_count")

    def test_nobody_is_asked_of_a_closed_case(self):
        question = self._ask(self.case, self.legal)
        case_sudo = self.case.sudo()
        outside = case_sudo.question_ids.create(
            {
                "case_id": self.case.id,
                "message_id": case_sudo.message_post(body="When?").id,
                "asked_by_id": self.env["res.partner"].create({"name": "Client"}).id,
                "user_id": self.author.id,
                "is_outside": True,
            }
        )
        case_sudo._cancel("Not needed")
        self.assertEqual(question.state, "withdrawn")
        self.assertEqual(outside.state, "open", "a client still waits for his answer")
        with self.assertRaisesRegex(UserError, "closed"):
            self.case.action_ask(self.legal, "And now?")
        self.case.message_post(body="A last word")
