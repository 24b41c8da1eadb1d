from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PaydoxFunnelCase

MAIL = """Message-Id: <{key}@client.example>
From: {sender}
To: deals@company.example
Subject: We want to order
Content-Type: text/plain

Please call us.
"""


@tagged("post_install", "-at_install")
class TestBinding(PaydoxFunnelCase):
    """Whatever way a deal comes, it is bound to the counterparty that is surely meant; else a person chooses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.ro")
        cls.client = cls.env["res.partner"].create(
            {"name": "Romashka", "is_company": True, "email": "info@romashka.example", "vat": "RO18547290"}
        )
        cls.anna = cls.env["res.partner"].create(
            {
                "name": "Anna",
                "parent_id": cls.client.id,
                "email": "anna@romashka.example",
                "phone": "+40 21 311 22 33",
            }
        )

    def _receive(self, sender, key="one"):
        lead_id = self.env["mail.thread"].message_process("crm.lead", MAIL.format(sender=sender, key=key))
        return self.env["crm.lead"].browse(lead_id)

    def _create_as(self, user, **values):
        return self.env["crm.lead"].with_user(user).create({"name": "Deal", "type": "opportunity", **values})

    # === SOURCES ===#

    def test_deal_of_every_source_is_bound_by_what_the_client_gave(self):
        by_mail = self._receive("Anna <anna@romashka.example>")
        by_hand = self._create_as(self.seller, phone="021 311 2233")
        by_number = self._create_as(self.seller, partner_vat="18547290")
        imported = self.env["crm.lead"].with_user(self.boss)
        rows = imported.load(["name", "email_from", "type"], [["Deal", "Anna@Romashka.example", "opportunity"]])
        by_import = imported.browse(rows["ids"])

        for lead in (by_mail, by_hand, by_import):
            self.assertEqual(lead.partner_id, self.anna)
        self.assertEqual(by_number.partner_id, self.client)
        self.assertIn("Bound to", "".join(by_hand.message_ids.mapped("body")))

    def test_note_is_in_the_language_of_who_works_with_the_deal(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        self.env["res.lang"]._activate_lang("ru_RU")
        self.seller.lang = "ro_RO"
        self.boss.lang = "ru_RU"
        self.env.company.partner_id.lang = "ru_RU"
        leads = self.env["crm.lead"].with_user(self.boss).with_context(lang="en_US")

        of_seller, of_nobody = leads.create(
            [
                {"name": "Deal", "type": "opportunity", "email_from": "anna@romashka.example", "user_id": user}
                for user in (self.seller.id, False)
            ]
        )

        langs = [lead._get_readers_lang() for lead in (of_seller, of_nobody)]
        self.assertEqual(langs, ["ro_RO", "ru_RU"])
        for lead, lang in zip((of_seller, of_nobody), langs, strict=True):
            words = (
                self.env["crm.lead"]
                .with_context(lang=lang)
                .env._(
                    "Bound to %(partner)s: it has the same e-mail, phone or tax number.",
                    partner=lead.partner_id.display_name,
                )
            )
            self.assertIn(words, "".join(lead.message_ids.mapped("body")))

    def test_what_the_client_typed_stays_and_his_card_is_not_changed(self):
        lead = self._create_as(self.seller, email_from="anna@romashka.example", phone="+40744111222")

        self.assertEqual((lead.partner_id, lead.phone), (self.anna, "+40744111222"))
        self.assertEqual(self.anna.phone, "+40 21 311 22 33")

    def test_empty_fields_come_from_the_card(self):
        lead = self._create_as(self.seller, phone="+40 21 311 22 33")

        self.assertEqual(lead.email_from, "anna@romashka.example")

    def test_deal_with_a_counterparty_keeps_it(self):
        other = self.env["res.partner"].create({"name": "Other"})
        lead = self._create_as(self.seller, partner_id=other.id, email_from="anna@romashka.example")

        self.assertEqual(lead.partner_id, other)

    # === DOUBT ===#

    def test_shared_mailbox_alone_binds_nobody_also_by_mail(self):
        for lead in (
            self._receive("info@romashka.example"),
            self._create_as(self.seller, email_from="info@romashka.example"),
        ):
            self.assertFalse(lead.partner_id)
            self.assertIn("not sure which one", "".join(lead.message_ids.mapped("body")))
            [row] = lead.with_user(self.boss).counterparty_hint
            self.assertEqual(row["id"], self.client.id)

        sure = self._create_as(self.seller, email_from="info@romashka.example", partner_vat="RO18547290")
        self.assertEqual(sure.partner_id, self.client)

    def test_of_two_matches_the_manager_chooses(self):
        twin = self.env["res.partner"].create({"name": "Twin", "email": "anna@romashka.example"})
        lead = self._receive("anna@romashka.example")
        lead.user_id = self.seller
        lead = lead.with_user(self.seller)
        self.assertFalse(lead.partner_id)
        self.assertEqual({row["id"] for row in lead.counterparty_hint}, {self.anna.id, twin.id})

        lead.action_bind_counterparty(twin.id)

        self.assertEqual(lead.partner_id, twin)
        self.assertFalse(lead.counterparty_hint)

    def test_mail_of_a_colleague_is_bound_to_nobody(self):
        self.assertFalse(self._receive(f"{self.rival.name} <{self.rival.email}>").partner_id)

    # === RIGHTS ===#

    def test_who_may_not_see_a_counterparty_does_not_learn_of_it_by_its_address(self):
        group = self.env["res.groups"].create({"name": "Blind", "user_ids": [Command.set(self.seller.ids)]})
        self.env["ir.rule"].create(
            {
                "name": "Blind",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', 'not in', {[self.anna.id, self.client.id]})]",
                "groups": [Command.set(group.ids)],
            }
        )
        # Rules of groups are joined by OR: only this one holds for him.
        self.env["ir.rule"].search(
            [("model_id.model", "=", "res.partner"), ("groups", "!=", False), ("name", "!=", "Blind")]
        ).active = False

        lead = self._create_as(self.seller, email_from="anna@romashka.example")

        self.assertFalse(lead.partner_id)
        self.assertNotIn("Anna", str(lead.counterparty_hint))
        self.assertNotIn("Anna", "".join(lead.message_ids.mapped("body")))
        with self.assertRaises(AccessError):
            lead.action_bind_counterparty(self.anna.id)

    def test_deal_of_another_is_bound_by_nobody_else(self):
        lead = self._create_lead(email_from="x@y.example")
        with self.assertRaises(AccessError):
            lead.with_user(self.rival).action_bind_counterparty(self.anna.id)
        for value in (0, -1, "1", None, True, 10**12, [self.anna.id]):
            with self.subTest(value=value), self.assertRaises(UserError):
                lead.with_user(self.seller).action_bind_counterparty(value)

    # === SIZE ===#

    def test_a_hundred_deals_cost_as_many_queries_of_the_directory_as_one(self):
        leads = self.env["crm.lead"].with_user(self.boss)
        made = [
            leads.create([{"name": f"{i}", "email_from": f"{i}@nobody.example"} for i in range(n)]) for n in (1, 100)
        ]
        counts = []
        for batch in made:
            self.env.flush_all()
            self.env.invalidate_all()
            batch.mapped("email_from")
            before = self.env.cr.sql_log_count
            batch._find_counterparties()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
