import json
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.paydox_edms.tests.common_instruction import PaydoxInstructionMixin

from ..models import paydox_dashboard
from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestDashboard(PaydoxInstructionMixin, PaydoxFunnelCase):
    """Each number of the dashboard is that of its records, for whoever looks, and each head sees his own people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.other_department = cls.env["hr.department"].create({"name": "Sales"})
        cls.env["hr.employee"].create(
            {"name": "Seller", "user_id": cls.seller.id, "department_id": cls.other_department.id}
        )

    def _get(self, user, department=None):
        dashboard = self.env["paydox.dashboard"].with_user(user).get_dashboard(department and department.id)
        # As it comes to the screen.
        return json.loads(json.dumps(dashboard))

    def _count(self, user, code, department=None):
        return {tile["code"]: tile["count"] for tile in self._get(user, department)["tiles"]}.get(code)

    def _pass_days(self, days):
        return freeze_time(fields.Datetime.now() + timedelta(days=days))

    def assertDrillDown(self, user, department=None):
        dashboard = self._get(user, department)
        models = {"mine": "paydox.approval.line", "instructions_late": "paydox.instruction"}
        models |= dict.fromkeys(("decisions", "decisions_late"), "paydox.approval.line")
        models |= dict.fromkeys(("deals", "deals_late"), "crm.lead")
        cells = [cell for row in dashboard["rows"] for cell in row["cells"]]
        for part in dashboard["tiles"] + cells:
            records = self.env[models[part["code"]]].with_user(user).with_context(active_test=False)
            self.assertEqual(records.search_count(part["domain"]), part["count"], part)
        for tile in dashboard["tiles"]:
            if tile["code"] != "mine":
                of_departments = sum(cell["count"] for cell in cells if cell["code"] == tile["code"])
                self.assertEqual(of_departments, tile["count"], tile["code"])
        return dashboard

    # === NUMBERS ===#

    def test_every_number_opens_exactly_its_records_for_everybody(self):
        self._create_lead(date_deadline=fields.Date.today() - timedelta(days=3), expected_revenue=100)
        self._create_lead(user=self.rival)
        self._create_lead().action_set_lost()
        self._create_submitted({"users": self.worker})
        self._give(deadline=self._moment(days=1))

        with self._pass_days(9):
            for user in (self.seller, self.boss, self.head, self.worker, self.stranger, self.director):
                for department in (None, self.department, self.other_department):
                    with self.subTest(user=user.login, department=department and department.name):
                        self.assertDrillDown(user, department)
            funnel = self._get(self.boss)["funnel"]
            self.assertEqual(funnel, {**self._get_open_funnel(), "generated_at": funnel["generated_at"]})

    def _get_open_funnel(self):
        funnel = self.env["paydox.funnel"].with_user(self.boss).get_funnel([], mode="snapshot")
        return json.loads(json.dumps(funnel))

    def test_what_is_overdue_and_what_waits_is_counted_when_its_term_is_over(self):
        before = {code: self._count(self.worker, code) for code in ("decisions", "decisions_late", "instructions_late")}
        self._create_submitted({"users": self.worker, "deadline_hours": 8})
        self._give(deadline=self._moment(days=1))

        now = {code: self._count(self.worker, code) for code in before}
        with self._pass_days(9):
            later = {code: self._count(self.worker, code) for code in before}

        self.assertEqual([now[code] - before[code] for code in before], [1, 0, 0])
        self.assertEqual([later[code] - before[code] for code in before], [1, 1, 1])

    def test_closing_that_passed_is_overdue_until_the_deal_is_closed(self):
        late = self._create_lead(date_deadline=fields.Date.today() - timedelta(days=1))
        self._create_lead(date_deadline=fields.Date.today())
        self.assertEqual(self._count(self.seller, "deals_late"), 1)

        late.action_set_won()

        self.assertEqual((self._count(self.seller, "deals_late"), self._count(self.seller, "deals")), (0, 1))

    # === RIGHTS ===#

    def test_head_of_a_department_sees_his_people_and_nobody_else(self):
        self._create_submitted({"users": self.worker})
        self._create_submitted({"users": self.director})
        self._give(deadline=self._moment(days=1))

        with self._pass_days(9):
            of_head = self.assertDrillDown(self.head)
            self.assertEqual(self._count(self.head, "decisions"), 1)
            self.assertEqual(self._count(self.head, "instructions_late"), 1)
            self.assertEqual(self._count(self.stranger, "decisions"), 0)
            self.assertEqual(self._count(self.stranger, "instructions_late"), 0)
        self.assertEqual([row["name"] for row in of_head["rows"]], [self.department.name])
        self.assertIsNone(of_head["funnel"])

    def test_salesperson_sees_the_deals_that_are_his(self):
        before = self._count(self.boss, "deals")
        self._create_lead()
        self._create_lead(user=self.rival)

        self.assertEqual(self._count(self.seller, "deals"), 1)
        self.assertEqual(self._count(self.boss, "deals") - before, 2)
        self.assertIsNone(self._count(self.stranger, "deals"))

    def test_department_holds_those_below_it_and_restricts_every_number(self):
        below = self.env["hr.department"].create({"name": "Below", "parent_id": self.department.id})
        self.worker.employee_ids.department_id = below
        self._give(deadline=self._moment(days=1))
        self._create_submitted({"users": self.worker})
        self._create_lead()

        with self._pass_days(9):
            self.assertEqual(self._count(self.head, "decisions", self.department), 1)
            self.assertEqual(self._count(self.head, "decisions", self.other_department), 0)
            self.assertEqual(self._count(self.head, "instructions_late", self.department), 1)
            self.assertEqual(self._count(self.head, "instructions_late", self.other_department), 0)
            self.assertEqual(self._count(self.seller, "deals", self.other_department), 1)
            self.assertEqual(self._count(self.seller, "deals", self.department), 0)

    def test_portal_user_is_refused(self):
        portal = new_test_user(self.env, "dashboard_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self._get(portal)

    def test_hostile_department_is_refused_in_words(self):
        for value in (-1, 10**12, "1; DROP TABLE x", [1], {"a": 1}, True, 1.5):
            with self.subTest(value=value), self.assertRaises(UserError):
                self.env["paydox.dashboard"].with_user(self.seller).get_dashboard(value)

    # === SIZE ===#

    def test_departments_without_a_row_are_told(self):
        self._create_lead()
        departments = [
            self.env["hr.department"].create({"name": f"D{i}", "parent_id": self.department.id}) for i in range(3)
        ]
        for index, department in enumerate(departments):
            user = self._create_user(f"told{index}", "sales_team.group_sale_salesman")
            self.env["hr.employee"].create({"name": "E", "user_id": user.id, "department_id": department.id})
            self._create_lead(user=user)
        whole = self._get(self.boss)
        self.assertEqual(whole["rows_left_out"], 0)
        self.assertIn((self.department.name, "D1"), [(row["parents"], row["name"]) for row in whole["rows"]])

        with patch.object(paydox_dashboard, "MAX_DEPARTMENTS", 2):
            cut = self._get(self.boss)

        with_department = [row for row in cut["rows"] if row["department_id"]]
        self.assertEqual(len(with_department), 2)
        self.assertEqual(cut["rows_left_out"], len([row for row in whole["rows"] if row["department_id"]]) - 2)

    def test_people_of_a_department_are_looked_up_once(self):
        dashboard = self.env["paydox.dashboard"].with_user(self.boss)
        employees = self.registry["hr.employee"]
        with patch.object(employees, "search", autospec=True, side_effect=employees.search) as search:
            dashboard.get_dashboard(self.department.id)
        self.assertEqual(search.call_count, 1)

    def test_number_of_queries_does_not_grow_with_departments(self):
        def count_queries():
            self.env.flush_all()
            # New people empty the caches of access rights.
            self._get(self.boss)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get(self.boss)
            return self.env.cr.sql_log_count - before

        self._create_lead()
        few = count_queries()
        for index in range(10):
            user = self._create_user(f"many{index}", "sales_team.group_sale_salesman")
            department = self.env["hr.department"].create({"name": f"D{index}"})
            self.env["hr.employee"].create({"name": "E", "user_id": user.id, "department_id": department.id})
            self._create_lead(user=user)
        self.assertLessEqual(count_queries(), few + 1)
