from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from odoo.addons.paydox_edms.tools.condition import parse_condition

from .common_case_template import PaydoxCaseTemplateCase


class TestCaseTemplateCondition(PaydoxCaseTemplateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = {
            "region": {"type": "selection", "options": "North\nSouth"},
            "weight": {"type": "float"},
            "ready": {"type": "date"},
            "urgent": {"type": "boolean"},
            "carrier": {"type": "partner"},
        }
        commands = [Command.create({"name": name.title(), "property_name": name} | vals) for name, vals in rows.items()]
        cls.template = cls._create_template({}, {}, field_ids=commands)
        cls.rows = {row.property_name: row for row in cls.template.field_ids}
        cls.step = cls.template.step_ids[1]

    def _set(self, *lines, **vals):
        commands = [
            Command.create({"field_id": self.rows[name].id, "operator": operator, "value": value})
            for name, operator, value in lines
        ]
        self.step.write({"condition_ids": [Command.clear(), *commands]} | vals)

    def _matching(self, **properties):
        """Whether a case with the data would take the step."""
        case = self.env["paydox.case"].create({"name": "Case", "template_id": self.template.id})
        case.properties = properties
        return bool(case.filtered_domain(parse_condition(self.step.condition)))

    def test_lines_become_a_condition_on_the_data(self):
        self._set(("region", "=", "North"), ("weight", ">=", "2,5"), ("urgent", "=", "yes"))

        self.assertTrue(self._matching(region="North", weight=3, urgent=True))
        self.assertFalse(self._matching(region="North", weight=2, urgent=True))
        self.assertFalse(self._matching(region="North", weight=3))

        self.step.condition_rule = "any"
        self.assertTrue(self._matching(region="South", weight=3))
        self.assertFalse(self._matching(region="South", weight=1))
        self.template.action_publish()

    def test_dates_and_filling_in(self):
        self._set(("ready", "<=", "2026-05-01"), ("carrier", "set", False))
        partner = self.env["res.partner"].create({"name": "Carrier"})

        self.assertTrue(self._matching(ready="2026-04-30", carrier=partner.id))
        self.assertFalse(self._matching(ready="2026-05-02", carrier=partner.id))
        self.assertFalse(self._matching(ready="2026-04-30"))

        self._set(("carrier", "unset", False))
        self.assertTrue(self._matching(region="North"))
        self.assertFalse(self._matching(carrier=partner.id))

    def test_lines_go_together_with_a_condition_on_the_case(self):
        self._set(("region", "=", "North"), case_condition="[('case_kind', '=', 'claim')]")

        domain = parse_condition(self.step.condition)

        self.assertEqual(
            {condition.field_expr for condition in domain.iter_conditions()}, {"properties.region", "case_kind"}
        )
        self._set()
        self.assertEqual(self.step.condition, "[('case_kind', '=', 'claim')]")
        self.step.case_condition = False
        self.assertFalse(self.step.condition)

    def test_condition_may_be_given_as_a_text(self):
        self.step.condition = "[('case_kind', '=', 'claim')]"

        self.assertEqual((self.step.case_condition, self.step.condition), ("[('case_kind', '=', 'claim')]",) * 2)

    def test_wrong_lines_are_refused_in_words(self):
        for line in (
            ("region", "=", "West"),
            ("region", "=", False),
            ("region", ">=", "North"),
            ("weight", "=", "much"),
            ("ready", "=", "soon"),
            ("urgent", "=", "perhaps"),
            ("urgent", "set", False),
            ("carrier", "=", "5"),
        ):
            with self.subTest(line=line), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._set(line)

    def test_field_of_another_form_is_refused(self):
        other = self._create_template({}, code="OTHER", field_ids=[Command.create({"name": "Theirs"})])

        with self.assertRaises(ValidationError):
            self.step.condition_ids = [Command.create({"field_id": other.field_ids.id, "value": "x"})]

    def test_condition_on_a_removed_field(self):
        self._set(("weight", ">=", "2"))
        self.rows["weight"].unlink()

        self.assertProblem(self.template, "Step 2”: its condition names a field that is not in the data form any more")

    def test_condition_text_on_a_removed_field(self):
        self.step.condition = "[('properties.weight', '>=', 2)]"
        self.assertFalse(self.template.problems)
        self.rows["weight"].unlink()
        self.template.invalidate_recordset()

        self.assertProblem(self.template, "Step 2”: its condition asks for a field that is not in the data form")

    def test_malformed_condition_on_the_case(self):
        for condition in ("[('no_such_field', '=', 1)]", "name > 5", "[('name', '=')]", "__import__('os')", "5"):
            self.step.condition = condition
            with self.subTest(condition=condition):
                self.assertProblem(self.template, "Step 2”: its condition cannot be used")

    def test_conditions_are_fixed_with_the_revision_and_copied_into_the_next(self):
        self._set(("region", "=", "North"), ("weight", ">=", "2"), condition_rule="any")
        self.template.action_publish()
        for change in (
            lambda: self.step.condition_ids[0].write({"value": "South"}),
            self.step.condition_ids.unlink,
            lambda: self.step.write({"condition_ids": [Command.clear()]}),
            lambda: self.step.condition_ids.create({"step_id": self.step.id, "field_id": self.rows["urgent"].id}),
        ):
            with self.assertRaises(UserError):
                change()

        revision = self._revise(self.template)

        self.assertEqual(revision.step_ids[1].condition, self.step.condition)
        self.assertEqual(revision.step_ids[1].condition_ids.field_id.template_id, revision)
        self.assertFalse(revision.problems)
