from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestCompetitor(PaydoxFunnelCase):
    """A mere competitor is chosen as a competitor of a deal and not offered as its customer."""

    def test_competitor_is_offered_where_it_belongs(self):
        competitor, customer = self.env["res.partner"].create(
            [
                {"name": "Rival Lotos", "is_company": True,
                 "role_ids": self.env.ref("paydox_crm.paydox_partner_role_competitor").ids},
                {"name": "Client Lotos", "is_company": True},
            ]
        )  # fmt: skip
        lead = self.env["crm.lead"].with_user(self.seller).create({"name": "Deal", "type": "opportunity"})
        as_seller = self.env["res.partner"].with_user(self.seller)

        customers = as_seller.with_context(res_partner_search_mode="customer").name_search("Lotos")
        competitors = as_seller.name_search("Lotos", [("role_ids.is_competitor", "=", True)])

        self.assertEqual([partner_id for partner_id, __ in customers], customer.ids)
        self.assertEqual([partner_id for partner_id, __ in competitors], competitor.ids)

        lead.write({"partner_id": customer.id, "competitor_ids": competitor.ids})
        with self.assertRaisesRegex(ValidationError, "cannot be its competitor"):
            lead.competitor_ids |= customer

    def test_merged_deal_keeps_the_competitors_of_both(self):
        role = self.env.ref("paydox_crm.paydox_partner_role_competitor")
        rivals = self.env["res.partner"].create([{"name": name, "role_ids": role.ids} for name in ("A", "B")])
        leads = self.env["crm.lead"].create(
            [{"name": rival.name, "type": "opportunity", "competitor_ids": rival.ids} for rival in rivals]
        )
        self.assertEqual(leads.merge_opportunity().competitor_ids, rivals)
