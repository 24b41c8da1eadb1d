from odoo.exceptions import UserError
from odoo.fields import Command

from .common import PaydoxEdmsCase


class TestCaseTemplate(PaydoxEdmsCase):
    @classmethod
    def _create_template(cls, *steps, publish=False, **overrides):
        """A template of the given steps; a step is a dict of values."""
        commands = [
            Command.create({"name": f"Step {position + 1}", "sequence": position} | step)
            for position, step in enumerate(steps)
        ]
        vals = {"name": "Order", "code": "ORD", "step_ids": commands}
        template = cls.env["paydox.case.template"].with_user(cls.manager).create(vals | overrides)
        if publish:
            template.action_publish()
        return template

    def test_published_template_cannot_be_edited(self):
        template = self._create_template(
            {}, field_ids=[Command.create({"name": "Region"})], section_ids=[Command.create({"name": "First"})]
        )
        template.action_publish()
        step = template.step_ids
        for change in (
            lambda: step.write({"kind": "call"}),
            lambda: step.write({"user_ids": [(4, self.chief.id)]}),
            step.unlink,
            lambda: step.create({"template_id": template.id, "name": "More"}),
            lambda: template.write({"step_ids": [(5,)]}),
            lambda: template.write({"goal": "Another"}),
            lambda: template.write({"property_definition": []}),
            lambda: template.write({"state": "draft"}),
            lambda: template.field_ids.write({"name": "Area"}),
            lambda: template.section_ids.write({"name": "Second"}),
            lambda: template.create({"name": "Forged", "code": "F", "state": "published"}),
        ):
            with self.assertRaises(UserError):
                change()
        self.assertEqual((template.state, step.exists().kind), ("published", "instruction"))

    def test_data_form_is_made_of_its_rows(self):
        template = self._create_template(
            {},
            field_ids=[
                Command.create({"name": "Region", "type": "selection", "options": "North\nSouth", "sequence": 2}),
                Command.create({"name": "<b>Weight</b>", "type": "float", "default_value": "2,5", "sequence": 1}),
            ],
        )

        definition = template.property_definition

        self.assertEqual([item["string"] for item in definition], ["<b>Weight</b>", "Region"])
        self.assertEqual(definition[0]["default"], 2.5)
        self.assertEqual(definition[1]["selection"], [["North", "North"], ["South", "South"]])
