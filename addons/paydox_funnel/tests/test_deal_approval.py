from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestDealApproval(PaydoxFunnelCase):
    """The engine of routes on deals. ``director`` and ``stranger`` are employees without any right in CRM."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = new_test_user(cls.env, "deal_director", groups="base.group_user", name="Director")
        cls.stranger = new_test_user(cls.env, "deal_stranger", groups="base.group_user")
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.goods.route_id = cls._create_route({"users": cls.director})
        cls.lead = cls._create_lead(name="Pumps", expected_revenue=500, partner_id=cls.customer.id)

    @classmethod
    def _create_route(cls, *steps, publish=True, **overrides):
        commands = []
        for position, step in enumerate(steps):
            vals = {"name": f"Step {position + 1}", "sequence": position} | step
            if "users" in vals:
                vals["user_ids"] = [Command.set(vals.pop("users").ids)]
            commands.append(Command.create(vals))
        vals = {"name": "Route of deals", "res_model": "crm.lead", "step_ids": commands} | overrides
        route = cls.env["paydox.route"].create(vals)
        if publish:
            route.action_publish()
        return route

    def _send(self, lead=None):
        lead = (lead or self.lead).with_user(self.seller)
        lead.action_request_approval()
        return lead

    # === VERBS ===#

    def test_seller_sends_and_director_agrees(self):
        lead = self._send()
        self.assertEqual(lead.approval_state, "running")
        self.assertFalse(lead.can_decide)
        self.assertFalse(lead.can_request_approval)

        lead.with_user(self.director).action_agree("Good price")

        self.assertEqual(lead.approval_state, "approved")
        self.assertEqual(lead.approval_ids.line_ids.comment, "Good price")
        event = self.env["paydox.event"].search([("name", "=", "deal.approved"), ("res_id", "=", lead.id)])
        self.assertEqual(len(event), 1)

    def test_approved_deal_is_moved_by_a_rule(self):
        self._create_rule(event_name="deal.approved")
        lead = self._send()
        lead.with_user(self.director).action_agree()

        self._dispatch(f"deal.approved:{lead.id}:{lead.approval_id.id}")

        self.assertEqual(lead.deal_status_id, self.status["contract"])

    def test_refused_deal_can_be_sent_again_and_every_round_is_kept(self):
        lead = self._send()
        with self.assertRaises(UserError):
            lead.with_user(self.director).action_refuse(" ")
        lead.with_user(self.director).action_refuse("Too cheap")
        self.assertEqual(lead.approval_state, "rejected")

        self._send()

        self.assertEqual(lead.approval_ids.sorted("round").mapped("state"), ["rejected", "running"])
        self.assertTrue(self.env["paydox.event"].search([("name", "=", "deal.refused"), ("res_id", "=", lead.id)]))

    def test_team_leader_and_salesperson_are_found(self):
        self.lead.team_id.user_id = self.head
        self.goods.route_id = self._create_route({"approver_kind": "field", "approver_field": "team_leader"})

        lead = self._send()

        self.assertEqual(lead.sudo().approval_id.line_ids.user_id, self.head)

    def test_seller_does_not_approve_his_own_deal(self):
        self.goods.route_id = self._create_route({"users": self.seller})

        with self.assertRaises(UserError):
            self._send()

    def test_deal_without_a_route_cannot_be_sent(self):
        lead = self._create_lead(self.project)
        self.assertFalse(lead.with_user(self.seller).can_request_approval)

        with self.assertRaises(UserError):
            self._send(lead)

    def test_lost_deal_cannot_be_sent(self):
        self.lead.action_set_lost()

        with self.assertRaises(UserError):
            self._send()

    def test_rival_may_not_send_nor_withdraw(self):
        with self.assertRaises(AccessError):
            self.lead.with_user(self.rival).action_request_approval()
        self._send()
        for user in (self.rival, self.stranger, self.director):
            with self.assertRaises(AccessError):
                self.lead.with_user(user).action_withdraw()

        self.lead.with_user(self.seller).action_withdraw()

        self.assertEqual(self.lead.approval_state, "withdrawn")

    # === LOCK ===#

    def test_what_is_agreed_is_locked_while_the_round_runs(self):
        self.goods.locked_field_ids = self.env["ir.model.fields"]._get("crm.lead", "description")
        lead = self._send()
        other = self.env["res.partner"].create({"name": "Other"})
        for user in (self.seller, self.boss, self.env.user):
            for vals in (
                {"expected_revenue": 1},
                {"partner_id": other.id},
                {"description": "Changed"},
                {"deal_type_id": self.project.id},
            ):
                with self.subTest(user=user.login, vals=vals), self.assertRaises(UserError):
                    lead.with_user(user).write(vals)

        lead.write({"expected_revenue": 500, "partner_id": self.customer.id, "priority": "2"})
        lead.with_user(self.seller).action_withdraw()
        lead.write({"expected_revenue": 400, "description": "Changed"})

        self.assertEqual(lead.expected_revenue, 400)

    def test_salesperson_opens_the_card_of_a_type(self):
        self.goods.locked_field_ids = self.env["ir.model.fields"]._get("crm.lead", "description")

        card = Form(self.goods.with_user(self.seller))

        self.assertEqual(card.name, self.goods.name)

    def test_deal_with_a_round_is_not_deleted(self):
        self._send()
        with self.assertRaises(UserError):
            self.lead.with_user(self.boss).unlink()
        self.lead.with_user(self.seller).action_withdraw()
        with self.assertRaises(UserError):
            self.lead.sudo().unlink()

        self.assertEqual(self.lead.approval_ids.state, "withdrawn")

    # === ACCESS ===#

    def test_director_reads_the_deal_while_he_is_asked_only(self):
        lead = self.lead.with_user(self.director)
        self.assertFalse(lead.has_access("read"))
        self._send()
        view = self.env["crm.lead"].with_user(self.director).get_view(view_type="form")
        names = {node.get("name") for node in etree.fromstring(view["arch"]).xpath("//field[not(ancestor::field)]")}

        lead.invalidate_recordset()
        values = lead.web_read({name: {} for name in names if name in lead._fields})

        self.assertEqual(values[0]["expected_revenue"], 500)
        self.assertIn("approval_ids", names)
        self.assertEqual(self.env["crm.lead"].with_user(self.director).search([]), self.lead)
        with self.assertRaises(AccessError):
            lead.write({"description": "x"})
        lead.action_agree()
        self.assertFalse(lead.has_access("read"))

    def test_sheet_is_read_by_those_who_read_the_deal(self):
        lead = self._send()
        approval = lead.sudo().approval_id
        rows = (approval, approval.step_ids, approval.line_ids, approval.decision_ids)
        for user, count in ((self.seller, 1), (self.head, 1), (self.boss, 1), (self.rival, 0), (self.stranger, 0)):
            for row in rows:
                with self.subTest(user=user.login, model=row._name):
                    found = row.with_user(user).search([("id", "in", row.ids)])
                    self.assertEqual(len(found), count)
                    self.assertEqual(len(row.with_user(user)._filtered_access("read")), count)

    def test_sheet_leads_to_the_deal(self):
        approval = self._send().sudo().approval_id

        self.assertEqual(approval.with_user(self.seller).action_open_record()["res_id"], self.lead.id)
        with self.assertRaises(AccessError):
            approval.with_user(self.rival).action_open_record()

    def test_rows_of_deals_are_not_written_by_rpc(self):
        lead = self._send()
        approval = lead.sudo().approval_id
        for user in (self.seller, self.boss, self.director, self.env.ref("base.user_admin")):
            for row in (approval, approval.step_ids, approval.line_ids, approval.decision_ids):
                with self.subTest(user=user.login, model=row._name):
                    with self.assertRaises(AccessError):
                        row.with_user(user).write({"state": "approved"} if "state" in row else {"comment": "x"})
                    with self.assertRaises(AccessError):
                        row.with_user(user).unlink()
            with self.assertRaises(AccessError):
                lead.with_user(user).write({"approval_ids": [Command.update(approval.id, {"state": "approved"})]})

    def test_stranger_decides_nothing(self):
        lead = self._send()
        for user in (self.stranger, self.rival, self.seller, self.boss):
            with self.assertRaises(AccessError):
                lead.with_user(user).action_agree()

        self.assertEqual(lead.approval_state, "running")

    def test_deal_stands_in_the_inbox_of_the_director(self):
        self._send()

        line = self.env["paydox.approval.line"].with_user(self.director).search([("can_decide", "=", True)])

        self.assertEqual(line.record_name, "Pumps")
        line.action_agree()
        self.assertEqual(self.lead.approval_state, "approved")

    # === SETTINGS ===#

    def test_route_of_documents_does_not_serve_deals(self):
        documents = self._create_route({"users": self.director}, res_model="paydox.document")
        draft = self._create_route({"users": self.director}, publish=False)
        for route in (documents, draft):
            with self.assertRaises(ValidationError):
                self.goods.route_id = route
        with self.assertRaises(ValidationError):
            self.env["paydox.document.kind"].create({"name": "K", "code": "KX", "route_id": self.goods.route_id.id})

    def test_condition_is_about_the_fields_of_deals(self):
        with self.assertRaises(ValidationError):
            self._create_route({"users": self.director, "condition": "[('confidentiality', '=', 'open')]"})
        self.goods.route_id = self._create_route(
            {"users": self.head, "condition": "[('expected_revenue', '>', 1000)]"}, {"users": self.director}
        )

        lead = self._send()

        self.assertEqual(lead.sudo().approval_id.line_ids.user_id, self.director)

    def test_next_revision_takes_the_place_of_the_former(self):
        draft = self.env["paydox.route"].browse(self.goods.route_id.action_new_revision()["res_id"])

        draft.action_publish()

        self.assertEqual(self.goods.route_id, draft)
