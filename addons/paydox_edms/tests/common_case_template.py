from odoo.exceptions import ValidationError
from odoo.fields import Command

from .common import PaydoxEdmsCase


class PaydoxCaseTemplateCase(PaydoxEdmsCase):
    """Factories of templates of cases; ``builder`` has the right to build them and no other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.builder = cls.stranger
        cls.builder.group_ids += cls.env.ref("paydox_edms.paydox_edms_group_case_template")

    @classmethod
    def _create_template(cls, *steps, publish=False, **overrides):
        """A template of the given steps, of ``builder``; a step is a dict of values, ``users`` being a recordset."""
        commands = []
        for position, step in enumerate(steps):
            vals = {"name": f"Step {position + 1}", "sequence": position} | step
            if "users" in vals:
                vals |= {"responsible_kind": "users", "user_ids": [Command.set(vals.pop("users").ids)]}
            commands.append(Command.create(vals))
        vals = {"name": "Order", "code": "ORD", "step_ids": commands} | overrides
        template = cls.env["paydox.case.template"].with_user(cls.builder).create(vals)
        if publish:
            template.action_publish()
        return template

    def _revise(self, template):
        """The draft of the next revision."""
        return template.browse(template.action_new_revision()["res_id"])

    def assertProblem(self, template, text):
        """That the template says what is wrong, on its form and when it is published."""
        self.assertIn(text, template.problems or "")
        with self.assertRaises(ValidationError) as refusal, self.env.cr.savepoint():
            template.action_publish()
        self.assertIn(text, str(refusal.exception))
        self.assertEqual(template.state, "draft")
