from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestRating(PaydoxFunnelCase):
    def test_won_deals_are_a_criterion_and_the_lost_ones_open(self):
        formulas = self.env["paydox.rating.formula"]
        draft = formulas.browse(formulas._get_published().action_new_revision()["res_id"])
        lines = [Command.clear(), Command.create({"criterion": "deals", "weight": 100})]
        draft.write({"line_ids": lines, "min_facts": 1})
        draft.action_publish()
        partner = self.env["res.partner"].create({"name": "Buyer", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": partner.id})
        leads = self.env["crm.lead"].union(*(self._create_lead(partner_id=contact.id) for __ in range(5)))
        leads[:2].action_set_won()
        leads[2:4].action_set_lost()
        leads.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_lead SET date_closed = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(days=2000), leads[3].id),
        )
        partner.action_refresh_rating()

        self.assertEqual(partner.reliability_score, 67)
        action = partner.with_user(self.boss).action_open_rating_facts("deals")
        found = self.env["crm.lead"].with_context(active_test=False).search(action["domain"])
        self.assertEqual(found, leads[2])
