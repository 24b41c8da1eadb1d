import json

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import PaydoxFunnelCase


class FunnelCase(PaydoxFunnelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Deals of other data of this database take no part.
        cls.partner = cls.env["res.partner"].create({"name": "Customer"})
        cls.scope = [("partner_id", "=", cls.partner.id)]

    @classmethod
    def _create_lead(cls, *args, created=None, **values):
        lead = super()._create_lead(*args, partner_id=values.pop("partner_id", cls.partner.id), **values)
        if created:
            cls.env.flush_all()
            cls.env.execute_query(
                SQL("UPDATE crm_lead SET create_date = %s WHERE id = %s RETURNING id", created, lead.id)
            )
            lead.invalidate_recordset(["create_date"])
        return lead

    def _get_funnel(self, user=None, domain=None, **arguments):
        funnel = self.env["paydox.funnel"].with_user(user or self.boss)
        return funnel.get_funnel(self.scope + (domain or []), **arguments)

    def _get_layer(self, funnel, code):
        return next(layer for layer in funnel["layers"] if layer["status_id"] == self.status[code].id)

    def assertLayers(self, funnel, **expected):
        """``code=(count, reached)``; the layers that are not named are empty of deals."""
        counts = {layer["status_id"]: layer["count"] for layer in funnel["layers"]}
        for code, (count, reached) in expected.items():
            layer = self._get_layer(funnel, code)
            self.assertEqual((layer["count"], layer["reached"]), (count, reached), code)
            counts.pop(layer["status_id"])
        self.assertFalse(any(counts.values()))

    def assertDrillDown(self, funnel, user):
        """Rule 17: each number is the number of deals in the list that opens from it."""
        leads = self.env["crm.lead"].with_user(user)
        numbers = [
            (funnel["cohort"], funnel["domain"]),
            *((funnel[part]["count"], funnel[part]["domain"]) for part in ("won", "lost", "no_status")),
        ]
        domains = funnel["domains"]
        numbers += [
            (funnel["won"]["count"] + funnel["lost"]["count"], domains["win_rate"]),
            (sum(x["count"] for x in funnel["layers"] if x["outcome"] == "open"), domains["velocity"]),
        ]
        for layer in funnel["layers"]:
            numbers.append((layer["count"], layer["domain"]))
            if funnel["mode"] == "cohort":
                numbers += [(layer["reached"], layer["reached_domain"]), (layer["lost_here"], layer["lost_domain"])]
        for number, domain in json.loads(json.dumps(numbers)):
            self.assertEqual(leads.search_count(domain), number, domain)
            self.assertEqual(len(leads.web_search_read(domain, {"name": {}}, count_limit=10**6)["records"]), number)
        parts = sum(layer["count"] for layer in funnel["layers"])
        self.assertEqual(parts + funnel["lost"]["count"] + funnel["no_status"]["count"], funnel["cohort"])


@tagged("post_install", "-at_install")
class TestFunnel(FunnelCase):
    def test_layers_are_the_active_statuses_that_are_not_lost(self):
        self.status["paid"].active = False

        funnel = self._get_funnel()

        active = self.env["paydox.deal.status"].search([("outcome", "!=", "lost")])
        self.assertEqual([layer["status_id"] for layer in funnel["layers"]], active.ids)

    def test_deals_of_all_types_stand_in_one_funnel(self):
        self._create_lead(self.goods, "Offer", expected_revenue=10)
        self._create_lead(self.service, expected_revenue=20)
        self._create_lead(self.project, expected_revenue=30).set_deal_status("offer")

        funnel = self._get_funnel()

        self.assertLayers(funnel, new=(1, 3), qualified=(0, 2), offer=(2, 2))
        self.assertEqual((funnel["cohort"], funnel["amount"]), (3, 60))
        self.assertEqual(self._get_layer(funnel, "offer")["amount"], 40)

    def test_deal_that_comes_back_is_reached_once(self):
        lead = self._create_lead()
        for code in ("offer", "new", "offer", "new"):
            lead.set_deal_status(code)

        self.assertLayers(self._get_funnel(), new=(1, 1), qualified=(0, 1), offer=(0, 1))

    def test_conversions_are_the_shares_of_those_who_went_on(self):
        for number in range(10):
            lead = self._create_lead()
            if number < 5:
                lead.set_deal_status("qualified")
            if number < 1:
                lead.set_deal_status("won")

        funnel = self._get_funnel()

        self.assertEqual(self._get_layer(funnel, "new")["stage_conversion"], 0.5)
        self.assertEqual(self._get_layer(funnel, "qualified")["stage_conversion"], 0.2)
        self.assertEqual(self._get_layer(funnel, "qualified")["funnel_conversion"], 0.5)
        self.assertIsNone(self._get_layer(funnel, "won")["stage_conversion"])
        self.assertEqual([layer["name"] for layer in funnel["layers"] if layer["bottleneck"]], ["Qualified"])

    def test_too_few_deals_are_no_bottleneck(self):
        for _number in range(4):
            self._create_lead()

        self.assertFalse(any(layer["bottleneck"] for layer in self._get_funnel()["layers"]))

    def test_first_of_equal_conversions_is_the_bottleneck(self):
        leads = [self._create_lead() for _number in range(10)]
        for lead in leads:
            lead.set_deal_status("qualified")
            lead.set_deal_status("offer")
        for lead in leads[:5]:
            lead.set_deal_status("won")
        self.status["contract"].active = self.status["agreed"].active = self.status["paid"].active = False
        half = self._create_lead
        for _number in range(10):
            half()

        funnel = self._get_funnel()

        self.assertEqual(self._get_layer(funnel, "new")["stage_conversion"], 0.5)
        self.assertEqual(self._get_layer(funnel, "offer")["stage_conversion"], 0.5)
        self.assertTrue(self._get_layer(funnel, "new")["bottleneck"])
        self.assertFalse(self._get_layer(funnel, "offer")["bottleneck"])

    def test_lost_deals_count_where_they_had_come_to(self):
        for stage in ("Call", "Offer", "Offer"):
            self._create_lead(stage=stage, expected_revenue=5).action_set_lost()

        funnel = self._get_funnel()

        self.assertLayers(funnel, new=(0, 3), qualified=(0, 2), offer=(0, 2))
        self.assertEqual(self._get_layer(funnel, "offer")["lost_here"], 2)
        self.assertEqual(self._get_layer(funnel, "new")["lost_here"], 1)
        self.assertEqual((funnel["lost"]["count"], funnel["lost"]["amount"]), (3, 15))

    def test_archived_deals_are_in_the_cohort_but_not_open(self):
        lead = self._create_lead(stage="Offer", probability=30)
        lead.active = False

        self.assertLayers(self._get_funnel(), new=(0, 1), qualified=(0, 1), offer=(1, 1))
        self.assertEqual(self._get_funnel(mode="snapshot")["cohort"], 0)

    def test_snapshot_shows_open_deals_without_conversions(self):
        self._create_lead(created="2020-01-01 12:00:00", expected_revenue=7)
        self._create_lead(stage="Deal")
        self._create_lead().action_set_lost()

        funnel = self._get_funnel(mode="snapshot", date_from="2026-01-01", date_to="2026-01-02")

        self.assertEqual((funnel["cohort"], funnel["amount"]), (1, 7))
        self.assertLayers(funnel, new=(1, None))
        for layer in funnel["layers"]:
            self.assertIsNone(layer["stage_conversion"])
            self.assertIsNone(layer["funnel_conversion"])
            self.assertFalse(layer["bottleneck"])
        self.assertDrillDown(funnel, self.boss)

    def test_days_of_the_period_are_those_of_the_user(self):
        self.boss.tz = "Asia/Vladivostok"  # UTC+10
        self._create_lead(created="2026-03-01 13:59:59")
        self._create_lead(created="2026-03-01 14:00:00")
        self._create_lead(created="2026-03-02 13:59:59")

        self.assertEqual(self._get_funnel(date_from="2026-03-01", date_to="2026-03-01")["cohort"], 1)
        self.assertEqual(self._get_funnel(date_from="2026-03-02", date_to="2026-03-02")["cohort"], 2)
        self.assertEqual(self._get_funnel(date_from="2026-03-02")["cohort"], 2)
        self.assertEqual(self._get_funnel(date_to="2026-03-01")["cohort"], 1)

    def test_past_period_shows_the_statuses_at_its_end(self):
        with freeze_time("2026-03-10 10:00:00"):
            lead = self._create_lead(created="2026-03-10 10:00:00")
            lost = self._create_lead(created="2026-03-10 10:00:00")
            later = self._create_lead(created="2026-03-10 10:00:00")
        with freeze_time("2026-03-20 10:00:00"):
            lead.set_deal_status("offer")
            lost.action_set_lost()
        with freeze_time("2026-04-05 10:00:00"):
            lead.set_deal_status("won")
            lost.action_restore()
            later.action_set_lost()

            march = self._get_funnel(date_from="2026-03-01", date_to="2026-03-31")
            now = self._get_funnel(date_from="2026-03-01", date_to="2026-04-30")

        self.assertLayers(
            march, new=(1, 3), qualified=(0, 1), offer=(1, 1), contract=(0, 1), agreed=(0, 1), paid=(0, 1), won=(0, 1)
        )
        self.assertEqual((march["won"]["count"], march["lost"]["count"]), (0, 1))
        self.assertDrillDown(march, self.boss)
        self.assertEqual((now["won"]["count"], now["lost"]["count"]), (1, 1))
        self.assertDrillDown(now, self.boss)

    def test_median_stay_counts_finished_and_running_stays(self):
        with freeze_time("2026-03-01 00:00:00"):
            leads = [self._create_lead() for _number in range(3)]
        with freeze_time("2026-03-03 00:00:00"):
            leads[0].set_deal_status("offer")
        with freeze_time("2026-03-05 00:00:00"):
            leads[1].set_deal_status("offer")
        with freeze_time("2026-03-11 00:00:00"):
            funnel = self._get_funnel()

        self.assertEqual(self._get_layer(funnel, "new")["median_days"], 4)
        self.assertEqual(self._get_layer(funnel, "offer")["median_days"], 7)
        self.assertIsNone(self._get_layer(funnel, "paid")["median_days"])

    def test_totals(self):
        with freeze_time("2026-03-11 00:00:00"):
            for _number in range(3):
                self._create_lead(created="2026-03-01 00:00:00").action_set_won()
            self._create_lead(created="2026-03-01 00:00:00").action_set_lost()

            funnel = self._get_funnel()

        self.assertEqual(funnel["totals"], {"win_rate": 0.75, "median_cycle_days": 10, "velocity": 0})

    def test_breakdown_adds_up_to_its_layer(self):
        self._create_lead(expected_revenue=1)
        self._create_lead(user=self.rival, expected_revenue=2)
        self._create_lead(user=self.rival, expected_revenue=4)
        self._create_lead(user=self.env["res.users"], expected_revenue=8)

        layer = self._get_layer(self._get_funnel(breakdown="user_id"), "new")

        self.assertEqual(
            [(cut["key"], cut["count"], cut["amount"]) for cut in layer["breakdown"]],
            [(self.rival.id, 2, 6), (False, 1, 8), (self.seller.id, 1, 1)],
        )
        for breakdown in ("deal_type_id", "partner_id", "department_id", "team_id"):
            layer = self._get_layer(self._get_funnel(breakdown=breakdown), "new")
            self.assertEqual(sum(cut["count"] for cut in layer["breakdown"]), 4)
            self.assertEqual(sum(cut["amount"] for cut in layer["breakdown"]), 15)

    def test_rare_keys_are_counted_together(self):
        partners = self.env["res.partner"].create([{"name": f"P{i}", "parent_id": self.partner.id} for i in range(103)])
        self.env["crm.lead"].create(
            [{"name": "Deal", "deal_type_id": self.goods.id, "partner_id": partner.id} for partner in partners]
        )

        funnel = self.env["paydox.funnel"].get_funnel([("partner_id", "in", partners.ids)], breakdown="partner_id")

        cuts = self._get_layer(funnel, "new")["breakdown"]
        self.assertEqual(len(cuts), 101)
        self.assertEqual(sum(cut["count"] for cut in cuts), 103)
        self.assertEqual([cut["count"] for cut in cuts if cut["key"] == "other"], [3])

    def test_foreign_amounts_are_converted_at_the_rate_of_today(self):
        currency = self.env["res.currency"].create({"name": "XPD", "symbol": "X"})
        self.env["res.currency.rate"].create({"currency_id": currency.id, "rate": 4, "name": "2020-01-01"})
        company = self.env["res.company"].create({"name": "Abroad", "currency_id": currency.id})
        self.boss.company_ids |= company
        self.boss.invalidate_recordset()
        self._create_lead(user=self.boss, company_id=company.id, team_id=False, expected_revenue=100)
        self._create_lead(expected_revenue=1)

        funnel = (
            self.env["paydox.funnel"]
            .with_user(self.boss)
            .with_context(allowed_company_ids=[self.env.company.id, company.id])
            .get_funnel(self.scope)
        )

        self.assertEqual(funnel["amount"], 26)
        self.assertEqual(funnel["currency"], self.env.company.currency_id.name)

    def test_reference_without_lost_status(self):
        self.status["lost"].active = False
        self._create_lead(stage="Offer").action_set_lost()
        with freeze_time("2026-01-10 10:00:00"):
            self._create_lead(created="2026-01-10 10:00:00").action_set_lost()

        funnel = self._get_funnel()

        self.assertEqual(funnel["lost"]["count"], 2)
        self.assertEqual(sum(layer["count"] for layer in funnel["layers"]), 0)
        self.assertDrillDown(funnel, self.boss)
        january = self._get_funnel(date_from="2026-01-01", date_to="2026-01-31")
        self.assertEqual(january["lost"]["count"], 1)
        self.assertDrillDown(january, self.boss)

    def test_deals_in_no_layer_are_told_apart(self):
        self._create_lead(stage="Offer")
        self.status["offer"].active = False

        funnel = self._get_funnel()

        self.assertEqual(funnel["no_status"]["count"], 1)
        self.assertDrillDown(funnel, self.boss)

    def test_empty_funnel(self):
        funnel = self._get_funnel()

        self.assertEqual((funnel["cohort"], funnel["totals"]["win_rate"]), (0, None))
        self.assertTrue(all(layer["funnel_conversion"] is None for layer in funnel["layers"]))

    # === RIGHTS ===#

    def test_everybody_sees_his_own_deals_in_numbers_and_lists(self):
        self._create_lead(stage="Offer")
        self._create_lead().action_set_lost()
        self._create_lead(user=self.rival, stage="Deal")
        self._create_lead(user=self.rival)
        self._create_lead(user=self.env["res.users"])
        cohorts = {self.seller: 3, self.rival: 3, self.head: 5, self.boss: 5}

        for user, cohort in cohorts.items():
            for mode in ("cohort", "snapshot"):
                with self.subTest(user=user.login, mode=mode):
                    funnel = self._get_funnel(user, mode=mode)
                    if mode == "cohort":
                        self.assertEqual(funnel["cohort"], cohort)
                    self.assertDrillDown(funnel, user)

    def test_who_may_not_read_deals_gets_no_funnel(self):
        with self.assertRaises(AccessError):
            self._get_funnel(self.outsider)

    def test_inactive_deals_in_the_context_change_nothing(self):
        self._create_lead().action_set_lost()
        self._create_lead()

        for active_test in (True, False):
            funnel = self.env["paydox.funnel"].with_context(active_test=active_test).get_funnel(self.scope)
            self.assertEqual(funnel["cohort"], 2)
            self.assertEqual(
                self.env["paydox.funnel"]
                .with_context(active_test=active_test)
                .get_funnel(self.scope, mode="snapshot")["cohort"],
                1,
            )

    def test_filter_of_the_user_is_kept(self):
        self._create_lead(expected_revenue=10)
        self._create_lead().action_set_lost()

        funnel = self._get_funnel(domain=["|", ("active", "=", False), ("expected_revenue", ">", 5)])

        self.assertEqual(funnel["cohort"], 2)
        self.assertDrillDown(funnel, self.boss)

    # === ARGUMENTS ===#

    def test_arguments_that_make_no_sense_are_refused(self):
        bad = [
            {"mode": "other"},
            {"mode": None},
            {"mode": ["cohort"]},
            {"breakdown": "name"},
            {"breakdown": "user_id; DROP TABLE crm_lead"},
            {"breakdown": ["user_id"]},
            {"breakdown": {"a": 1}},
            {"date_from": "2026-13-01"},
            {"date_from": "yesterday"},
            {"date_to": 20260101},
            {"date_to": "2026-01-01 10:00:00"},
            {"date_from": ["2026-01-01"]},
            {"date_from": "2026-02-01", "date_to": "2026-01-31"},
            {"date_to": "9999-12-31"},
            {"domain": "[('id', '=', 1)]"},
            {"domain": {"id": 1}},
            {"domain": 5},
            {"domain": [("nothing", "=", 1)]},
            {"domain": [("name", "=")]},
            {"domain": ["|"]},
            {"domain": ["&", "&", ("name", "=", "a")]},
            {"domain": [("name", "no such operator", 1)]},
            {"domain": [("status_event_ids", "any!", [("id", ">", 0)])]},
            {"domain": [("user_id.password", "!=", False)]},
            {"domain": [("expected_revenue", ">", "much")]},
            {"domain": [("create_date", ">", "no day")]},
            {"domain": [[]]},
            {"domain": [None]},
            {"domain": [("expected_revenue", ">", {"a": 1})]},
        ]
        funnel = self.env["paydox.funnel"].with_user(self.seller)
        for arguments in bad:
            with self.subTest(arguments), self.assertRaises(UserError), self.env.cr.savepoint():
                funnel.get_funnel(**arguments)

    def test_answer_is_plain_json(self):
        self._create_lead()

        for breakdown in (None, "user_id"):
            funnel = self._get_funnel(breakdown=breakdown, date_from="2026-01-01", date_to="2026-01-31")
            self.assertEqual(json.loads(json.dumps(funnel)), funnel)
            self.assertEqual((funnel["date_from"], funnel["date_to"]), ("2026-01-01", "2026-01-31"))

    def test_bounds_of_days_at_midnight_and_at_the_end_of_the_month(self):
        self.boss.tz = "America/New_York"  # midnight is 04:00 UTC in summer, 05:00 in winter
        for created in ("2026-02-01 04:59:59", "2026-02-01 05:00:00", "2026-03-01 04:59:59", "2026-03-01 05:00:00"):
            self._create_lead(created=created)
        # the clock goes forward on 8 March and back on 1 November
        for created in ("2026-03-09 03:59:59", "2026-11-01 04:00:00", "2026-11-02 04:59:59", "2026-11-02 05:00:00"):
            self._create_lead(created=created)
        for first, last, count in (
            ("2026-02-01", "2026-02-28", 2),
            ("2026-01-31", "2026-01-31", 1),
            ("2026-02-28", "2026-03-01", 2),
            ("2026-03-08", "2026-03-08", 1),
            ("2026-11-01", "2026-11-01", 2),
            ("2028-02-29", "2028-02-29", 0),
        ):
            funnel = self._get_funnel(date_from=first, date_to=last)
            self.assertEqual(funnel["cohort"], count, (first, last))
            self.assertDrillDown(funnel, self.boss)

    def test_one_deal(self):
        self._create_lead(expected_revenue=7)

        funnel = self._get_funnel(breakdown="user_id")

        self.assertLayers(funnel, new=(1, 1))
        self.assertEqual((funnel["cohort"], funnel["amount"], funnel["totals"]["win_rate"]), (1, 7, None))
        self.assertFalse(any(layer["bottleneck"] for layer in funnel["layers"]))

    def test_sixty_statuses_with_hostile_names(self):
        names = [
            "<script>alert(1)</script>",
            "=1+1",
            "x" * 200,
            "\u0645\u0628\u064a\u0639\u0627\u062a \u200f",
            "Ofertă 'țintă' -- \"; DROP",
        ]
        self.env["paydox.deal.status"].create(
            [{"name": names[index % 5] + str(index), "code": f"s{index}", "sequence": 15} for index in range(60)]
        )
        self._create_lead()

        funnel = self._get_funnel()

        self.assertEqual(len(funnel["layers"]), 67)
        self.assertEqual(sum(layer["count"] for layer in funnel["layers"]), 1)
        self.assertIn(names[0] + "0", [layer["name"] for layer in funnel["layers"]])

    def test_salesman_gets_no_number_of_others_whatever_he_asks(self):
        self._create_lead(user=self.rival, expected_revenue=5000)
        for domain in (
            [("user_id", "=", self.rival.id)],
            ["|", ("id", ">", 0), ("user_id", "=", self.rival.id)],
            [("status_event_ids.owner_id", "=", self.rival.id)],
            [("user_id.name", "ilike", self.rival.name)],
            ["!", ("id", "=", 0)],
        ):
            funnel = self._get_funnel(self.seller, domain=domain, breakdown="user_id")
            self.assertEqual((funnel["cohort"], funnel["amount"]), (0, 0), domain)
            self.assertFalse(any(layer["breakdown"] or layer["reached"] for layer in funnel["layers"]))
            self.assertTrue(all(layer["median_days"] is None for layer in funnel["layers"]))

    # === SPEED ===#

    def test_number_of_queries_does_not_grow(self):
        for _number in range(3):
            self._create_lead()
        self._get_funnel(breakdown="user_id")

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get_funnel(breakdown="user_id", date_from="2020-01-01", date_to="2099-01-01")
            return self.env.cr.sql_log_count - before

        few = count()
        for number in range(30):
            self._create_lead(user=[self.seller, self.rival, self.head][number % 3], stage="Offer")
        many = count()

        self.assertLessEqual(few, 20)
        self.assertLessEqual(many, few + 1)

    def _count_queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_events_of_a_batch_cost_no_query_for_each_deal(self):
        # With its team: crm looks for the team of each deal that has none.
        team = self.env["crm.team"].search([], limit=1)
        values = {"name": "Deal", "deal_type_id": self.goods.id, "type": "opportunity", "team_id": team.id}

        def create(number):
            return self.env["crm.lead"].create([values] * number)

        create(2)
        few, many = create(10), create(100)
        created = [self._count_queries(lambda number=number: create(number)) for number in (10, 100)]
        written = []
        for name in ("Offer", "Call"):  # the second round is the measured one
            stage = self._stage(self.goods, name)
            written = [
                self._count_queries(lambda leads=leads, stage=stage: leads.write({"stage_id": stage.id}))
                for leads in (few, many)
            ]

        self.assertLessEqual(created[0], 40)
        self.assertLessEqual(created[1], created[0] + 3)
        self.assertLessEqual(written[0], 30)
        self.assertLessEqual(written[1], written[0] + 3)
