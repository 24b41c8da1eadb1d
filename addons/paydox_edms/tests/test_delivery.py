from unittest.mock import patch

from odoo.tests import tagged

from .common import PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestDelivery(PaydoxEdmsCase):
    """An address that does not work is shown to the person who sent the e-mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Supplier", "email": "suplier@example.com"})
        cls.document = cls._create_document(partner_id=cls.partner.id)
        cls.document.add_version("contract.txt", b"Text")

    def _send(self):
        return self.document.action_send_external(self.partner).sudo()

    def _fail(self, mail, reason="No such user"):
        mail._postprocess_sent_message(
            success_pids=[], success_emails=[], failure_reason=reason, failure_type="mail_smtp"
        )

    def _bounce(self, email, body="<p>550 no such user</p>"):
        nobody = self.env["res.partner"]
        message = self.env["mail.message"]
        self.env["mail.thread"]._routing_handle_bounce(
            None,
            {
                "bounced_email": email,
                "bounced_partner": nobody,
                "bounced_msg_ids": [],
                "bounced_message": message,
                "body": body,
                "email_from": "mailer-daemon@example.com",
                "to": "catchall@example.com",
                "message_id": "<bounce@example.com>",
            },
        )

    def assertTold(self, times):
        summaries = self.document.sudo().activity_ids.filtered(lambda activity: activity.user_id == self.author)
        self.assertEqual("".join(summaries.mapped("summary")).count("was not delivered"), times)

    def test_link_that_could_not_be_sent_is_told_once(self):
        review = self._send()

        self._fail(review.mail_id)
        self._fail(review.mail_id)

        self.assertEqual(review.delivery_problem, "No such user")
        self.assertTold(1)

    def test_bounce_is_told(self):
        review = self._send()

        self._bounce("suplier@example.com")

        self.assertIn("550 no such user", review.delivery_problem)
        self.assertTold(1)

    def test_bounce_of_another_address_and_of_an_answered_link_are_not(self):
        review = self._send()
        self._bounce("other@example.com")
        review.write({"state": "agreed"})
        self._bounce("suplier@example.com")

        self.assertFalse(review.delivery_problem)
        self.assertTold(0)

    def test_notice_that_did_not_reach_an_approver_stands_in_the_discussion(self):
        self.kind.route_id = self._create_route({"users": self.director})
        document = self._create_document()
        document.action_submit()
        self.director.notification_type = "email"
        with patch.object(self.env.registry["mail.mail"], "send"):
            self.env["paydox.approval.line"].search([("document_id", "=", document.id)])._send_notices()
        mail = self.env["mail.mail"].search([("recipient_ids", "in", self.director.partner_id.ids)], limit=1)
        self.assertTrue(mail)

        self._fail(mail, "Mailbox full")

        self.assertIn("The notice to Director was not delivered: Mailbox full", document.message_ids[0].body)
