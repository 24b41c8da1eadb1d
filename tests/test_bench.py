"""The benchmarks on few rows: their data are right and their ways give what they claim."""

import sys
from argparse import Namespace
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench import card_data, deal, duplicates, generate, papers  # noqa: E402
from bench.funnel import FunnelBench  # noqa: E402
from bench.timeline import CardBench  # noqa: E402

from .common import SuiteCase  # noqa: E402


class TestBench(SuiteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Deals that are here already would be counted as well; the transaction is rolled back at the end.
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        cls.ids = generate.generate(cls.env, deals=1001, events=5009)

    def _bench(self, user, **options):
        return FunnelBench(self.env, self.ids[user], self.ids["company"], **options)

    def test_as_many_deals_and_events_as_asked_for(self):
        deals = self.env["crm.lead"].with_context(active_test=False)
        self.assertEqual(deals.search_count([]), 1001)
        self.assertEqual(self.env["paydox.deal.status.event"].search_count([]), 5009)
        outcomes = dict(deals._read_group([], ["won_status"], ["__count"]))
        self.assertEqual(sorted(outcomes), ["lost", "pending", "won"])
        self.assertGreater(min(outcomes.values()), 100)

    def test_generated_data_are_consistent(self):
        self.assertEqual(generate.check(self.env.cr), [])

    def test_inconsistent_data_are_noticed(self):
        self.env.cr.execute(
            "UPDATE paydox_deal_status_event SET left_at = left_at + interval '1 second'"
            " WHERE id = (SELECT min(id) FROM paydox_deal_status_event WHERE left_at IS NOT NULL)"
        )
        self.assertEqual(generate.check(self.env.cr), ["an event does not continue the one before it"])

    def test_indexes_and_foreign_keys_are_back(self):
        self.env.cr.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'paydox_deal_status_event_current_uniq'")
        self.assertEqual(self.env.cr.fetchone(), (1,))
        self.env.cr.execute("SELECT count(*) FROM pg_constraint WHERE conname = 'crm_lead_status_event_id_fkey'")
        self.assertEqual(self.env.cr.fetchone(), (1,))

    def test_get_funnel_gives_the_numbers_of_the_sql(self):
        for user, own in (("manager", False), ("salesman", True)):
            for breakdown in (None, "deal_type_id", "user_id"):
                with self.subTest(user=user, breakdown=breakdown):
                    self.assertGreater(self._bench(user, breakdown=breakdown, own_deals_only=own).assert_equal(), 60)

    def test_a_wrong_number_is_noticed(self):
        with self.assertRaisesRegex(AssertionError, "differ"):
            self._bench("salesman", own_deals_only=False).assert_equal()


class TestBenchDuplicates(SuiteCase):
    def test_data_are_found_by_what_is_typed(self):
        country = self.env.ref("base.ru")
        partners = self.env["res.partner"].create(
            [duplicates.make_values(number, country.id) for number in (199, 200, 249, 250)]
        )
        self.assertFalse(any(partners.mapped("has_requisites_problems")))
        found = partners._find_duplicates()
        reasons = {
            (partner.name, match["partner_id"]): match["reasons"] for partner in partners for match in found[partner.id]
        }
        twin, copy = partners[1], partners[0]
        self.assertIn("p", reasons[(twin.name, copy.id)])
        self.assertTrue(reasons[(partners[3].name, partners[2].id)])
        self.assertEqual(len({duplicates.make_inn(number) for number in range(1000)}), 1000)


class TestBenchPapers(SuiteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["paydox.document"].search([("kind_id.is_counterparty_paper", "=", True)]).action_cancel()
        cls.env.flush_all()
        cls.options = Namespace(partners=20, papers=60, due=30, states=40, people=3, kill_after=0)
        papers.generate(cls.env, cls.options)

    def _tell(self, **options):
        # The transaction of a test is not committed; the rows of the job are there all the same.
        with patch.object(self.env.cr, "commit", self.env.cr.flush):
            return papers.measure_tell(self.env, Namespace(**vars(self.options) | options), self._be_killed)

    def _be_killed(self, code):
        raise InterruptedError(code)

    def test_all_that_is_due_is_told_of_once(self):
        first, second = self._tell(), self._tell()

        self.assertEqual([first[name] for name in ("papers", "people", "letters", "twice", "untold")], [30, 3, 3, 0, 0])
        self.assertEqual([second[name] for name in ("papers", "letters", "twice")], [0, 3, 0])

    def test_job_that_is_killed_goes_on_where_it_was(self):
        with self.assertRaises(InterruptedError):
            self._tell(kill_after=1)
        self.assertEqual(self.env["mail.mail"].search_count([("email_to", "ilike", "bench0@")]), 0)

        rest = self._tell()

        self.assertEqual([rest[name] for name in ("papers", "letters", "twice", "untold")], [30, 3, 0, 0])

    def test_requisites_are_looked_up_at_once(self):
        self.assertEqual(papers.measure_lookup(self.env, 1)["queries"], 1)


class TestBenchTimeline(SuiteCase):
    """The card of a counterparty: what is measured is there, and the stock form has nothing of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        options = Namespace(partners=20, documents=400, states=60)
        cls.bench = CardBench(cls.env, *card_data.generate(cls.env, options))
        # The transaction of a test is not rolled back in between.
        cls.bench.start_over = cls.env.invalidate_all

    def test_what_is_measured_is_what_was_asked_for(self):
        self.bench.check()

    def test_each_counterparty_is_its_own_and_has_states_and_documents(self):
        partner = self.bench.partner.sudo()
        others = partner.search([("name", "=like", "Bench _%"), ("id", ">", partner.id)])
        self.assertEqual(len(others), 19)
        self.assertEqual(others.commercial_partner_id, others)
        self.assertEqual({len(other.requisites_ids) for other in others}, {3})
        self.assertEqual(self.env["paydox.document"].search_count([("kind_id.code", "=like", "BENCH%")]), 400)

    def test_form_and_its_head_are_measured(self):
        results = self.bench.measure(1)
        self.assertEqual(set(results), {"timeline", "messages", "form", "head", "stock"})
        self.assertTrue(all(result["queries"] and result["median"] for result in results.values()))
        self.assertLessEqual(results["form"]["queries"] - results["stock"]["queries"], 10)

    def test_views_are_as_before(self):
        self.assertIn("legal_name", self.bench._get_specification())


class TestBenchDeal(SuiteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller, cls.partner = deal.make_seller(cls.env)

    def test_deals_are_made_and_moved_with_their_history(self):
        leads = deal.create_deals(self.env, self.seller, self.partner, 3)
        self.assertEqual(leads.user_id, self.seller)
        self.assertEqual([len(lead.sudo().status_event_ids) for lead in leads], [1, 1, 1])
        stage = leads.stage_id
        deal.move_deals(leads)
        self.assertEqual(len(leads.stage_id), 1)
        self.assertNotEqual(leads.stage_id, stage)
        self.assertEqual([len(lead.sudo().status_event_ids) for lead in leads], [2, 2, 2])

    def test_what_is_timed_is_whole_and_is_rolled_back(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT (SELECT COUNT(*) FROM crm_lead), (SELECT COUNT(*) FROM paydox_funnel_tally)")
        before = self.env.cr.fetchone()
        written = []

        def make(env, _nothing):
            deal.create_deals(env, self.seller, self.partner, 3)

        def look(env):
            make(env, None)
            env.flush_all()
            env.cr.execute("SELECT (SELECT COUNT(*) FROM crm_lead), (SELECT COUNT(*) FROM paydox_funnel_tally)")
            written.append(env.cr.fetchone())

        deal.timed(self.env, look, make)
        self.env.cr.execute("SELECT (SELECT COUNT(*) FROM crm_lead), (SELECT COUNT(*) FROM paydox_funnel_tally)")
        self.assertEqual(self.env.cr.fetchone(), before)
        self.assertEqual(written[0][0], before[0] + 3)
        self.assertGreater(written[0][1], before[1], "the tally is kept within what is timed")

    def test_of_many_rules_as_many_run_as_match(self):
        ran = []
        dispatch = type(self.env["paydox.event"])._dispatch

        def count(events):
            before = self.env["paydox.rule.run"].search_count([])
            dispatch(events)
            ran.append(self.env["paydox.rule.run"].search_count([]) - before)

        self.patch(type(self.env["paydox.event"]), "_dispatch", count)
        all_rules, matching = deal.measure_rules(self.env, count=6, runs=1)
        self.assertEqual(ran, [deal.MATCHING] * 4)
        self.assertGreater(all_rules[1], 0)
        self.assertGreater(matching[1], 0)
