import random
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Domain
from odoo.tests import tagged

from ..models import paydox_funnel_reach
from ..tools.funnel_reach import MAX_OWNERS, Reach, find_event_condition, find_reach
from .test_funnel_property import RandomLife

PERIODS = ((None, None), ("2026-01-20", "2026-02-20"), (None, "2026-02-10"), ("2026-02-10", None))
BREAKDOWNS = (None, "deal_type_id", "user_id", "partner_id")


@tagged("post_install", "-at_install")
class TestFunnelReach(RandomLife):
    """Deals of few owners are looked for owner by owner, and are the same deals as ever."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        cls.funnel = cls.env["paydox.funnel"]

    def assertSame(self, user, domain=None, **arguments):
        """The numbers do not depend on where the deals are looked for, and are those of the lists that open from them."""
        funnel = self.funnel.with_user(user)
        # Both at one moment: stays go on.
        with freeze_time(fields.Datetime.now()):
            fast = funnel.get_funnel(domain, **arguments)
            with patch.object(paydox_funnel_reach, "find_reach", lambda _domain: None):
                self.assertEqual(fast, funnel.get_funnel(domain, **arguments))
        leads = self.env["crm.lead"].with_user(user)
        self.assertEqual(fast["cohort"], leads.search_count(fast["domain"]))
        for layer in fast["layers"]:
            self.assertEqual(layer["count"], leads.search_count(layer["domain"]))
        return fast["cohort"]

    def _get_scope(self, user, domain=None, mode="cohort"):
        funnel = self.funnel.with_user(user)
        scope = funnel._get_scope(domain, None, None, mode, None)
        funnel._find_deals(scope)
        return scope

    def _create_rule(self, domain, group=None):
        self.env["ir.rule"].create(
            {
                "name": "Of this company",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": domain,
                "groups": [(4, self.env.ref(group).id)] if group else False,
            }
        )

    # === RANDOM HISTORIES ===#

    def test_random_histories_read_by_owner_and_read_as_ever(self):
        self._live(random.Random(11))
        with freeze_time("2026-04-01 09:30:00"):
            self._compare_all((self.seller, self.rival, self.foreigner, self.boss))

    def test_random_histories_with_rules_of_the_company(self):
        self._live(random.Random(12))
        some = self.env["crm.lead"].search([("user_id", "=", self.rival.id)], limit=3)
        rules = (
            ("[('expected_revenue', '>', 300)]", None),
            (f"[('id', 'in', {some.ids})]", "sales_team.group_sale_salesman"),
            ("['|', ('user_id', '=', user.id), ('expected_revenue', '>', 700)]", "sales_team.group_sale_salesman"),
            ("[('user_id', '!=', user.id)]", "sales_team.group_sale_salesman"),
        )
        for domain, group in rules:
            with self.subTest(rule=domain), self.env.cr.savepoint() as savepoint:
                self._create_rule(domain, group)
                with freeze_time("2026-04-01 09:30:00"):
                    self._compare_all((self.seller, self.rival, self.boss))
                savepoint.rollback()

    def _compare_all(self, users):
        for user in users:
            for number, (date_from, date_to) in enumerate(PERIODS):
                for domain in ([], [("user_id", "=", self.seller.id)], [("expected_revenue", ">", 100)]):
                    arguments = {"date_from": date_from, "date_to": date_to, "breakdown": BREAKDOWNS[number]}
                    self.assertSame(user, domain, **arguments)
                    self.assertSame(user, domain, mode="snapshot")

    def test_sides_that_are_counted_together_are_the_funnels_of_each(self):
        self._live(random.Random(13))
        with freeze_time("2026-04-01 09:30:00"):
            for user in (self.seller, self.boss):
                funnel = self.funnel.with_user(user)
                for by in ("deal_type_id", "user_id", "partner_id", "team_id"):
                    for date_to, mode in ((None, "cohort"), ("2026-02-20", "cohort"), (None, "snapshot")):
                        sides = funnel.get_comparison(None, None, date_to, mode, by=by)["sides"]
                        self.assertTrue(sides)
                        for side in sides:
                            alone = funnel.get_funnel([(by, "=", side["key"])], None, date_to, mode)
                            self.assertEqual(self._get_numbers(side["funnel"]), self._get_numbers(alone))
                            found = self.env["crm.lead"].with_user(user).search_count(side["funnel"]["domain"])
                            self.assertEqual(found, alone["cohort"])

    def _get_numbers(self, value):
        """All but the domains, which say the same in another order."""
        if isinstance(value, dict):
            return {name: self._get_numbers(part) for name, part in value.items() if "domain" not in name}
        return [self._get_numbers(part) for part in value] if isinstance(value, list) else value

    # === WHETHER ===#

    def test_what_the_rights_leave_is_understood_or_refused(self):
        self._create_lead(user=self.seller, expected_revenue=10)
        hidden = self._create_lead(user=self.rival, expected_revenue=1000)
        own = Reach(frozenset({self.seller.id, False}), frozenset())
        scope = self._get_scope(self.seller)
        self.assertEqual((scope.reach, bool(scope.known)), (own, True))
        scope = self._get_scope(self.seller, [("expected_revenue", ">", 5)])
        self.assertEqual((scope.reach, scope.known), (own, None), "the deals themselves are asked")
        scope = self._get_scope(self.boss)
        self.assertIsNone(scope.reach, "the manager reads everybody's")
        scope = self._get_scope(self.boss, [("user_id", "in", [self.seller.id])])
        self.assertEqual((scope.reach.owner_ids, bool(scope.known)), ({self.seller.id}, True))
        with self.env.cr.savepoint() as savepoint:
            self._create_rule(f"[('id', '=', {hidden.id})]", "sales_team.group_sale_salesman")
            scope = self._get_scope(self.seller)
            self.assertEqual((scope.reach, scope.known), (Reach(own.owner_ids, frozenset(hidden.ids)), None))
            savepoint.rollback()
        self._create_rule("[('expected_revenue', '>', 500)]", "sales_team.group_sale_salesman")
        self.assertIsNone(self._get_scope(self.seller).reach)
        self.assertEqual(self.assertSame(self.seller), 2)

    def test_nothing_is_told_that_a_condition_does_not_say(self):
        leads = self.env["crm.lead"]
        for domain in (
            [],
            [("user_id", "!=", 5)],
            ["!", ("user_id", "=", 5)],
            ["|", ("user_id", "=", 5), ("expected_revenue", ">", 5)],
            [("user_id", "in", list(range(1, MAX_OWNERS + 2)))],
            [("user_id.name", "=", "Bench")],
            [("team_id", "=", 5)],
        ):
            self.assertIsNone(find_reach(Domain(domain).optimize_full(leads)), domain)
        for domain, owners, deals in (
            ([("user_id", "=", 5)], {5}, set()),
            ([("user_id", "=", False), ("name", "=", "x")], {False}, set()),
            (["|", ("user_id", "=", 5), ("id", "in", [7, 8])], {5}, {7, 8}),
            ([("user_id", "in", [5, 6]), ("user_id", "=", 5)], {5}, set()),
            ([(0, "=", 1)], set(), set()),
        ):
            self.assertEqual(find_reach(Domain(domain).optimize_full(leads)), Reach(owners, deals), domain)

    def test_only_what_events_know_of_their_deal_is_asked_of_them(self):
        leads = self.env["crm.lead"]

        def ask(domain):
            domain = Domain(domain).optimize_full(leads)
            return find_event_condition(domain, find_reach(domain))

        own = ("user_id", "=", 5)
        self.assertTrue(ask([own, ("company_id", "in", [1, False]), ("create_date", ">=", "2026-01-01 00:00:00")]))
        self.assertTrue(ask([own, ("team_id", "not in", [1, 2]), ("department_id", "in", [3, False])]))
        for domain in ([own, ("active", "=", True)], ["|", own, ("id", "=", 3)], [own, ("partner_id", "=", 1)]):
            self.assertIsNone(ask(domain), domain)

    # === EVENTS KNOW THEIR OWNER ===#

    def test_events_follow_the_owner_of_their_deal(self):
        leads = self._create_lead() | self._create_lead() | self._create_lead()
        leads[0].write({"stage_id": self._stage(self.goods, "Offer").id})
        leads[:2].write({"user_id": self.rival.id})
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET user_id = NULL WHERE id = %s", [leads[2].id])
        self.env.invalidate_all()
        self.env.cr.execute(
            "SELECT lead_id, array_agg(DISTINCT deal_user_id), COUNT(*) FROM paydox_deal_status_event GROUP BY 1 ORDER BY 1"
        )
        expected = [(leads[0].id, [self.rival.id], 2), (leads[1].id, [self.rival.id], 1), (leads[2].id, [None], 1)]
        self.assertEqual(self.env.cr.fetchall(), expected)
        for user in (self.seller, self.rival, self.boss):
            self.assertSame(user)

    def test_few_queries_for_a_salesperson(self):
        self._create_lead(user=self.seller)
        self.env.flush_all()
        funnel = self.funnel.with_user(self.seller)
        funnel.get_funnel(breakdown="deal_type_id")
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        funnel.get_funnel(breakdown="deal_type_id")
        self.assertLessEqual(self.env.cr.sql_log_count - before, 13)
