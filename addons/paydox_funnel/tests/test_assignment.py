from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestAssignment(PaydoxFunnelCase):
    def _set_assignment(self, assignment, users):
        self.goods.write({"assignment": assignment, "user_ids": users.ids})

    def _create_free_lead(self):
        return self._create_lead(user=self.env["res.users"])

    def test_in_turn(self):
        self._set_assignment("round_robin", self.seller | self.rival)
        leads = [self._create_free_lead() for _number in range(3)]

        for lead in leads:
            self.goods._assign(lead)

        self.assertEqual([lead.user_id for lead in leads], [self.seller, self.rival, self.seller])

    def test_in_turn_for_a_batch_goes_on_where_it_stopped(self):
        self._set_assignment("round_robin", self.seller | self.rival)
        first, batch = self._create_free_lead(), self._create_free_lead() | self._create_free_lead()

        self.goods._assign(first)
        self.goods._assign(batch)

        self.assertEqual([lead.user_id for lead in first | batch], [self.seller, self.rival, self.seller])

    def test_always_the_same_person(self):
        self._set_assignment("fixed", self.rival)
        leads = self._create_free_lead() | self._create_free_lead()

        self.goods._assign(leads)

        self.assertEqual(leads.user_id, self.rival)

    def test_who_has_the_fewest_open_deals(self):
        self._set_assignment("least_loaded", self.seller | self.rival)
        for _number in range(2):
            self._create_lead(user=self.seller)
        self._create_lead(user=self.rival).action_set_lost()
        leads = self._create_free_lead() | self._create_free_lead() | self._create_free_lead()

        self.goods._assign(leads)

        self.assertEqual([lead.user_id for lead in leads], [self.rival, self.rival, self.seller])

    def test_person_is_notified(self):
        self._set_assignment("fixed", self.seller)
        lead = self._create_free_lead()

        self.goods.with_context(tracking_disable=False)._assign(lead.with_context(tracking_disable=False))

        self.assertIn(self.seller.partner_id, lead.message_partner_ids)
        notices = self.env["mail.notification"].search([("res_partner_id", "=", self.seller.partner_id.id)])
        self.assertEqual(notices.mail_message_id.mapped("res_id"), lead.ids)

    def test_archived_people_get_nothing_and_the_leader_is_asked(self):
        self._set_assignment("fixed", self.rival)
        team = self.env["crm.team"].create({"name": "East", "user_id": self.head.id})
        lead = self._create_free_lead()
        lead.team_id = team
        self.rival.active = False

        self.assertFalse(self.goods._assign(lead))

        self.assertFalse(lead.user_id)
        self.assertEqual(lead.activity_ids.user_id, self.head)

    def test_deal_without_a_team_waits_and_a_head_is_asked_by_name(self):
        """The leader of a team of the type, else a sales manager: never nobody."""
        self._set_assignment("fixed", self.rival)
        self.rival.active = False
        self._create_rule(action="assign")
        manager = self._create_free_lead()
        manager.team_id = False
        self._dispatch(f"deal.created:{manager.id}")
        self.goods.team_ids = self.env["crm.team"].create({"name": "East", "user_id": self.head.id})
        leader = self._create_free_lead()
        leader.team_id = False
        self._dispatch(f"deal.created:{leader.id}")

        self.assertFalse((manager | leader).user_id)
        self.assertTrue(manager.activity_ids.user_id.has_group("sales_team.group_sale_manager"))
        self.assertEqual(leader.activity_ids.user_id, self.head)
        self.assertIn(leader, self.env["crm.lead"].with_user(self.head).search([("user_id", "=", False)]))
        run = self.env["paydox.rule.run"].search([("lead_id", "=", leader.id)])
        self.assertIn(self.head.name, run.message)

    def test_button_assigns(self):
        self._set_assignment("fixed", self.rival)
        lead = self._create_free_lead()

        lead.with_user(self.head).action_assign()

        self.assertEqual(lead.user_id, self.rival)

    def test_button_says_when_the_type_does_not_assign(self):
        with self.assertRaises(UserError):
            self._create_free_lead().with_user(self.head).action_assign()

    def test_assignment_needs_people(self):
        with self.assertRaises(ValidationError):
            self.goods.assignment = "round_robin"
        with self.assertRaises(ValidationError):
            self._set_assignment("fixed", self.seller | self.rival)
