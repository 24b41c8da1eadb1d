import random
from collections import Counter
from datetime import datetime, time, timedelta
from itertools import count
from statistics import median
from unittest.mock import patch

import pytz
from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_funnel_property import RandomLife

NOW = "2026-04-01 09:30:00"
PERIODS = (
    (None, None),
    ("2026-01-20", "2026-02-20"),
    (None, "2026-02-10"),
    ("2026-02-10", None),
    ("2026-02-01", "2026-02-28"),
)
BREAKDOWNS = (None, "deal_type_id", "department_id", "team_id", "user_id", "partner_id")


@tagged("post_install", "-at_install")
class TestFunnelCutCounts(RandomLife):
    """Whatever the funnel is filtered and cut by, it equals a slow, obvious count; and the quick ways are those that answered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        cls.funnel = cls.env["paydox.funnel"]
        cls.company = cls.env["res.company"].create({"name": "Second"})
        cls.double = new_test_user(
            cls.env,
            "paydox_double",
            "sales_team.group_sale_manager",
            tz="UTC",
            company_ids=[Command.set((cls.env.company | cls.company).ids)],
        )
        cls.departments = cls.env["hr.department"].create([{"name": "East"}, {"name": "West"}])
        cls.teams = cls.env["crm.team"].create([{"name": name, "company_id": False} for name in ("Red", "Blue")])
        cls.partners = cls.partner | cls.env["res.partner"].create([{"name": "Other"}, {"name": "Third"}])

    def _be_born(self, dice, now):
        lead = super()._be_born(dice, now)
        values = {
            "department_id": dice.choice([*self.departments.ids, False]),
            "team_id": dice.choice([*self.teams.ids, self.teams[0].id, False]),
            "partner_id": dice.choice([*self.partners.ids, False]),
        }
        if dice.random() < 0.2:
            values |= {
                "company_id": self.company.id,
                "user_id": False,
                "team_id": dice.choice([*self.teams.ids, False]),
            }
        lead.write(values)
        return lead

    def _do_something(self, dice, leads, lead):
        if dice.random() >= 0.2:
            return super()._do_something(dice, leads, lead)
        lead.write(dice.choice([{"team_id": dice.choice(self.teams.ids)}, {"department_id": self.departments[0].id}]))
        return None

    # === SLOW COUNT ===#

    def _count(self, user, domain, date_from, date_to, breakdown):
        leads = self.env["crm.lead"].with_user(user).with_context(active_test=False, **self._get_context(user))
        leads = leads.search(domain).sudo()
        asked_ids = self._get_asked_ids(domain)
        leads = leads.filtered(lambda lead: lead.deal_type_id.in_funnel or lead.deal_type_id.id in asked_ids)
        if date_from:
            leads = leads.filtered(lambda lead: str(self._get_day(user, lead)) >= date_from)
        if date_to:
            leads = leads.filtered(lambda lead: str(self._get_day(user, lead)) <= date_to)
        moment = self._get_end(user, date_to)
        status = {lead: self._get_status(lead, moment) for lead in leads}
        open_or_won = leads.filtered(lambda lead: status[lead].outcome != "lost")
        won = leads.filtered(lambda lead: status[lead].outcome == "won")
        cycles = [
            (x.date_closed - x.create_date).total_seconds()
            for x in won
            if x.date_closed and x.date_closed >= x.create_date
        ]
        numbers = {
            "cohort": len(leads),
            "amount": round(sum(leads.mapped("expected_revenue")), 2),
            "lost": len(leads - open_or_won),
            "won": (len(won), round(sum(won.mapped("expected_revenue")), 2)),
            "cycle": round(median(cycles) / 86400, 2) if cycles else None,
        }
        for layer in self.env["paydox.deal.status"].search([("outcome", "!=", "lost")]):
            here = open_or_won.filtered(lambda lead, layer=layer: status[lead] == layer)
            numbers[layer.name] = {
                "count": len(here),
                "amount": round(sum(here.mapped("expected_revenue")), 2),
                "reached": sum(
                    self._get_furthest(lead).sequence >= layer.sequence for lead in leads if self._get_furthest(lead)
                ),
                "lost_here": sum(self._get_furthest(lead) == layer for lead in leads - open_or_won),
                "median_days": self._get_median(leads, layer),
                "breakdown": Counter(lead[breakdown].id for lead in here) if breakdown else {},
            }
        return numbers

    def _get_numbers(self, funnel):
        """The same out of the answer of ``get_funnel``."""
        numbers = {
            "cohort": funnel["cohort"],
            "amount": funnel["amount"],
            "lost": funnel["lost"]["count"],
            "won": (funnel["won"]["count"], funnel["won"]["amount"]),
            "cycle": funnel["totals"]["median_cycle_days"],
        }
        for layer in funnel["layers"]:
            numbers[layer["name"]] = {
                name: layer[name] for name in ("count", "amount", "reached", "lost_here", "median_days")
            } | {"breakdown": {cut["key"]: cut["count"] for cut in layer["breakdown"]}}
        return numbers

    def _get_context(self, user):
        return {"allowed_company_ids": user.company_ids.ids}

    def _get_asked_ids(self, domain):
        """Ids of the types that the filter names."""
        values = [leaf[2] for leaf in domain if leaf[0] == "deal_type_id"]
        return {type_id for value in values for type_id in (value if isinstance(value, list) else [value])}

    def _get_day(self, user, lead):
        return pytz.utc.localize(lead.create_date).astimezone(pytz.timezone(user.tz)).date()

    def _get_end(self, user, date_to):
        if not date_to:
            return None
        midnight = datetime.combine(fields.Date.to_date(date_to), time.min) + timedelta(days=1)
        end = pytz.timezone(user.tz).localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)
        return end if end <= fields.Datetime.now() else None

    def _get_status(self, lead, moment):
        events = lead.status_event_ids.sorted(lambda event: (event.occurred_at, event.id))
        return events.filtered(lambda event: not moment or event.occurred_at < moment)[-1:].to_status_id

    def _get_furthest(self, lead):
        passed = lead.status_event_ids.to_status_id.filtered(lambda status: status.outcome != "lost")
        return passed.sorted("sequence")[-1:]

    def _get_median(self, leads, layer):
        now = fields.Datetime.now()
        events = leads.status_event_ids.filtered(lambda event: event.to_status_id == layer)
        stays = [((event.left_at or now) - event.occurred_at).total_seconds() for event in events]
        return round(median(stays) / 86400, 2) if stays else None

    # === COMPARISON ===#

    def assertEqualsCount(self, user, domain, date_from=None, date_to=None, breakdown=None):
        """:return: whether a quick way answered: the tally, or the stays by an index of what the filter says"""
        user_funnel = self.funnel.with_user(user).with_context(**self._get_context(user))
        quick = []
        fetch_tally, fetch_rows = type(self.funnel)._fetch_from_tally, type(self.funnel)._fetch_from_rows

        def watch_tally(funnel, scope):
            answer = fetch_tally(funnel, scope)
            quick.append(answer and "tally")
            return answer

        def watch_rows(funnel, scope, medians=None):
            answer = fetch_rows(funnel, scope, medians)
            if medians is None:
                quick.append(scope.known and "known")
            return answer

        with (
            patch.object(type(self.funnel), "_fetch_from_tally", watch_tally),
            patch.object(type(self.funnel), "_fetch_from_rows", watch_rows),
        ):
            answer = user_funnel.get_funnel(domain, date_from, date_to, breakdown=breakdown)
        self.assertEqual(self._get_numbers(answer), self._count(user, domain, date_from, date_to, breakdown), domain)
        return next((way for way in quick if way), None)

    def _get_cuts(self):
        one, other = self.departments
        return {
            "nothing": [],
            "type": [("deal_type_id", "=", self.goods.id)],
            "two types": [("deal_type_id", "in", (self.goods | self.service).ids)],
            "department": [("department_id", "=", other.id)],
            "department and below": [("department_id", "child_of", one.id)],
            "no department": [("department_id", "=", False)],
            "team": [("team_id", "=", self.teams[0].id)],
            "all but a team": [("team_id", "!=", self.teams[1].id)],
            "employee": [("user_id", "=", self.seller.id)],
            "type and department": [("deal_type_id", "=", self.goods.id), ("department_id", "=", one.id)],
            "counterparty": [("partner_id", "=", self.partner.id)],
            "either": ["|", ("deal_type_id", "=", self.goods.id), ("team_id", "=", self.teams[0].id)],
        }

    # What no index of the stays tells: the deals are found first.
    SLOW = ("counterparty", "either", "type and department", "team")

    def _compare_cuts(self, user, zones, steps):
        """Each cut with each zone, period and breakdown taken in turns.

        :param steps: iterator of numbers
        :return: the ways that answered
        """
        ways = set()
        for tz in zones:
            user.tz = tz
            for name, domain in self._get_cuts().items():
                number = next(steps)
                period, breakdown = PERIODS[number % len(PERIODS)], BREAKDOWNS[number % len(BREAKDOWNS)]
                with self.subTest(user=user.login, tz=tz, cut=name, period=period, breakdown=breakdown):
                    way = self.assertEqualsCount(user, domain, *period, breakdown)
                    self.assertTrue(way or name in self.SLOW, "a quick way is there")
                    ways.add(way)
        return ways

    # === TESTS ===#

    def test_every_cut_of_random_histories_equals_a_slow_count(self):
        self._live(random.Random(41))
        steps = count()
        with freeze_time(NOW):
            for user in (self.boss, self.double):
                ways = self._compare_cuts(user, ("UTC", "Asia/Kolkata", "America/New_York"), steps)
                self.assertLess({"tally", "known"}, ways | {""})
            for user in (self.seller, self.foreigner):
                self._compare_cuts(user, ("UTC", "America/New_York"), steps)

    def test_every_cut_without_a_type_equals_a_slow_count(self):
        self._live(random.Random(42))
        self.service.in_funnel = False
        steps = count(3)
        with freeze_time(NOW):
            for user in (self.boss, self.seller, self.double):
                self._compare_cuts(user, ("Asia/Kolkata",), steps)
            for period in PERIODS:
                for breakdown in BREAKDOWNS:
                    self.assertEqual(self.assertEqualsCount(self.boss, [], *period, breakdown), "tally")

    def test_periods_that_are_over_equal_a_slow_count_with_each_breakdown(self):
        self._live(random.Random(43))
        with freeze_time(NOW):
            for day in ("2026-01-12", "2026-01-31", "2026-02-15", "2026-03-15", "2026-03-31"):
                for breakdown in BREAKDOWNS:
                    with self.subTest(day=day, breakdown=breakdown):
                        self.assertEqual(self.assertEqualsCount(self.boss, [], None, day, breakdown), "tally")

    def test_a_loss_that_the_history_does_not_tell_of_is_counted_from_the_deals(self):
        self.status["lost"].active = False
        with freeze_time("2026-01-10 08:00:00"):
            leads = self._create_lead(created="2026-01-10 08:00:00") | self._create_lead(created="2026-01-10 08:00:00")
        for lead, day in zip(leads, ("2026-01-20 08:00:00", "2026-02-20 08:00:00"), strict=True):
            with freeze_time(day):
                lead.action_set_lost()
        self.env.flush_all()
        with freeze_time(NOW):
            funnel = self.funnel.with_user(self.boss).get_funnel([], None, "2026-01-31")
        self.assertEqual((funnel["lost"]["count"], self._get_layer(funnel, "new")["count"]), (1, 1))

    def test_events_follow_type_department_and_team_of_their_deal(self):
        lead = self._create_lead()
        lead.write({"stage_id": self._stage(self.goods, "Offer").id})
        one, other = self.departments
        for values in (
            {"department_id": one.id, "team_id": self.teams[0].id},
            {"department_id": other.id},
            {"team_id": False},
            {"deal_type_id": self.service.id},
        ):
            lead.write(values)
            self.env.flush_all()
            self.env.cr.execute(
                """SELECT DISTINCT deal_deal_type_id, deal_department_id, deal_team_id FROM paydox_deal_status_event
                    WHERE lead_id = %s""",
                [lead.id],
            )
            expected = lead.deal_type_id.id, lead.department_id.id or None, lead.team_id.id or None
            self.assertEqual(self.env.cr.fetchall(), [expected])
