import random
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..tools import funnel_rank, funnel_tally
from .test_funnel_property import RandomLife

PERIODS = (
    (None, None),
    ("2026-01-15", "2099-12-31"),
    ("2026-02-01", None),
    (None, "2099-12-31"),
    ("2026-02-10", "2026-02-10"),
    ("2026-02-01", "2026-02-28"),
    ("2026-01-31", "2026-04-01"),
)


@tagged("post_install", "-at_install")
class TestFunnelTally(RandomLife):
    """The sums beside the deals give the numbers that counting the deals gives, whatever was done to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        cls.funnel = cls.env["paydox.funnel"]

    # === COMPARISON ===#

    def _count(self, user, from_rows=False, **arguments):
        funnel = self.funnel.with_user(user)
        if not from_rows:
            return funnel.get_funnel(**arguments)
        with patch.object(type(self.funnel), "_fetch_from_tally", lambda *_args: None):
            return funnel.get_funnel(**arguments)

    def assertTallyIsTrue(self, user, **arguments):
        """The tally was asked, and answered what the rows say."""
        answers = []
        fetch = type(self.funnel)._fetch_from_tally

        def watch(funnel, scope):
            answers.append(fetch(funnel, scope))
            return answers[-1]

        # Both at one moment: stays go on.
        with freeze_time(fields.Datetime.now()):
            with patch.object(type(self.funnel), "_fetch_from_tally", watch):
                fast = self._count(user, **arguments)
            self.assertTrue(answers[0], "the tally gave no answer")
            self.assertEqual(fast, self._count(user, from_rows=True, **arguments))

    def assertAgrees(self):
        self.env.flush_all()
        self.env.cr.execute(SQL(funnel_tally.AGREES))
        self.assertTrue(self.env.cr.fetchone()[0])

    def _get_sums(self):
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT kind, cell, company_id, status_id, reached_id, is_lost, key, SUM(deals), SUM(amount)
                 FROM paydox_funnel_tally GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING SUM(deals) <> 0 OR SUM(amount) <> 0"""
        )
        return set(self.env.cr.fetchall())

    # === TESTS ===#

    def test_random_histories_from_the_tally_and_from_the_rows(self):
        for seed in (3, 2027):
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self._live(random.Random(seed))
                with freeze_time("2026-04-01 09:30:00"):
                    for tz in ("UTC", "Asia/Kolkata", "America/New_York"):
                        self.boss.tz = tz
                        for number, (date_from, date_to) in enumerate(PERIODS):
                            breakdown = (None, "deal_type_id", "user_id", "team_id", "partner_id")[number % 5]
                            self.assertTallyIsTrue(self.boss, date_from=date_from, date_to=date_to, breakdown=breakdown)
                sums = self._get_sums()
                self.env["paydox.funnel.tally"]._cron_gather()
                self.assertEqual(self._get_sums(), sums)
                self.env["paydox.funnel.tally"]._rebuild()
                self.assertEqual(self._get_sums(), sums, "a new count gives what the triggers kept")
                savepoint.rollback()

    def test_one_deal_and_none(self):
        self.assertTallyIsTrue(self.boss)
        self._create_lead(expected_revenue=10)
        self.assertTallyIsTrue(self.boss, breakdown="user_id")

    def test_whatever_is_done_by_sql_is_followed(self):
        leads = self.env["crm.lead"]
        for number in range(12):
            leads |= self._create_lead(expected_revenue=number)
        leads[:6].write({"stage_id": self._stage(self.goods, "Offer").id})
        leads[:3].action_set_won()
        company = self.env["res.company"].create({"name": "Second"})
        self.env.flush_all()
        for statement in (
            "UPDATE crm_lead SET create_date = create_date - interval '40 days' WHERE id = %s",
            "UPDATE crm_lead SET expected_revenue = NULL WHERE id = %s",
            "UPDATE paydox_deal_status_event SET occurred_at = occurred_at - interval '3 days' WHERE lead_id = %s",
            "DELETE FROM paydox_deal_status_event WHERE lead_id = %s AND left_at IS NOT NULL",
            "DELETE FROM crm_lead WHERE id = %s",
            f"UPDATE crm_lead SET company_id = {company.id} WHERE id = %s",
        ):
            lead, leads = leads[0], leads[1:]
            self.env.cr.execute(statement, [lead.id])
            self.env.invalidate_all()
            sums = self._get_sums()
            self.env["paydox.funnel.tally"]._rebuild()
            self.assertEqual(self._get_sums(), sums, statement)
            self.assertAgrees()
        self.assertTallyIsTrue(self.boss)

    def test_merged_and_deleted_deals_leave_the_tally(self):
        one, two, three = (self._create_lead(expected_revenue=5) for _number in range(3))
        (one | two).merge_opportunity()
        self.assertTallyIsTrue(self.boss)
        three.unlink()
        self.assertTallyIsTrue(self.boss)
        self.assertAgrees()

    def test_only_whose_rights_are_told_by_the_company_is_answered_from_it(self):
        self._create_lead(user=self.seller)
        self._create_lead(user=self.rival)
        self.env.flush_all()

        def ask(user, **arguments):
            scope = self.funnel.with_user(user)._get_scope(
                arguments.get("domain"), None, arguments.get("date_to"), arguments.get("mode", "cohort"), None
            )
            return self.funnel.with_user(user)._get_tally(scope)

        self.assertTrue(ask(self.boss))
        self.assertIsNone(ask(self.seller), "a salesman sees his own deals only")
        self.assertIsNone(ask(self.boss, domain=[("expected_revenue", ">", 5)]))
        self.assertIsNone(ask(self.boss, mode="snapshot"))
        self.assertEqual(self._count(self.seller)["cohort"], 1)
        self.env["ir.rule"].sudo().create(
            {
                "name": "Big deals only",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": "[('expected_revenue', '>', 1000)]",
            }
        )
        self.assertIsNone(ask(self.boss), "a rule of any other kind")
        self.assertEqual(self._count(self.boss)["cohort"], 0)

    def test_another_company_is_not_counted(self):
        company = self.env["res.company"].create({"name": "Second"})
        self._create_lead()
        self._create_lead(company_id=company.id, team_id=False, user=self.env["res.users"])
        self.assertEqual(self._count(self.boss)["cohort"], 1)
        self.assertTallyIsTrue(self.boss)

    def test_a_tally_that_does_not_agree_is_not_believed(self):
        lead = self._create_lead()
        lead.write({"stage_id": self._stage(self.goods, "Offer").id})
        self.env.flush_all()
        true = self._count(self.boss, from_rows=True)
        self.env.cr.execute(
            "UPDATE paydox_funnel_tally SET deals = deals + 4 WHERE kind IN ('running', 'stay', 'stays')"
        )

        answer = self._count(self.boss)

        self.assertEqual(
            [layer["median_days"] for layer in answer["layers"]], [layer["median_days"] for layer in true["layers"]]
        )
        with mute_logger("odoo.addons.paydox_funnel.models.paydox_funnel_tally"):
            self.env["paydox.funnel.tally"]._cron_gather()
        self.assertAgrees()
        self.assertTallyIsTrue(self.boss)

    def test_nobody_reads_or_writes_the_tally(self):
        self._create_lead()
        for user in (self.seller, self.boss, self.env.ref("base.user_admin")):
            tally = self.env["paydox.funnel.tally"].with_user(user)
            with self.assertRaises(AccessError):
                tally.search_read([], ["deals"])
            with self.assertRaises(AccessError):
                tally.create({"kind": "deal", "cell": "2026-01-01"})

    def test_middle_of_random_lengths(self):
        dice = random.Random(5)
        for _round in range(200):
            now = 400 * 86400 + dice.randint(0, 86399)
            finished = [dice.choice((0, 59, 60, dice.randint(0, 10**7))) for _n in range(dice.randint(0, 30))]
            starts = [dice.randint(0, now) for _n in range(dice.randint(0, 30))]
            classes, days = {}, {}
            for length in finished:
                number = funnel_rank.get_class(length)
                classes[number] = classes.get(number, 0) + 1
            for start in starts:
                day = start // 86400
                high = funnel_rank.get_class(now - day * 86400) + 1
                low = max(0, funnel_rank.get_class(now - (day + 1) * 86400) - 1)
                days[day] = (days.get(day, (0,))[0] + 1, low, high)
            middle = funnel_rank.find_middle(classes, days)
            everything = sorted(finished + [now - start for start in starts])
            if not everything:
                self.assertIsNone(middle)
                continue
            read = sorted(
                [value for value in finished if middle.first <= funnel_rank.get_class(value) <= middle.last]
                + [now - s for s in starts if middle.since is not None and middle.since <= s // 86400 <= middle.until]
            )
            expected = [everything[(len(everything) - 1) // 2], everything[len(everything) // 2]]
            self.assertEqual([read[rank] for rank in middle.ranks], expected)
            self.assertEqual(len(read), middle.finished + middle.running)
