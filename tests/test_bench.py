"""The benchmark of the funnel, on a thousand deals: its data are consistent and its ways give the same numbers."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench import generate  # noqa: E402
from bench.funnel import FunnelBench  # noqa: E402

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
