from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.paydox_funnel.tests.common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestDealsOfCard(PaydoxFunnelCase):
    """Deals on the card of a counterparty, and people on the card of a deal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.env["res.partner"].create({"name": "Firm", "is_company": True})
        cls.anna = cls.env["res.partner"].create({"name": "Anna", "parent_id": cls.firm.id, "function": "Head"})
        cls.lead = cls._create_lead(cls.goods, "Call", partner_id=cls.anna.id, name="Ten lorries")

    def _get_items(self, user):
        return self.firm.with_user(user).get_timeline(kinds=["deal"])["items"]

    def test_each_change_of_the_status_is_in_the_timeline(self):
        self.lead.with_user(self.seller).stage_id = self._stage(self.goods, "Deal")
        self.env.flush_all()

        items = self._get_items(self.seller)

        self.assertEqual([item["text"] for item in items], ["Deal won", "Deal created"])
        self.assertEqual({item["title"] for item in items}, {"Ten lorries"})

    def test_deals_of_others_are_hidden(self):
        self.lead.message_post(body="About lorries", message_type="comment", subtype_xmlid="mail.mt_comment")

        self.assertFalse(self._get_items(self.rival))
        self.assertFalse(self._get_items(self.outsider))
        for user in (self.rival, self.outsider):
            self.assertNotIn("orries", str(self.firm.with_user(user).get_timeline()))
        self.assertIn("About lorries", str(self.firm.with_user(self.seller).get_timeline()))

    def test_deal_stands_in_the_work_of_its_owner(self):
        work = self.env["paydox.partner.work"]
        domain = [("partner_id", "child_of", self.firm.ids), ("lead_id", "!=", False)]

        row = work.with_user(self.seller).search(domain)

        self.assertEqual((row.kind, row.status, row.subject), ("deal", "open", "Ten lorries"))
        self.assertFalse(work.with_user(self.rival).search(domain))
        blocks = self.firm.with_user(self.seller).get_card_summary()["blocks"]
        deals = next(block for block in blocks if block["code"] == "deals")
        self.assertEqual([row["count"] for row in deals["rows"]], [1, 0, 0])

    def test_deal_is_decided_in_the_list(self):
        route = self.env["paydox.route"].create(
            {
                "name": "Deals",
                "res_model": "crm.lead",
                "step_ids": [(0, 0, {"name": "Head", "user_ids": [(6, 0, self.head.ids)]})],
            }
        )
        route.action_publish()
        self.goods.route_id = route
        self.lead.with_user(self.seller).action_request_approval()
        self.env.flush_all()
        row = (
            self.env["paydox.partner.work"]
            .with_user(self.head)
            .search([("partner_id", "child_of", self.firm.ids), ("kind", "=", "deal_decision")])
        )

        row.action_agree()

        self.assertEqual(self.lead.approval_state, "approved")

    def test_new_deal_is_for_those_who_may_create_one(self):
        context = self.firm.with_user(self.seller).action_new_deal()["context"]
        self.assertEqual(context["default_partner_id"], self.firm.id)
        with self.assertRaises(AccessError):
            self.firm.with_user(self.outsider).action_new_deal()

    def test_deal_names_who_decides_and_who_of_us_knows_them(self):
        colleague = self.head.partner_id
        relation, types = self.env["paydox.relation"], "paydox_crm.paydox_relation_type_"
        relation.create(
            {"source_id": self.anna.id, "type_id": self.env.ref(f"{types}decides").id, "target_id": self.firm.id}
        )
        relation.create(
            {"source_id": colleague.id, "type_id": self.env.ref(f"{types}knows").id, "target_id": self.anna.id}
        )
        secret = relation.create(
            {"source_id": colleague.id, "type_id": self.env.ref(f"{types}relative").id, "target_id": self.anna.id}
        )
        ended = relation.create(
            {
                "source_id": self.env["res.partner"].create({"name": "Former"}).id,
                "type_id": self.env.ref(f"{types}decides").id,
                "target_id": self.firm.id,
                "date_to": "2020-01-01",
            }
        )

        people = self.lead.with_user(self.seller).decision_makers

        self.assertTrue(secret.is_sensitive and ended.is_ended)
        self.assertEqual([(person["name"], person["function"]) for person in people], [("Anna", "Head")])
        self.assertEqual(people[0]["known_by"], [{"name": colleague.name, "relation": "knows"}])

    def test_people_of_many_deals_cost_as_many_queries_as_those_of_one(self):
        leads = self.lead
        for number in range(10):
            firm = self.env["res.partner"].create({"name": f"Firm {number}", "is_company": True})
            leads |= self._create_lead(self.goods, partner_id=firm.id)
        self.env.flush_all()

        def count_queries(records):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.with_user(self.seller).mapped("decision_makers")
            return self.cr.sql_log_count - before

        count_queries(leads)
        self.assertLessEqual(count_queries(leads), count_queries(self.lead) + 1)

    def test_who_sees_own_counterparties_only_sees_those_of_his_deals(self):
        self.seller.write({"group_ids": [(4, self.env.ref("paydox_crm.paydox_crm_group_own_contacts").id)]})
        stranger = self.env["res.partner"].create({"name": "Stranger"})

        self.assertEqual(self.anna.with_user(self.seller).read(["name"])[0]["name"], "Anna")
        with self.assertRaises(AccessError):
            stranger.with_user(self.seller).read(["name"])
