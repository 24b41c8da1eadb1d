from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.sms.tests.common import SMSCase


@tagged("post_install", "-at_install")
class TestCaseSms(SMSCase):
    """A step of a case sends an SMS to the client once; the gateway never stops the case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.ro")
        cls.clerk = new_test_user(cls.env, "sms_clerk", "base.group_user,paydox_edms.paydox_edms_group_user")
        cls.partner = cls.env["res.partner"].create({"name": "Buyer", "phone": "+40721000111"})
        cls.template = cls.env["paydox.case.template"].create(
            {
                "name": "With an SMS",
                "code": "SMS",
                "step_ids": [
                    (0, 0, {"name": "Tell the client", "kind": "sms", "start_rule": "begin",
                            "sms_text": "Order {number}: {subject}. {responsible} {unknown}"}),
                    (0, 0, {"name": "Call him", "responsible_kind": "owner", "start_rule": "previous"}),
                ],
            }
        )  # fmt: skip
        cls.template.action_publish()

    def _start(self, **values):
        template = self.template.with_user(self.clerk)
        action = template.action_start(vals={"name": "Two pumps", "partner_id": self.partner.id, **values}, key="one")
        return self.env["paydox.case"].browse(action["res_id"])

    def _steps(self, case):
        return case.step_ids.sorted("sequence")

    def _send_queue(self):
        self.env["sms.sms"].sudo().search([("state", "=", "outgoing")]).send(raise_exception=False)

    def test_client_gets_one_sms_when_the_case_starts(self):
        with self.mockSMSGateway():
            case = self._start()
            self.assertEqual(self._start(), case)
            self.assertEqual(self._steps(case)[0].sms_state, "queued")
            self._send_queue()
            self.assertSMSIapSent(["+40721000111"], f"Order {case.number}: Two pumps. {self.clerk.name} {{unknown}}")
            self.assertEqual(len(self._sms), 1)

        sms, call = self._steps(case)
        self.assertEqual((sms.state, sms.sms_state, call.state), ("done", "sent", "active"))

    @mute_logger("odoo.addons.sms.models.sms_sms")
    def test_failing_gateway_is_recorded_and_stops_nothing(self):
        for error in ("jsonrpc_exception", "credit"):
            with self.subTest(error=error), self.mockSMSGateway(sim_error=error):
                case = self.template._start_one({"name": error, "partner_id": self.partner.id})
                self._send_queue()

                sms, call = self._steps(case)
                self.assertEqual((sms.state, call.state, case.state), ("done", "active", "running"))
                self.assertEqual(sms.sms_state, "failed")
                self.assertIn("did not reach", sms.note_text)

    def test_client_without_a_phone_is_recorded_as_failed(self):
        self.partner.phone = False
        with self.mockSMSGateway():
            case = self._start()
            self._send_queue()
            self.assertFalse(self._sms)
        sms, call = self._steps(case)
        self.assertEqual((sms.state, sms.sms_state, call.state), ("done", "failed", "active"))

    def test_sms_is_an_internal_note(self):
        with self.mockSMSGateway():
            case = self._start()
        message = self._steps(case)[0].message_id
        self.assertTrue(message.subtype_id.internal)
        self.assertNotIn("<b>", message.body)

    def test_template_without_a_text_is_not_published(self):
        for text in (False, " ", "x" * 481):
            template = self.template.create(
                {
                    "name": "Bad",
                    "code": f"BAD{len(text or '')}",
                    "step_ids": [(0, 0, {"name": "SMS", "kind": "sms", "sms_text": text})],
                }
            )
            with self.assertRaises(ValidationError):
                template.action_publish()

    def test_free_sms_cannot_be_added_to_a_running_case(self):
        with self.mockSMSGateway():
            case = self._start()
        with self.assertRaisesRegex(UserError, "by SMS"):
            case.with_user(self.clerk).action_add_step({"name": "Spam", "kind": "sms"})
