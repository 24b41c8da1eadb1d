import json

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_funnel import FunnelCase


@tagged("post_install", "-at_install")
class TestFunnelCompare(FunnelCase):
    """Funnels side by side, and what one asks next: why, since when, which are stuck."""

    def _compare(self, by, user=None, **arguments):
        return self.env["paydox.funnel"].with_user(user or self.boss).get_comparison(self.scope, by=by, **arguments)

    def _get_insights(self, user=None, **arguments):
        return self.env["paydox.funnel"].with_user(user or self.boss).get_insights(self.scope, **arguments)

    # === COMPARISON ===#

    def test_two_periods_side_by_side(self):
        for day in ("2026-02-10", "2026-03-05", "2026-03-31 23:59:59"):
            self._create_lead(created=day)

        march, february = self._compare("previous_period", date_from="2026-03-01", date_to="2026-03-31")["sides"]

        self.assertEqual((march["funnel"]["cohort"], february["funnel"]["cohort"]), (2, 1))
        self.assertEqual((february["funnel"]["date_from"], february["funnel"]["date_to"]), ("2026-02-01", "2026-02-28"))
        for side in (march, february):
            self.assertDrillDown(side["funnel"], self.boss)

    def test_former_periods_end_where_the_chosen_one_begins(self):
        cases = {
            ("2026-03-01", "2026-03-31", "previous_year"): ("2025-03-01", "2025-03-31"),
            ("2024-02-01", "2024-02-29", "previous_year"): ("2023-02-01", "2023-02-28"),
            ("2025-02-01", "2025-02-28", "previous_year"): ("2024-02-01", "2024-02-29"),
            ("2026-01-01", "2026-03-31", "previous_period"): ("2025-10-01", "2025-12-31"),
            ("2026-03-10", "2026-03-12", "previous_period"): ("2026-03-07", "2026-03-09"),
            ("2026-03-01", "2026-03-01", "previous_period"): ("2026-02-28", "2026-02-28"),
        }
        for (first, last, by), former in cases.items():
            funnel = self._compare(by, date_from=first, date_to=last)["sides"][1]["funnel"]
            self.assertEqual((funnel["date_from"], funnel["date_to"]), former, (first, last, by))

    def test_two_employees_as_each_would_be_filtered(self):
        for user, count in ((self.seller, 3), (self.rival, 2), (self.head, 1)):
            for _number in range(count):
                self._create_lead(user=user)

        comparison = self._compare("user_id")
        chosen = self._compare("user_id", keys=[self.head.id, self.rival.id])

        self.assertEqual([side["key"] for side in comparison["sides"]], [self.seller.id, self.rival.id])
        self.assertEqual([choice["count"] for choice in comparison["choices"]], [3, 2, 1])
        self.assertEqual([side["funnel"]["cohort"] for side in chosen["sides"]], [1, 2])
        for side in chosen["sides"]:
            self.assertDrillDown(side["funnel"], self.boss)
        self.assertEqual(json.loads(json.dumps(chosen)), chosen)

    def test_two_departments_and_all_types(self):
        departments = self.env["hr.department"].create([{"name": "East"}, {"name": "West"}])
        for user, department in zip((self.seller, self.rival), departments, strict=True):
            self.env["hr.employee"].create({"name": user.name, "user_id": user.id, "department_id": department.id})
        for deal_type in (self.goods, self.service, self.project):
            self._create_lead(deal_type)
        self._create_lead(self.goods, user=self.rival)

        east, west = self._compare("department_id")["sides"]
        types = self._compare("deal_type_id")["sides"]

        self.assertEqual((east["name"], east["funnel"]["cohort"]), ("East", 3))
        self.assertEqual((west["name"], west["funnel"]["cohort"]), ("West", 1))
        self.assertEqual(sum(side["funnel"]["cohort"] for side in types), 4)
        self.assertEqual(len(types), 3)

    def test_salesman_compares_what_he_sees_and_learns_no_name(self):
        self._create_lead(user=self.seller)
        self._create_lead(user=self.rival)

        comparison = self._compare("user_id", user=self.seller, keys=[self.seller.id, self.rival.id])

        self.assertEqual([side["key"] for side in comparison["sides"]], [self.seller.id])
        self.assertEqual([choice["key"] for choice in comparison["choices"]], [self.seller.id])
        with self.assertRaises(AccessError):
            self._compare("user_id", user=self.outsider)

    def test_comparisons_that_make_no_sense_are_refused(self):
        for arguments in (
            {"by": None},
            {"by": "name"},
            {"by": "user_id; DROP TABLE crm_lead"},
            {"by": ["user_id"]},
            {"by": {"a": 1}},
            {"by": "previous_period"},
            {"by": "previous_period", "mode": "snapshot", "date_from": "2026-01-01"},
            {"by": "previous_year", "date_from": "0001-01-01"},
            {"by": "previous_period", "date_from": "2026-02-01", "date_to": "2026-01-01"},
            {"by": "user_id", "keys": "1"},
            {"by": "user_id", "keys": ["1"]},
            {"by": "user_id", "keys": [[1]]},
            {"by": "user_id", "keys": [True]},
            {"by": "user_id", "keys": list(range(100))},
            {"by": "user_id", "mode": "other"},
        ):
            with self.subTest(arguments), self.assertRaises(UserError), self.env.cr.savepoint():
                self._compare(**arguments, user=self.seller)

    # === INSIGHTS ===#

    def test_losses_by_reason_lead_to_their_deals(self):
        reasons = self.env["crm.lost.reason"].create([{"name": "Price"}, {"name": "Time"}])
        for reason, count in ((reasons[0], 2), (reasons[1], 1), (reasons.browse(), 1)):
            for _number in range(count):
                lead = self._create_lead(expected_revenue=100, stage="Offer")
                lead.action_set_lost(lost_reason_id=reason.id)
        self._create_lead()

        losses = self._get_insights()["losses"]

        self.assertEqual([(loss["name"], loss["count"]) for loss in losses[:1]], [("Price", 2)])
        self.assertEqual({loss["name"] for loss in losses}, {"Price", "Time", "No reason given"})
        self.assertEqual(sum(loss["count"] for loss in losses), self._get_funnel()["lost"]["count"])
        self.assertEqual(losses[0]["amount"], 200)
        self.assertEqual(losses[0]["share"], 0.5)
        for loss in losses:
            self.assertListOf(loss["domain"], loss["count"])
            for layer in loss["layers"]:
                self.assertListOf(layer["domain"], layer["count"])

    def test_trend_shows_every_month_also_the_empty_ones(self):
        self.boss.tz = "Asia/Kolkata"  # 18:30 UTC is midnight there
        for created in ("2026-01-31 18:29:59", "2026-01-31 18:30:00", "2026-04-02", "2026-12-01"):
            self._create_lead(created=created, expected_revenue=10)

        insights = self._get_insights()

        self.assertEqual(insights["trend_step"], "month")
        self.assertEqual([point["created"] for point in insights["trend"]], [1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1])
        self.assertEqual(insights["trend"][1]["date_to"], "2026-02-28")
        for point in insights["trend"]:
            self.assertListOf(point["domain"], point["created"])
            self.assertListOf(point["won_domain"], point["won"])
            self.assertListOf(point["lost_domain"], point["lost"])

    def test_stuck_deals_stay_twice_as_long_as_usual(self):
        with freeze_time("2026-03-01 08:00:00"):
            old = self._create_lead()
        with freeze_time("2026-03-28 08:00:00"):
            for _number in range(3):
                self._create_lead()
        with freeze_time("2026-03-31 08:00:00"):
            stuck = self._get_insights()["stuck"]
            [new] = [part for part in stuck if part["status_id"] == self.status["new"].id]
            self.assertEqual((new["norm_days"], new["count"]), (6, 1))
            self.assertEqual(self.env["crm.lead"].search(new["domain"]), old)

    def test_no_deals_have_no_insights(self):
        self.assertEqual(self._get_insights(), {"losses": [], "trend": [], "trend_step": "day", "stuck": []})
        snapshot = self._get_insights(mode="snapshot")
        self.assertEqual((snapshot["losses"], snapshot["trend"]), ([], []))

    def test_insights_are_those_of_the_user(self):
        self._create_lead(user=self.rival).action_set_lost()

        self.assertEqual(self._get_insights(self.seller)["losses"], [])
        with self.assertRaises(AccessError):
            self._get_insights(self.outsider)
        for arguments in ({"mode": "x"}, {"date_from": "x"}):
            with self.assertRaises(UserError):
                self._get_insights(self.seller, **arguments)

    def assertListOf(self, domain, count):
        self.assertEqual(self.env["crm.lead"].with_user(self.boss).search_count(json.loads(json.dumps(domain))), count)

    # === AMOUNTS ===#

    def test_velocity_is_the_money_of_a_day(self):
        with freeze_time("2026-03-01 08:00:00"):
            leads = self.env["crm.lead"]
            for _number in range(4):
                leads |= self._create_lead(expected_revenue=100)
        with freeze_time("2026-03-11 08:00:00"):
            leads[0].action_set_won()
            leads[1].action_set_lost()
            self.env.cr.flush()
            for lead in leads:
                self.env.cr.execute("UPDATE crm_lead SET create_date = '2026-03-01 08:00:00' WHERE id = %s", [lead.id])
            self.env.invalidate_all()
            totals = self._get_funnel()["totals"]
        # two open deals, half of the closed ones won, 100 each, ten days
        self.assertEqual((totals["median_cycle_days"], totals["velocity"]), (10, 10))

    def test_currency_without_rate_is_left_out_and_named(self):
        currency = self.env["res.currency"].create({"name": "XQA", "symbol": "q"})
        company = self.env["res.company"].create({"name": "Foreign", "currency_id": currency.id})
        self.env.company.currency_id.rate_ids.unlink()
        self.boss.company_ids = [Command.link(company.id)]
        self._create_lead(expected_revenue=100)
        lead = self._create_lead(expected_revenue=1000)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET company_id = %s WHERE id = %s", [company.id, lead.id])
        self.env.invalidate_all()
        companies = (self.env.company | company).ids
        funnel = self.env["paydox.funnel"].with_user(self.boss).with_context(allowed_company_ids=companies)

        without = funnel.get_funnel(self.scope)
        currency.rate_ids = [Command.create({"name": "2020-01-01", "rate": 4})]
        with_rate = funnel.get_funnel(self.scope)

        self.assertEqual((without["cohort"], without["amount"], without["missing_rates"]), (2, 100, ["XQA"]))
        self.assertEqual((with_rate["amount"], with_rate["missing_rates"]), (350, []))
