import json
import random
from contextlib import suppress
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_files import FunnelFilesMixin
from .test_funnel import FunnelCase

STEPS = 60
SEEDS = (1, 7, 2026)


class RandomLife(FunnelCase, FunnelFilesMixin):
    """Deals to which anything happens that a person can do: re-entries, losses, restores, merges, changes of type."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].create({"name": "Another company"})
        # Of another company: only deals of no company are to be seen.
        cls.foreigner = new_test_user(
            cls.env,
            "paydox_foreigner",
            "sales_team.group_sale_manager",
            tz="UTC",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def _live(self, dice):
        now = fields.Datetime.to_datetime("2026-01-10 08:00:00")
        leads = self.env["crm.lead"]
        for _step in range(STEPS):
            now += timedelta(hours=dice.randint(0, 60))
            with freeze_time(now):
                leads = leads.exists()
                if len(leads) < 5 or dice.random() < 0.25:
                    leads |= self._be_born(dice, now)
                else:
                    self._do_something(dice, leads, dice.choice(leads))
        self.env.flush_all()
        self.env.cr.flush()

    def _be_born(self, dice, now):
        return self._create_lead(
            dice.choice([self.goods, self.service, self.project]),
            user=dice.choice([self.seller, self.rival, self.env["res.users"]]),
            created=now,
            expected_revenue=dice.randint(0, 1000),
        )

    def _do_something(self, dice, leads, lead):
        codes = ["new", "qualified", "offer", "contract", "agreed", "paid", "won", "lost"]
        verbs = [
            lambda: lead.set_deal_status(dice.choice(codes)),
            lambda: lead.set_deal_status(dice.choice(codes)),
            lambda: lead.write({"stage_id": dice.choice(lead.deal_type_id.stage_ids).id}),
            lambda: lead.write({"deal_type_id": dice.choice([self.goods, self.service, self.project]).id}),
            lead.action_set_lost,
            lead.action_restore,
            lead.action_set_won,
            lambda: lead.write({"active": not lead.active}),
            lambda: lead.write({"probability": dice.randint(1, 99)}),
            lambda: self._merge(lead, dice.choice(leads - lead)),
            lambda: lead.write({"user_id": dice.choice([self.seller, self.rival]).id}),
        ]
        # refused: a strict type, a won deal that cannot be lost, a type without stages
        with suppress(UserError, IndexError), self.env.cr.savepoint():
            dice.choice(verbs)()

    def _merge(self, lead, other):
        (lead | other).merge_opportunity()


@tagged("post_install", "-at_install")
class TestFunnelProperty(RandomLife):
    """For random histories of deals the funnel equals a slow, obvious count."""

    def test_random_histories(self):
        for seed in SEEDS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self._live(random.Random(seed))
                for date_from, date_to in (
                    (None, None),
                    ("2026-01-20", "2026-02-20"),
                    (None, "2026-02-10"),
                    ("2026-03-01", None),
                ):
                    for user in (self.seller, self.boss, self.foreigner):
                        self._compare(user, date_from, date_to)
                for user in (self.seller, self.boss, self.foreigner):
                    self.assertFilesAgree(self.env(user=user), self.scope)
                savepoint.rollback()

    # === SLOW COUNT ===#

    def _compare(self, user, date_from, date_to):
        funnel = self._get_funnel(user, date_from=date_from, date_to=date_to)
        self.assertDrillDown(funnel, user)
        leads = self.env["crm.lead"].with_user(user).with_context(active_test=False).search(self.scope).sudo()
        if date_from:
            leads = leads.filtered(lambda lead: str(lead.create_date.date()) >= date_from)
        if date_to:
            leads = leads.filtered(lambda lead: str(lead.create_date.date()) <= date_to)
        end = fields.Datetime.to_datetime(date_to) + timedelta(days=1) if date_to else None
        states = {lead: self._get_state(lead, end) for lead in leads}
        furthest = {lead: self._get_furthest(lead) for lead in leads}

        self.assertEqual(funnel["cohort"], len(leads))
        self.assertEqual(funnel["lost"]["count"], sum(state.outcome == "lost" for state in states.values()))
        self.assertEqual(funnel["won"]["count"], sum(state.outcome == "won" for state in states.values()))
        layers = funnel["layers"]
        for index, layer in enumerate(layers):
            status = self.env["paydox.deal.status"].browse(layer["status_id"])
            here = [lead for lead in leads if states[lead] == status]
            reached = [lead for lead in leads if furthest[lead] and furthest[lead].sequence >= status.sequence]
            self.assertEqual(layer["count"], len(here))
            self.assertAlmostEqual(layer["amount"], sum(lead.expected_revenue for lead in here))
            self.assertEqual(layer["reached"], len(reached))
            lost = [lead for lead in leads if states[lead].outcome == "lost" and furthest[lead] == status]
            self.assertEqual(layer["lost_here"], len(lost))
            if index + 1 < len(layers) and reached:
                self.assertEqual(layer["stage_conversion"], layers[index + 1]["reached"] / len(reached))
            if leads:
                self.assertEqual(layer["funnel_conversion"], len(reached) / len(leads))
            stayed = [lead for lead in leads if status in lead.status_event_ids.to_status_id]
            self.assertEqual(self._open(user, layer["stay_domain"]), {lead.id for lead in stayed})
        won = [lead for lead in leads if states[lead].outcome == "won"]
        measured = {lead.id for lead in won if lead.date_closed and lead.date_closed >= lead.create_date}
        self.assertEqual(self._open(user, funnel["domains"]["median_cycle_days"]), measured)
        self.assertEqual(funnel["totals"]["median_cycle_days"] is None, not measured)
        closed = {lead.id for lead in leads if states[lead].outcome in ("won", "lost")}
        self.assertEqual(self._open(user, funnel["domains"]["win_rate"]), closed)
        self._compare_insights(user, date_from, date_to)
        self._compare_histories(leads)

    def _open(self, user, domain):
        """Ids of the deals in the list that opens from a number."""
        return set(self.env["crm.lead"].with_user(user).search(json.loads(json.dumps(domain))).ids)

    def _compare_insights(self, user, date_from, date_to):
        insights = self.env["paydox.funnel"].with_user(user).get_insights(self.scope, date_from, date_to)
        for point in insights["trend"]:
            self.assertEqual(len(self._open(user, point["domain"])), point["created"])
            self.assertEqual(len(self._open(user, point["closed_domain"])), point["won"] + point["lost"])
            won = self.env["crm.lead"].browse(self._open(user, point["won_domain"])).sudo()
            self.assertEqual(len(won), point["won"])
            self.assertAlmostEqual(sum(won.mapped("expected_revenue")), point["won_amount"])
        for loss in insights["losses"]:
            lost = self.env["crm.lead"].browse(self._open(user, loss["domain"])).sudo()
            self.assertEqual(len(lost), loss["count"])
            self.assertAlmostEqual(sum(lost.mapped("expected_revenue")), loss["amount"])

    def _get_state(self, lead, end):
        """The status the deal was in at ``end``, read from its history line by line."""
        state = self.env["paydox.deal.status"]
        for event in lead.status_event_ids.sorted(lambda event: (event.occurred_at, event.id)):
            if not end or end > fields.Datetime.now() or event.occurred_at < end:
                state = event.to_status_id
        return state

    def _get_furthest(self, lead):
        passed = lead.status_event_ids.to_status_id.filtered(lambda status: status.outcome != "lost")
        return passed.sorted("sequence")[-1:]

    def _compare_histories(self, leads):
        for lead in leads:
            events = lead.status_event_ids.sorted("id")
            self.assertEqual(len(events.filtered(lambda event: not event.left_at)), 1)
            self.assertEqual(events[-1].to_status_id, lead.deal_status_id)
            self.assertEqual(events[-1], lead.status_event_id)
            for event, following in zip(events, events[1:], strict=False):
                self.assertEqual(event.left_at, following.occurred_at)
                self.assertEqual(event.to_status_id, following.from_status_id)
                self.assertNotEqual(event.to_status_id, following.to_status_id)
