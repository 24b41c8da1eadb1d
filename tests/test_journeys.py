"""Stories that go through all addons, each step by the person concerned."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from odoo.addons.paydox_website.tests.common import PaydoxOrderCase

from .common import SuiteHttpCase


class TestOrderJourney(SuiteHttpCase, PaydoxOrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "tour_manager",
            groups="sales_team.group_sale_salesman,base.group_partner_manager",
            email="m@t.example",
        )
        cls.director = new_test_user(cls.env, "edms_director", groups="base.group_user", email="d@t.example")
        cls.head = new_test_user(cls.env, "tour_head", groups="sales_team.group_sale_manager", email="h@t.example")
        cls.agreed = cls.env["paydox.deal.status"].create(
            {"name": "Journey agreed", "code": "journey_agreed", "sequence": 45}
        )
        cls.deal_type = cls._create_pipeline("journey_goods", "New", "Contract agreed", "Delivered")
        cls.deal_type.write({"assignment": "fixed", "user_ids": [(6, 0, cls.manager.ids)]})
        for code in ("journey_services", "journey_projects"):
            other = cls._create_pipeline(code, "Request", "Agreement", "Done")
            cls.env["crm.lead"].create({"name": f"Deal of {code}", "type": "opportunity", "deal_type_id": other.id})
        cls.kind = cls.env["paydox.document.kind"].create(
            {
                "name": "Journey contract",
                "code": "JRN",
                "number_pattern": "JRN-{year}/{seq:04}",
                "route_id": cls._create_route().id,
            }
        )
        cls.rule = cls.env["paydox.rule"].create(
            {
                "name": "Contract approved",
                "event_name": "document.approved",
                "kind_id": cls.kind.id,
                "status_id": cls.agreed.id,
            }
        )
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "Tour Romashka",
                "is_company": True,
                "legal_name": "LLC Tour Romashka",
                "email": "tour@customer.example",
            }
        )
        cls.env.flush_all()
        # The counterparty has been known for a month.
        cls.env.cr.execute(
            "UPDATE paydox_partner_requisites SET valid_from = valid_from - 30 WHERE partner_id = %s", [cls.partner.id]
        )
        cls.env.invalidate_all()
        cls.order_form = cls._create_form(
            slug="tour-television", consent_text="I agree.", deal_type_id=cls.deal_type.id
        )

    @classmethod
    def _create_pipeline(cls, code, *names):
        statuses = cls.env["paydox.deal.status"].search([("code", "in", ("new", "won"))]).grouped("code")
        by_position = (statuses["new"], cls.agreed, statuses["won"])
        return cls.env["paydox.deal.type"].create(
            {
                "name": code,
                "code": code,
                "active": True,
                "stage_ids": [
                    (
                        0,
                        0,
                        {"name": name, "sequence": position, "status_id": status.id, "is_won": status.outcome == "won"},
                    )
                    for position, (name, status) in enumerate(zip(names, by_position, strict=True))
                ],
            }
        )

    @classmethod
    def _create_route(cls):
        route = cls.env["paydox.route"].create(
            {"name": "Journey", "step_ids": [(0, 0, {"name": "Director", "user_ids": [(6, 0, cls.director.ids)]})]}
        )
        route.action_publish()
        return route

    def test_an_order_becomes_a_deal_a_contract_and_a_layer_of_the_funnel(self):
        lead = self._visitor_orders()
        self._manager_renames_the_counterparty()
        document = self._manager_draws_up_the_contract(lead)
        self._manager_forges_a_decision(document)
        self._director_agrees(document)
        self._rule_moves_the_deal_once(lead, document)
        self._head_reads_the_funnel(lead)

    def _visitor_orders(self):
        self.start_tour("/order/tour-television", "paydox_website_order_tour", login=None)

        lead = self.env["crm.lead"].search([("order_form_id", "=", self.order_form.id)])
        self.assertRecordValues(
            lead,
            [
                {
                    "deal_type_id": self.deal_type.id,
                    "partner_id": self.partner.id,
                    "user_id": self.manager.id,
                    "order_product": "Television 75",
                    "order_quantity": 2,
                }
            ],
        )
        self.assertEqual(lead.deal_status_id.code, "new")
        self.assertEqual(lead.activity_ids.user_id, self.manager)
        self.assertEqual(len(lead.status_event_ids), 1)
        return lead

    def _manager_renames_the_counterparty(self):
        self.start_tour(f"/odoo/contacts/{self.partner.id}", "paydox_crm_rename_tour", login="tour_manager")

        states = self.partner.requisites_ids.filtered(lambda state: not state.superseded).sorted("valid_from")
        self.assertEqual([state.snapshot["legal_name"] for state in states], ["LLC Tour Romashka", "LLC Tour Lotos"])
        self.assertEqual(states[-1].create_uid, self.manager)

    def _manager_draws_up_the_contract(self, lead):
        self.start_tour(f"/odoo/deals/{lead.id}", "paydox_journey_manager", login="tour_manager")

        document = lead.document_ids
        self.assertRecordValues(
            document,
            [{"state": "review", "partner_id": self.partner.id, "author_id": self.manager.id, "kind_id": self.kind.id}],
        )
        self.assertTrue(document.number.startswith("JRN-"))
        self.assertEqual(document.current_version_id.filename, "contract.txt")
        self.assertRecordValues(
            document.approval_id.line_ids, [{"user_id": self.director.id, "state": "pending", "decided_by_id": False}]
        )
        return document

    def _manager_forges_a_decision(self, document):
        line = document.approval_id.line_ids.with_user(self.manager)
        with self.assertRaises(AccessError):
            line.write({"state": "agreed"})
        with self.assertRaises(AccessError):
            document.with_user(self.manager).action_agree()
        self.assertEqual(document.state, "review")

    def _director_agrees(self, document):
        self.start_tour("/odoo/to-decide", "paydox_edms_director_agrees", login="edms_director")

        self.assertEqual(document.state, "approved")
        self.assertEqual(document.approval_id.line_ids.decided_by_id, self.director)

    def _rule_moves_the_deal_once(self, lead, document):
        for _again in range(2):
            self.env.ref("paydox_edms.ir_cron_dispatch_events").method_direct_trigger()

        self.assertEqual(lead.deal_status_id, self.agreed)
        self.assertEqual(lead.stage_id.name, "Contract agreed")
        self.assertRecordValues(lead.status_event_ids.sorted("id"), [{"origin": "stage"}, {"origin": "rule"}])
        run = self.env["paydox.rule.run"].search([("rule_id", "=", self.rule.id)])
        self.assertRecordValues(run, [{"state": "done", "lead_id": lead.id}])
        told = lead.message_ids.filtered(lambda message: "Contract approved" in (message.body or ""))
        self.assertEqual(len(told), 1)

    def _head_reads_the_funnel(self, lead):
        self.start_tour("/odoo/funnel", "paydox_journey_head", login="tour_head")

        funnel = (
            self.env["paydox.funnel"]
            .with_user(self.head)
            .get_funnel([("deal_type_id.code", "like", "journey")], breakdown="deal_type_id")
        )
        layer = next(layer for layer in funnel["layers"] if layer["status_id"] == self.agreed.id)
        self.assertEqual((layer["count"], layer["reached"], funnel["cohort"]), (1, 1, 3))
        self.assertEqual(self.env["crm.lead"].with_user(self.head).search(layer["domain"]), lead)
