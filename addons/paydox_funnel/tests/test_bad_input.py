import json

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import PaydoxFunnelCase

LONE = "\ud800"
# What is neither a record nor its number, as a client may send it.
JUNK = [True, 1.5, -1, 10**30, "x", "a\0b", LONE, "new", [1], {"id": 1}, {}]


@tagged("post_install", "-at_install")
class TestBadInput(PaydoxFunnelCase):
    """What makes no sense is refused with words that a client can read, by every public name."""

    def assertRefused(self, call, *args, **kwargs):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            call(*args, **kwargs)
        # What cannot be encoded would be an answer without a message.
        json.dumps(str(caught.exception), ensure_ascii=False).encode()
        return str(caught.exception)

    # === FUNNEL ===#

    def test_ends_of_the_calendar_are_refused_as_days(self):
        funnel = self.env["paydox.funnel"].with_user(self.seller)

        for day in ("0001-01-01", "0999-12-31", "9999-12-31", "10000-01-01", LONE):
            for name in ("date_from", "date_to"):
                with self.subTest(day=ascii(day), name=name):
                    self.assertIn("cannot be a day", self.assertRefused(funnel.get_funnel, **{name: day}))
        self.assertEqual(funnel.get_funnel(date_from="1000-01-01", date_to="9998-12-31")["mode"], "cohort")

    def test_filter_that_would_make_the_answer_huge_is_refused(self):
        funnel = self.env["paydox.funnel"].with_user(self.seller)

        for domain in ([("name", "ilike", "x" * 200_001)], [("id", "in", list(range(100_000)))]):
            for call in (funnel.get_funnel, funnel.get_insights, funnel.export_xlsx):
                with self.subTest(call.__name__):
                    self.assertIn("too long", self.assertRefused(call, domain))

    def test_filter_that_cannot_be_read_is_answered_without_the_inside_of_the_server(self):
        funnel = self.env["paydox.funnel"].with_user(self.seller)

        for domain in ([("name", None, 1)], [("name", {"a": 1}, 1)], [("name", "=", {"a": 1})], [("id", "in", [[1]])]):
            with self.subTest(domain):
                message = self.assertRefused(funnel.get_funnel, domain)
                self.assertIn("its form is wrong", message)
                self.assertIn("filter editor", message)
        for domain in ([(LONE, "=", 1)], [("name", "=", LONE)], [("na\0me", "=", 1)], [("name", "=", "\0")]):
            self.assertRefused(funnel.get_funnel, domain)

    def test_filter_that_the_database_cannot_keep_is_refused(self):
        window = self.env["paydox.funnel.send"].with_user(self.seller)
        weekly = self.env["paydox.funnel.subscription"].with_user(self.seller)
        revision = self.env["paydox.deal.type.revision"].with_user(self.boss).create({"deal_type_id": self.goods.id})
        rule = self._create_draft_rule(revision).with_user(self.boss)
        recipients = {"name": "Weekly", "recipient_ids": [Command.set(self.seller.ids)]}

        for text in ("a\0b", LONE):
            query = {"domain": [["name", "=", text]]}
            self.assertRefused(
                window.create, {"subject": "x", "partner_ids": self.seller.partner_id.ids, "query": query}
            )
            self.assertRefused(weekly.create, {**recipients, "domain": f"[('name', '=', '{text}')]"})
            self.assertRefused(rule.write, {"domain": f"[('name', '=', '{text}')]"})

    def test_broken_signs_in_the_texts_of_filters_are_printed(self):
        funnel = self.env["paydox.funnel"].with_user(self.seller)

        self.assertTrue(funnel.export_xlsx(filters=["a\0b", LONE, "\x01", "=1+1"])["content"])
        self.assertIn("?", funnel._render_pdf_html(funnel.get_funnel(), [], None, [LONE]))

    # === DEALS ===#

    def test_status_and_reason_that_make_no_sense_are_refused(self):
        lead = self._create_lead().with_user(self.seller)

        for junk in [value for value in JUNK if value not in ("new",)]:
            with self.subTest(ascii(junk)):
                self.assertIn("no active deal status", self.assertRefused(lead.set_deal_status, junk))
        for reason in (True, 5, ["x"], {"a": 1}):
            self.assertIn("must be a text", self.assertRefused(lead.set_deal_status, "offer", reason))
        self.assertHistory(lead, "new")

    def test_reason_is_kept_whatever_signs_it_has(self):
        lead = self._create_lead().with_user(self.seller)

        lead.set_deal_status("offer", "a\0b" + LONE)
        lead.set_deal_status("new", "x" * 100_000)

        reasons = lead.status_event_ids.sorted("id").mapped("reason")
        self.assertEqual(reasons, [False, "ab?", "x" * 500])

    def test_type_and_stage_that_are_no_records_are_refused(self):
        lead = self._create_lead().with_user(self.seller)
        manager_lead = lead.with_user(self.boss)

        for junk in JUNK:
            for name in ("deal_type_id", "stage_id"):
                with self.subTest(ascii(junk), name=name):
                    self.assertIn("give the number", self.assertRefused(lead.write, {name: junk}))
                    self.assertRefused(lead.create, {"name": "Deal", name: junk})
            self.assertIn("Choose the stage", self.assertRefused(manager_lead.action_override_stage, junk, "why"))
        self.assertHistory(lead, "new")

    def test_history_that_cannot_be_read_is_refused(self):
        leads = self.env["crm.lead"].with_user(self.boss)

        for junk in (True, 5, [1], {"a": 1}, "x", LONE, "2026-01-01 " + LONE, "2026-01-01 new;" * 201):
            with self.subTest(ascii(junk)[:40]):
                self.assertRefused(leads.create, {"name": "Deal", "imported_history": junk})

    # === TYPES ===#

    def test_stage_with_deals_is_not_taken_out_of_its_type(self):
        lead = self._create_lead(stage="Offer")
        goods = self.goods.with_user(self.boss)

        for values in ([Command.unlink(lead.stage_id.id)], [Command.set(self._stage(self.goods, "Call").ids)]):
            with self.assertRaisesRegex(ValidationError, "taken out of their type"), self.env.cr.savepoint():
                goods.stage_ids = values
        with self.assertRaisesRegex(ValidationError, "taken out of their type"), self.env.cr.savepoint():
            self._stage(goods, "Offer").deal_type_id = False

        self._stage(goods, "Deal").deal_type_id = False
        self.assertEqual(goods.stage_ids.mapped("name"), ["Call", "Offer"])

    def test_deal_in_an_archived_stage_or_type_is_lost_restored_and_won(self):
        lost, won = self._create_lead(stage="Offer"), self._create_lead(stage="Offer")
        self._stage(self.goods, "Offer").with_user(self.boss).active = False
        self.goods.with_user(self.boss).active = False

        lost.with_user(self.seller).action_set_lost()
        self.assertHistory(lost, "offer", "lost")
        self.env["crm.lead"]._rebuild_pls_frequency_table()
        lost.with_user(self.seller).action_restore()
        won.with_user(self.seller).action_set_won()

        self.assertHistory(lost, "offer", "lost", "offer")
        self.assertHistory(won, "offer", "won")
