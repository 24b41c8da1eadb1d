from odoo.tests import HttpCase, tagged

from .common import PaydoxEdmsMixin


@tagged("post_install", "-at_install")
class TestCaseTemplateTour(PaydoxEdmsMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()

    def test_administrator_builds_a_template_by_clicking(self):
        self.start_tour("/odoo/case-templates", "paydox_edms_administrator_builds_a_template", login="edms_manager")

        template = self.env["paydox.case.template"].search([("code", "=", "TOUR")])
        names = ["Call", "Offer", "Contract", "Delivery", "Acceptance", "Payment"]
        self.assertEqual((template.state, template.name), ("published", "Tour order"))
        self.assertEqual(template.step_ids.mapped("name"), names)
        self.assertEqual(template.step_ids.mapped("kind"), ["call", *["instruction"] * 5])
        self.assertEqual(
            [step.predecessor_ids.mapped("name") for step in template.step_ids], [[], *([n] for n in names[:-1])]
        )
        self.assertEqual(template.property_definition[0]["string"], "Delivery region")
