from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestSecurity(PaydoxFunnelCase):
    def _get_attackers(self):
        admin = self.env.ref("base.user_admin")
        return [self.seller, self.head, self.boss, admin]

    def test_nobody_writes_the_status_of_a_deal(self):
        lead = self._create_lead()
        event = lead.status_event_id
        forged = [
            {"deal_status_id": self.status["won"].id},
            {"reached_status_id": self.status["won"].id},
            {"manual_status_id": self.status["won"].id},
            {"lost_status_id": self.status["lost"].id},
            {"status_event_id": False},
            {"status_event_ids": [Command.delete(event.id)]},
            {"status_event_ids": [Command.create({"to_status_id": self.status["won"].id})]},
        ]

        for user in self._get_attackers():
            for values in forged:
                with self.subTest(user=user.login, values=values):
                    with self.assertRaises(AccessError):
                        lead.with_user(user).write(values)
                    with self.assertRaises(AccessError):
                        self.env["crm.lead"].with_user(user).create({"name": "Deal", **values})
                    with self.assertRaises(AccessError):
                        lead.with_user(user).web_save(values, {"name": {}})
        self.assertHistory(lead, "new")

    def test_not_even_the_superuser_writes_the_status_of_a_deal(self):
        lead = self._create_lead()

        with self.assertRaises(AccessError):
            lead.sudo().write({"deal_status_id": self.status["won"].id})

    def test_no_default_gives_a_deal_a_status(self):
        won = self.status["won"]
        self.env["ir.default"].with_user(self.seller).set("crm.lead", "manual_status_id", won.id, user_id=True)
        forged = {f"default_{name}": won.id for name in ("deal_status_id", "manual_status_id", "reached_status_id")}

        lead = (
            self.env["crm.lead"]
            .with_user(self.seller)
            .with_context(**forged)
            .create({"name": "Deal", "deal_type_id": self.goods.id})
        )

        self.assertHistory(lead, "new")
        self.assertEqual(lead.reached_status_id, self.status["new"])

    def test_no_context_forges_the_origin(self):
        lead = self._create_lead().with_user(self.seller)

        lead.with_context(origin="rule", paydox_origin="rule", change={"origin": "rule"}).set_deal_status("offer")

        self.assertEqual(lead.status_event_id.origin, "manual")

    def test_nobody_touches_the_history_or_the_ledger(self):
        lead = self._create_lead()
        event = lead.status_event_id
        self._create_rule()
        other = self._create_lead()
        self._dispatch(f"deal.created:{other.id}")
        run = self.env["paydox.rule.run"].search([("lead_id", "=", other.id)])
        self.assertEqual(run.state, "done")

        for user in self._get_attackers():
            for record in (event, run):
                record = record.with_user(user)
                with self.subTest(user=user.login, model=record._name):
                    for attack in (
                        lambda record=record: record.write({"create_uid": 1}),
                        lambda record=record: record.unlink(),
                        lambda record=record: record.copy(),
                        lambda record=record, lead=lead: record.create({"lead_id": lead.id, "state": "done"}),
                    ):
                        with self.assertRaises(AccessError):
                            attack()

    def test_one_open_event_for_a_deal_is_a_fact_of_the_database(self):
        event = self._create_lead().status_event_id

        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            event.copy_data()
            self.env["paydox.deal.status.event"].sudo().create(event.copy_data()[0])
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.env.cr.execute(
                "UPDATE paydox_deal_status_event SET left_at = occurred_at - interval '1 day' WHERE id = %s",
                (event.id,),
            )

    def test_history_is_read_by_those_who_read_the_deal(self):
        own, foreign = self._create_lead(), self._create_lead(user=self.rival)
        free = self._create_lead(user=self.env["res.users"])
        events = (own | foreign | free).status_event_id
        visible = {self.seller: own | free, self.rival: foreign | free, self.head: own | foreign | free}

        for user, leads in visible.items():
            found = self.env["paydox.deal.status.event"].with_user(user).search([("id", "in", events.ids)])
            self.assertEqual(found.lead_id, leads.with_user(user))
        with self.assertRaises(AccessError):
            self.env["paydox.deal.status.event"].with_user(self.outsider).search([])

    def test_history_of_another_company_is_not_read(self):
        company = self.env["res.company"].create({"name": "Other"})
        lead = self._create_lead(user=self.env["res.users"], company_id=company.id, team_id=False)
        self.assertEqual(lead.company_id, company)

        found = self.env["paydox.deal.status.event"].with_user(self.boss).search([("lead_id", "=", lead.id)])

        self.assertFalse(found)

    def test_matrix(self):
        expected = {
            "paydox.deal.status": {"outsider": "r", "seller": "r", "boss": "rwcu"},
            "paydox.deal.type": {"outsider": "r", "seller": "r", "boss": "rwcu"},
            "paydox.deal.status.event": {"outsider": "", "seller": "r", "boss": "r"},
            "paydox.rule": {"outsider": "", "seller": "r", "boss": "rwcu"},
            "paydox.rule.run": {"outsider": "", "seller": "r", "boss": "r"},
        }
        for model, rights in expected.items():
            for name, letters in rights.items():
                for letter, operation in zip("rwcu", ("read", "write", "create", "unlink"), strict=True):
                    with self.subTest(model=model, user=name, operation=operation):
                        allowed = self.env[model].with_user(getattr(self, name)).has_access(operation)
                        self.assertEqual(allowed, letter in letters)
