from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common_case import PaydoxCaseCase


@tagged("post_install", "-at_install")
class TestCaseTour(HttpCase, PaydoxCaseCase):
    """A salesman runs a case; his head changes it; the template gets a revision meanwhile."""

    def test_salesman_runs_a_case_and_his_head_changes_it(self):
        template = self._create_published(
            {"name": "Offer"},
            {"name": "Contract"},
            {"name": "Delivery"},
            name="Tour order",
            code="TOUR",
            goal="The goods are delivered",
        )
        self.start_tour("/odoo/paydox-my-cases", "paydox_edms_salesman_runs_a_case", login="edms_author")

        case = self.env["paydox.case"].search([("template_id", "=", template.id)])
        self.assertEqual((len(case), case.owner_id), (1, self.author))
        self.assertStates(case, "done", "active", "waiting")

        draft = self._revise(template)
        draft.step_ids = [Command.create({"name": "Payment", "sequence": 90})]
        draft.action_publish()
        self.start_tour(f"/odoo/paydox-cases/{case.id}", "paydox_edms_head_changes_a_case", login="edms_chief")

        case.invalidate_recordset()
        states = {step.name: step.state for step in case.step_ids}
        self.assertEqual(states["Delivery"], "skipped")
        self.assertEqual((states["Offer"], states["Ask the lawyer"]), ("done", "waiting"))
        self.assertEqual(case.template_id, draft)
        self.assertIn("Payment", states)
        saved = self.env["paydox.case.template"].search([("code", "like", f"TOUR-{case.id}")])
        self.assertEqual((saved.state, "Ask the lawyer" in saved.step_ids.mapped("name")), ("draft", True))
