from odoo.tests import tagged

from odoo.addons.paydox_website.tests.common import PaydoxOrderCase


@tagged("post_install", "-at_install")
class TestOrderCase(PaydoxOrderCase):
    """An application from the site starts the case of its deal, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env.ref("paydox_edms.paydox_case_template_order")

    def _events(self, lead):
        domain = [("name", "=", "form.sent"), ("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        return self.env["paydox.event"].search(domain)

    def _cases(self, lead):
        return self.env["paydox.case"].search([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)])

    def _dispatch(self, lead):
        for event in self._events(lead):
            event._dispatch()
            self.assertEqual(event.state, "done", event.error)

    def test_order_starts_the_case_of_its_form(self):
        self.form.case_template_id = self.template
        salesman = self._create_salesman("case_salesman")
        lead = self._place()
        lead.user_id = salesman

        self._dispatch(lead)

        case = self._cases(lead)
        self.assertEqual(len(case), 1)
        self.assertEqual((case.state, case.owner_id, case.template_id), ("running", salesman, self.template))
        self.assertEqual(len(case.step_ids), len(self.template.step_ids))

    def test_replayed_event_and_double_submit_start_one_case(self):
        self.form.case_template_id = self.template
        lead = self._place(order_key="key-of-the-order")
        self.assertFalse(self._place(order_key="key-of-the-order"))
        for _time in range(2):
            self._dispatch(lead)
        self.assertEqual(len(self._cases(lead)), 1)

    def test_case_of_the_deal_type_serves_when_the_form_names_none(self):
        self.deal_type.case_template_id = self.template
        lead = self._place()
        self._dispatch(lead)
        self.assertEqual(self._cases(lead).template_id, self.template)

    def test_order_without_a_template_starts_none(self):
        lead = self._place()
        self._dispatch(lead)
        self.assertFalse(self._cases(lead))

    def test_new_revision_of_the_template_serves(self):
        self.form.case_template_id = self.template
        revision = self.template.browse(self.template.action_new_revision()["res_id"])
        revision.action_publish()
        lead = self._place()
        self._dispatch(lead)
        self.assertEqual(self._cases(lead).template_id, revision)

    def test_refused_start_loses_no_order(self):
        self.form.case_template_id = self.template
        self.template.with_context(active_test=False).active = False
        lead = self._place()
        event = self._events(lead)
        event._dispatch()
        self.assertTrue(lead.exists())
        self.assertEqual(event.state, "pending")
        self.assertIn("not published", event.error)
