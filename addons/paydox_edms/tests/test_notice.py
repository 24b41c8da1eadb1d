import re
from datetime import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import PaydoxEdmsCase

CRON = "paydox_edms.ir_cron_send_notices"


@tagged("post_install", "-at_install")
class TestNotice(PaydoxEdmsCase):
    """Who is asked is told once, by his channel, in his language, when he wants it."""

    def setUp(self):
        super().setUp()
        self.director.write({"notification_type": "email", "email": "director@example.com"})
        self.legal.write({"notification_type": "inbox", "email": "legal@example.com"})

    def _send(self):
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()

    def _get_notices(self, user):
        return self.env["mail.notification"].search([("res_partner_id", "=", user.partner_id.id)]).mail_message_id

    def test_each_is_told_once_by_his_channel(self):
        document = self._create_submitted({"users": self.director | self.legal})
        self.assertFalse(self._get_notices(self.director))

        self._send()
        self._send()

        for user, channel in ((self.director, "email"), (self.legal, "inbox")):
            message = self._get_notices(user)
            self.assertEqual(len(message), 1)
            self.assertEqual(message.notification_ids.notification_type, channel)
            self.assertIn("Supply of pumps", message.subject)
            line = document.sudo().approval_id.line_ids.filtered(lambda line, user=user: line.user_id == user)
            self.assertIn(f"/paydox/decide/{line.id}?token=", message.body)
        mail = self.env["mail.mail"].search([("mail_message_id", "=", self._get_notices(self.director).id)])
        self.assertEqual(len(mail), 1)
        self.assertIn("/paydox/decide/", mail.body_html)

    def test_row_of_a_notice_tells_a_stranger_nothing(self):
        self._create_submitted({"users": self.director | self.legal})
        self._send()
        rows = self.env["mail.notification"].search([("res_partner_id", "=", self.director.partner_id.id)])

        for user, told in ((self.stranger, False), (self.director, True)):
            [row] = rows.with_user(user).read(["mail_message_id", "mail_mail_id"])
            names = str([value for value in row.values() if isinstance(value, tuple)])
            self.assertEqual("Supply of pumps" in names, told, names)
            found = rows.with_user(user).search_count(
                [("id", "in", rows.ids), ("mail_message_id.subject", "ilike", "Supply of pumps")]
            )
            self.assertEqual(bool(found), told)
        self.assertIn("Message (no access)", rows.with_user(self.stranger).mail_message_id.display_name)

    def test_who_asks_himself_is_not_told(self):
        self._create_submitted({"users": self.author, "allow_author": True})
        self._send()
        self.assertFalse(self._get_notices(self.author))

    def test_who_decided_meanwhile_is_not_told(self):
        document = self._create_submitted({"users": self.director | self.legal, "rule": "any"})
        document.with_user(self.legal).action_agree()

        self._send()

        self.assertFalse(self._get_notices(self.director))
        self.assertEqual(set(document.sudo().approval_id.line_ids.mapped("notice_state")), {"skipped"})

    def test_notice_is_in_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.director.lang = "ru_RU"
        self._create_submitted({"users": self.director})
        self.env.ref("paydox_edms.decision_request").update_field_translations(
            "arch_db", {"ru_RU": {"Look and decide": "Посмотреть и решить"}}
        )

        self._send()

        self.assertIn("Посмотреть и решить", self._get_notices(self.director).body)

    def test_digest_goes_once_a_day_in_the_morning(self):
        self.director.paydox_notice = "daily"
        self.kind.route_id = self._create_route({"users": self.director})
        documents = self._create_document() | self._create_document(name="Valves")
        with freeze_time(datetime(2026, 11, 23, 5, 0)):
            documents.action_submit()
            self._send()
            self.assertFalse(self._get_notices(self.director), "it is night")
        with freeze_time(datetime(2026, 11, 23, 9, 0)):
            self._send()
            message = self._get_notices(self.director)
            self.assertEqual(len(message), 1)
            self.assertEqual(len(re.findall("/paydox/decide/", message.body)), 2)
            self.assertIn("Valves", message.body)
            self._create_document(name="Later").action_submit()
            self._send()
            self.assertEqual(len(self._get_notices(self.director)), 1, "the day had its digest")
        with freeze_time(datetime(2026, 11, 24, 9, 0)):
            self._send()
            self.assertEqual(len(self._get_notices(self.director)), 2)

    def test_many_turns_at_once_are_one_message(self):
        self.kind.route_id = self._create_route({"users": self.director})
        documents = self.env["paydox.document"].with_user(self.author)
        documents = documents.create([{"name": f"Document {index}", "kind_id": self.kind.id} for index in range(5)])
        documents.action_submit()

        self._send()

        message = self._get_notices(self.director)
        self.assertEqual(len(message), 1)
        self.assertEqual(len(re.findall("/paydox/decide/", message.body)), 5)

    def test_what_is_due_soon_does_not_wait_for_the_digest(self):
        self.director.paydox_notice = "daily"
        document = self._create_submitted({"users": self.director})
        soon = fields.Datetime.add(fields.Datetime.now(), hours=2)
        document.sudo().approval_id.line_ids.write({"deadline": soon})

        self._send()

        self.assertEqual(len(self._get_notices(self.director)), 1)

    def test_one_notice_that_fails_does_not_stop_the_others(self):
        document = self._create_submitted({"users": self.director | self.legal})
        lines = document.sudo().approval_id.line_ids
        original = type(lines)._send_request

        def send(line):
            if line.user_id == self.director:
                raise ValueError("no server")
            return original(line)

        self.patch(type(lines), "_send_request", send)
        with self.assertLogs("odoo.addons.paydox_edms.models.paydox_approval_line_notice", "ERROR"):
            self._send()

        self.assertEqual(lines.filtered(lambda line: line.user_id == self.director).notice_state, "failed")
        self.assertEqual(len(self._get_notices(self.legal)), 1)

    def test_author_hears_once_how_it_ended(self):
        document = self._create_submitted({"users": self.director})
        document.with_user(self.director).action_agree()
        self.assertFalse(self._get_notices(self.author), "it goes by the job, not in the request of the decision")

        self._send()
        self._send()

        message = self._get_notices(self.author)
        self.assertEqual(len(message), 1)
        self.assertIn("approved", message.body)
        self.assertEqual(message.author_id, self.director.partner_id)

    def test_author_hears_why_it_came_back(self):
        document = self._create_submitted({"users": self.legal}, {"users": self.director})
        self.director.active = False
        document.with_user(self.legal).action_agree()
        self.assertState(document, "draft", "rejected")

        self._send()

        self.assertIn("archived", self._get_notices(self.author).body)

    def test_who_takes_his_document_back_is_not_told(self):
        document = self._create_submitted({"users": self.director})
        document.action_withdraw()

        self._send()

        self.assertFalse(self._get_notices(self.author))

    def test_many_outcomes_at_once_are_one_message(self):
        self.kind.route_id = self._create_route({"users": self.director})
        documents = self.env["paydox.document"].with_user(self.author)
        documents = documents.create([{"name": f"Document {index}", "kind_id": self.kind.id} for index in range(5)])
        documents.action_submit()
        documents.with_user(self.director).action_agree()

        self._send()

        message = self._get_notices(self.author)
        self.assertEqual(len(message), 1)
        self.assertIn("Document 4", message.body)

    def test_one_outcome_that_cannot_be_told_does_not_stop_the_others(self):
        runs = self.env["paydox.approval"]
        for user in (self.director, self.legal):
            document = self._create_submitted({"users": user})
            document.with_user(user).action_agree()
            runs |= document.sudo().approval_id
        documents = type(self.env["paydox.document"])
        original = documents._notify_outcomes

        def notify(records, approvals, text_getter):
            if records.env.user == self.director:
                raise ValueError("no server")
            return original(records, approvals, text_getter)

        self.patch(documents, "_notify_outcomes", notify)
        with self.assertLogs("odoo.addons.paydox_edms.models.paydox_approval_outcome", "ERROR"):
            self._send()

        self.assertEqual(runs.mapped("notice_state"), ["failed", "sent"])
        self.assertEqual(len(self._get_notices(self.author)), 1)

    def test_outcome_that_fails_does_not_take_the_others_of_the_same_person_along(self):
        runs = self.env["paydox.approval"].sudo()
        for _number in range(3):
            document = self._create_submitted({"users": self.director})
            document.with_user(self.director).action_agree()
            runs |= document.sudo().approval_id
        documents = type(self.env["paydox.document"])
        original = documents._get_outcome_text

        def get_text(records, env, approval, reason):
            if approval.id == runs[1].id:
                raise ValueError("no words")
            return original(records, env, approval, reason)

        self.patch(documents, "_get_outcome_text", get_text)
        with self.assertLogs("odoo.addons.paydox_edms.models.paydox_approval_outcome", "ERROR"):
            self._send()

        self.assertEqual(runs.mapped("notice_state"), ["sent", "failed", "sent"])
        self.assertEqual(len(self._get_notices(self.author)), 2)

    def test_everybody_chooses_for_himself(self):
        self.director.with_user(self.director).write({"paydox_notice": "daily"})
        self.assertEqual(self.director.paydox_notice, "daily")
