from psycopg2.errors import ReadOnlySqlTransaction

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.funnel_scope import BREAKDOWNS
from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestReadOnly(PaydoxFunnelCase):
    """What is read on a replica writes nothing: neither numbers nor files, whoever asks, however it is cut."""

    def _ask_for_everything(self, user):
        funnel = self.env["paydox.funnel"].with_user(user)
        periods = ({}, {"date_from": "2026-01-01"}, {"date_from": "2025-01-01", "date_to": "2025-12-31"})
        for domain in ([], [("name", "!=", False)]):
            for breakdown in (None, *BREAKDOWNS):
                funnel.get_funnel(domain, mode="snapshot", breakdown=breakdown)
                for period in periods:
                    self.assertEqual(funnel.get_funnel(domain, breakdown=breakdown, **period)["mode"], "cohort")
            for by in BREAKDOWNS:
                funnel.get_comparison(domain, by=by)
                funnel.get_comparison(domain, mode="snapshot", by=by)
            funnel.get_comparison(domain, date_from="2026-01-01", by="previous_year")
            funnel.get_insights(domain)
            funnel.get_insights(domain, mode="snapshot")
        for breakdown in BREAKDOWNS:
            self.assertTrue(funnel.export_xlsx(breakdown=breakdown, by=breakdown)["content"])

    def test_funnel_is_counted_and_exported_without_writing(self):
        for user in (self.seller, self.rival, self.env["res.users"]):
            self._create_lead(user=user).set_deal_status("lost")
            self._create_lead(self.project, user=user, expected_revenue=5)
        self.env.flush_all()
        self.env.cr.flush()

        for user in (self.seller, self.head, self.boss):
            with self.subTest(user=user.login), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute("SET TRANSACTION READ ONLY")
                self._ask_for_everything(user)
                self.env["paydox.dashboard"].with_user(user).get_dashboard()
                with mute_logger("odoo.sql_db"), self.assertRaises(ReadOnlySqlTransaction), self.env.cr.savepoint():
                    self._create_lead()
                savepoint.rollback()
