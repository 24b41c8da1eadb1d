from odoo.fields import Command

from .common_case_template import PaydoxCaseTemplateCase


class PaydoxCaseCase(PaydoxCaseTemplateCase):
    """Factories of cases. ``author`` starts and leads them, ``chief`` heads the department of ``author``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reached = cls.env.ref("paydox_edms.paydox_case_result_reached")
        cls.refused = cls.env.ref("paydox_edms.paydox_case_result_refused")
        cls.outsider = cls.exclusive
        employees = cls.env["hr.employee"].create(
            [{"name": user.name, "user_id": user.id, "company_id": cls.company.id} for user in (cls.chief, cls.author)]
        )
        department = cls.env["hr.department"].create({"name": "Sales", "manager_id": employees[0].id})
        employees.department_id = department
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _create_published(cls, *steps, **overrides):
        return cls._create_template(*steps, publish=True, **overrides)

    @classmethod
    def _start_case(cls, *steps, user=None, record=None, vals=None, key=None, **overrides):
        """A case of ``author`` with the given steps, seen as ``user``."""
        template = cls._create_published(*steps, **overrides)
        return cls._start(template, user, record, vals, key)

    @classmethod
    def _start(cls, template, user=None, record=None, vals=None, key=None):
        action = template.with_user(cls.author).action_start(record, vals, key)
        return cls.env["paydox.case"].with_user(user or cls.author).browse(action["res_id"])

    @classmethod
    def _step(cls, case, number):
        """The step that stands at the place ``number`` of the list, from 1."""
        return case.step_ids.sorted(lambda step: (step.sequence, step.id))[number - 1]

    @classmethod
    def _after(cls, *names):
        """Values of a step that comes after the named ones; a placeholder of ``_chain``."""
        return {"after": names}

    def _chain(self, *steps, **overrides):
        """A published template whose steps come after those that they name in ``after``."""
        plain = [{key: value for key, value in step.items() if key != "after"} for step in steps]
        for step, vals in zip(plain, steps, strict=True):
            step["start_rule"] = "chosen" if vals.get("after") else "begin"
        template = self._create_template(*plain, **overrides)
        by_name = {step.name: step for step in template.step_ids}
        for vals in steps:
            if vals.get("after"):
                before = [by_name[name].id for name in vals["after"]]
                by_name[vals["name"]].predecessor_ids = [Command.set(before)]
        template.action_publish()
        return template

    def _run_cron(self, name):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(f"paydox_edms.{name}").with_user(1).method_direct_trigger()
        self.env.invalidate_all()

    def assertStates(self, case, *states):
        case.invalidate_recordset()
        case.step_ids.invalidate_recordset()
        steps = case.sudo().step_ids.sorted(lambda step: (step.sequence, step.id))
        self.assertEqual(steps.mapped("state"), list(states), [step.problem for step in steps])
