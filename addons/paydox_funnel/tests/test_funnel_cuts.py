from odoo.tests import tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestFunnelCuts(PaydoxFunnelCase):
    """Whose a deal is when its person moves, and clients that belong together."""

    def _count(self, domain, leads):
        funnel = self.env["paydox.funnel"].with_user(self.boss)
        return funnel.get_funnel([("id", "in", leads.ids), *domain])["cohort"]

    def test_open_deals_move_with_their_person_and_closed_ones_stay(self):
        east, west = self.env["hr.department"].create([{"name": "East"}, {"name": "West"}])
        inner = self.env["hr.department"].create({"name": "East, inner", "parent_id": east.id})
        employee = self.env["hr.employee"].create({"name": "S", "user_id": self.seller.id, "department_id": inner.id})
        goes_on, won = self._create_lead(), self._create_lead()
        won.action_set_won()

        employee.department_id = west

        leads = goes_on | won
        self.assertEqual(self._count([("department_id", "child_of", east.ids)], leads), 1)
        self.assertEqual(self._count([("department_id", "child_of", west.ids)], leads), 1)
        self.assertEqual(won.department_id, inner)
        # The history keeps the department of its moment.
        self.assertEqual(goes_on.status_event_ids.department_id, inner)

    def test_group_of_clients_counts_the_deals_of_all_of_them(self):
        group = self.env["paydox.partner.class"].create({"name": "Alpha Holding", "dimension": "group"})
        firms = self.env["res.partner"].create(
            [{"name": name, "is_company": True, "class_group_id": group.id} for name in ("A", "B")]
        )
        contact = self.env["res.partner"].create({"name": "C", "parent_id": firms[0].id})
        leads = self.env["crm.lead"]
        for partner in (*firms, contact, contact.browse()):
            leads |= self._create_lead(partner_id=partner.id)
        arch = self.env["crm.lead"].get_view(self.env.ref("paydox_funnel.crm_lead_view_search_funnel").id, "search")[
            "arch"
        ]

        self.assertIn("class_group_id", arch)
        domain = [("partner_id.commercial_partner_id.class_group_id", "ilike", "alpha hold")]
        self.assertEqual(self._count(domain, leads), 3)

    def test_trace_names_who_took_the_deal_over_in_the_middle_of_a_stage(self):
        lead = self._create_lead()
        lead.stage_id = self._stage(self.goods, "Offer")
        lead.user_id = self.rival
        self.env.flush_all()
        lead.stage_id = self._stage(self.goods, "Deal")
        lead.user_id = self.head

        events = lead.with_user(self.head).status_event_ids.sorted("id")
        self.assertEqual(
            [(event.owner_id, event.passed_to_id) for event in events],
            [
                (self.seller, self.env["res.users"]),
                (self.seller, self.rival),
                (self.rival, self.head),
            ],
        )
