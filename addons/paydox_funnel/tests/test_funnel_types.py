from odoo.tests import tagged

from .test_funnel import FunnelCase


@tagged("post_install", "-at_install")
class TestFunnelTypes(FunnelCase):
    """A type that is no sale can be left out of the common funnel, on the screen, in the lists and in the files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_lead(cls.goods, "Offer", expected_revenue=10)
        cls._create_lead(cls.project, expected_revenue=20).set_deal_status("offer")
        cls.project.in_funnel = False

    def test_deals_of_the_type_are_in_no_number_and_the_funnel_says_so(self):
        for user in (self.seller, self.boss):
            for mode in ("cohort", "snapshot"):
                with self.subTest(user=user.login, mode=mode):
                    funnel = self._get_funnel(user, mode=mode)
                    self.assertEqual((funnel["cohort"], funnel["amount"]), (1, 10))
                    self.assertEqual(self._get_layer(funnel, "offer")["count"], 1)
                    self.assertEqual(funnel["left_out"], ["Project"])
                    self.assertDrillDown(funnel, user)
        funnel = self.env["paydox.funnel"].with_user(self.seller)
        facts = dict(funnel._get_export_totals(funnel.get_funnel(self.scope)))
        self.assertIn("Project", facts.values())

    def test_whole_funnel_of_a_manager_leaves_it_out_too(self):
        """Without a filter the numbers come from the sums that the database keeps."""
        funnel = self.env["paydox.funnel"].with_user(self.boss)
        without = funnel.get_funnel()["cohort"]
        self.project.in_funnel = True

        self.assertEqual(funnel.get_funnel()["cohort"] - without, 1)
        self.assertEqual(funnel.get_funnel()["left_out"], [])

    def test_who_asks_for_the_type_gets_its_deals(self):
        funnel = self.env["paydox.funnel"].with_user(self.seller)
        by_type = funnel.get_funnel([("deal_type_id", "=", self.project.id), *self.scope])

        self.assertEqual((by_type["cohort"], by_type["left_out"]), (1, []))
        sides = funnel.get_comparison(self.scope, by="deal_type_id", keys=[self.goods.id, self.project.id])["sides"]
        self.assertEqual([side["key"] for side in sides], [self.goods.id])
        self.assertEqual(sum(point["created"] for point in funnel.get_insights(self.scope)["trend"]), 1)
