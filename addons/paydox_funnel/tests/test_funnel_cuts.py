from ast import literal_eval
from datetime import timedelta

from odoo import fields
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

    def test_deals_beyond_the_norm_of_their_stage_without_paused_ones(self):
        """A stage without a norm has no such deals."""
        today = fields.Date.today()
        names = ("late", "paused", "was paused", "fresh", "no norm")
        late, paused, back, fresh, free = leads = self.env["crm.lead"].union(
            *(self._create_lead(name=n) for n in names)
        )
        self._stage(self.goods, "Call").rotting_threshold_days = 5
        free.stage_id = self._stage(self.goods, "Offer")
        paused.with_user(self.seller).paused_until = today
        back.with_user(self.seller).paused_until = today - timedelta(days=1)
        self.env.flush_all()
        old = tuple((leads - fresh).ids)
        self.env.cr.execute(
            """
            UPDATE crm_lead SET date_last_stage_update = date_last_stage_update - interval '40 days' WHERE id IN %(ids)s;
            UPDATE paydox_deal_status_event SET occurred_at = occurred_at - interval '40 days' WHERE lead_id IN %(ids)s
            """,
            {"ids": old},
        )
        self.env.invalidate_all()
        search = self.env["crm.lead"].with_user(self.head).search

        self.assertEqual(search([("id", "in", leads.ids), ("is_rotting", "=", True)]), (late | back).sorted("id desc"))
        self.assertEqual([lead.name for lead in leads if lead.is_rotting], ["late", "was paused"])

    def test_funnel_does_not_call_a_paused_deal_stuck(self):
        today = fields.Date.today()
        leads = self.env["crm.lead"].union(*(self._create_lead() for _index in range(7)))
        leads[1].paused_until = today + timedelta(days=9)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE paydox_deal_status_event SET occurred_at = occurred_at - make_interval(days => CASE WHEN lead_id IN %s "
            "THEN 40 ELSE 2 END) WHERE lead_id IN %s",
            (tuple(leads[:2].ids), tuple(leads.ids)),
        )
        self.env.invalidate_all()

        [row] = self.env["paydox.funnel"].with_user(self.head).get_insights([("id", "in", leads.ids)])["stuck"]

        self.assertEqual(row["count"], 1)
        self.assertEqual(self.env["crm.lead"].with_user(self.head).search(row["domain"]), leads[0])

    def test_results_by_person_and_reason_count_a_deal_that_came_back_once(self):
        reason = self.env["crm.lost.reason"].create({"name": "Test price"})
        lost, won, runs, away = (self._create_lead() for _index in range(4))
        for lead in (lost, won):
            lead.action_set_lost(lost_reason_id=reason.id)
        won.action_unarchive()
        won.action_set_won()
        # Odoo takes an archived deal without any chance for a lost one.
        away.write({"probability": 40, "active": False})
        action = self.env.ref("paydox_funnel.crm_lead_action_result")
        domain = [*literal_eval(action.domain), ("id", "in", (lost | won | runs | away).ids)]
        leads = self.env["crm.lead"].with_context(**literal_eval(action.context))

        rows = leads.with_user(self.head)._read_group(domain, ["user_id", "won_status", "lost_reason_id"], ["__count"])

        none = reason.browse()
        self.assertCountEqual(
            rows,
            [
                (self.seller, "lost", reason, 1),
                (self.seller, "won", none, 1),
                (self.seller, "pending", none, 1),
            ],
        )
        self.assertFalse(leads.with_user(self.rival).search_count(domain))

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
