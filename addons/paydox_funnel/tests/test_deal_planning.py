from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestDealPlanning(PaydoxFunnelCase):
    """Competitors, losses, teams, documents of a type, conversion, time in status."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        role = cls.env["paydox.partner.role"].create({"name": "Test rival", "is_competitor": True})
        cls.rivals = cls.env["res.partner"].create(
            [{"name": name, "is_company": True, "role_ids": [Command.link(role.id)]} for name in ("Acme", "Umbrella")]
        )
        cls.acme, cls.umbrella = cls.rivals

    # === COMPETITORS ===#

    def test_deal_is_lost_to_a_competitor_and_the_report_counts_it(self):
        lead = self._create_lead().with_user(self.seller)
        lead.competitor_line_ids = [
            Command.create({"partner_id": self.umbrella.id, "offer_amount": 900, "strengths": "Price"})
        ]
        window = Form(self.env["crm.lead.lost"].with_user(self.seller).with_context(default_lead_ids=lead.ids))
        window.competitor_id = self.acme
        window.save().action_lost_reason_apply()

        self.assertEqual(lead.lost_competitor_id, self.acme)
        self.assertEqual(lead.competitor_line_ids.filtered("is_winner").partner_id, self.acme)
        self.assertEqual(len(lead.competitor_line_ids), 2)
        counts = (
            self.env["crm.lead"]
            .with_user(self.head)
            .with_context(active_test=False)
            ._read_group([("id", "=", lead.id)], ["lost_competitor_id"], ["__count"])
        )
        self.assertEqual(counts, [(self.acme, 1)])

        lead.action_restore()
        self.assertFalse(lead.lost_competitor_id or lead.competitor_line_ids.filtered("is_winner"))

    def test_only_competitors_are_competitors(self):
        lead = self._create_lead()
        other = self.env["res.partner"].create({"name": "Friend"})

        with self.assertRaisesRegex(ValidationError, "no competitor"):
            lead.competitor_line_ids = [Command.create({"partner_id": other.id})]
        with self.assertRaisesRegex(ValidationError, "no competitor"):
            self.env["crm.lead.lost"].create(
                {"lead_ids": lead.ids, "competitor_id": other.id}
            ).action_lost_reason_apply()
        self.assertHistory(lead, "new")

    def test_competitors_of_a_deal_of_somebody_else_are_not_seen(self):
        lead = self._create_lead(user=self.rival)
        lead.competitor_line_ids = [Command.create({"partner_id": self.acme.id})]
        competitors = self.env["paydox.deal.competitor"].with_user(self.seller)

        self.assertFalse(competitors.search([("lead_id", "=", lead.id)]))
        with self.assertRaises(AccessError):
            competitors.create({"lead_id": lead.id, "partner_id": self.umbrella.id})

    def test_merged_competitor_stays_on_the_deal(self):
        first, both = self._create_lead(), self._create_lead()
        first.competitor_line_ids = [Command.create({"partner_id": self.umbrella.id})]
        both.competitor_line_ids = [Command.create({"partner_id": partner.id}) for partner in self.rivals]

        with mute_logger("odoo.sql_db", "odoo.addons.base.wizard.base_partner_merge"):
            self.env["base.partner.merge.automatic.wizard"]._merge(self.rivals.ids, self.acme)

        self.env.invalidate_all()
        self.assertEqual(first.competitor_line_ids.partner_id, self.acme)
        self.assertEqual(both.competitor_line_ids.partner_id, self.acme)

    def test_merged_deals_keep_the_competitors(self):
        head, tail = self._create_lead(stage="Offer", probability=90), self._create_lead(probability=1)
        head.competitor_line_ids = [Command.create({"partner_id": self.acme.id})]
        tail.competitor_line_ids = [Command.create({"partner_id": partner.id}) for partner in self.rivals]

        merged = (head | tail).with_user(self.head).merge_opportunity()

        self.assertEqual(merged.competitor_line_ids.partner_id, self.rivals)

    # === LOSSES ===#

    def test_lost_window_asks_why_or_to_whom(self):
        lead = self._create_lead().with_user(self.seller)
        window = Form(self.env["crm.lead.lost"].with_user(self.seller).with_context(default_lead_ids=lead.ids))

        with self.assertRaisesRegex(AssertionError, "lost_reason_id"):
            window.save()
        window.lost_reason_id = self.env["crm.lost.reason"].create({"name": "Too dear"})
        window.save().action_lost_reason_apply()

        self.assertHistory(lead, "new", "lost")

    def test_type_that_asks_for_the_reason_of_a_loss_gets_it_on_every_way(self):
        self.goods.require_lost_reason = True
        lead = self._create_lead().with_user(self.seller)
        ways = (
            lead.action_set_lost,
            lambda: lead.set_deal_status("lost"),
            lambda: lead.write({"active": False, "probability": 0}),
            lambda: (
                self.env["crm.lead.lost"]
                .with_user(self.seller)
                .create({"lead_ids": lead.ids})
                .action_lost_reason_apply()
            ),
        )
        for way in ways:
            with self.subTest(way), self.assertRaisesRegex(UserError, "without a reason"), self.env.cr.savepoint():
                way()
        self.assertHistory(lead, "new")

        reason = self.env["crm.lost.reason"].create({"name": "Too dear"})
        lead.action_set_lost(lost_reason_id=reason.id)
        lead.action_restore()
        lead.set_deal_status("lost", "No money")

        self.assertHistory(lead, "new", "lost", "new", "lost")

    # === TYPES ===#

    def test_deals_of_a_type_are_made_by_its_teams(self):
        team = self.env["crm.team"].create({"name": "Service", "member_ids": [Command.link(self.rival.id)]})
        self.service.team_ids = team
        values = {"name": "Deal", "type": "opportunity", "deal_type_id": self.service.id}
        leads = self.env["crm.lead"]

        with self.assertRaisesRegex(AccessError, "sales teams only"):
            leads.with_user(self.seller).create(values)
        with self.assertRaises(AccessError):
            self._create_lead().with_user(self.seller).deal_type_id = self.service
        for user in (self.rival, self.boss):
            self.assertTrue(leads.with_user(user).create(values))
        existing = self._create_lead(self.service).with_user(self.seller)
        existing.name = "Goes on"

    def test_new_deal_takes_the_first_type_that_is_open_to_the_person(self):
        self.goods.write({"sequence": -10, "team_ids": self.env["crm.team"].create({"name": "Goods"}).ids})
        self.service.sequence = -9

        self.assertEqual(self.env["crm.lead"].with_user(self.seller).create({"name": "D"}).deal_type_id, self.service)
        self.assertEqual(self.env["crm.lead"].with_user(self.boss).create({"name": "D"}).deal_type_id, self.goods)

    def test_deal_shows_which_documents_of_its_type_are_missing(self):
        kinds = self.env["paydox.document.kind"].create([{"name": f"Kind {n}", "code": f"k{n}"} for n in (1, 2)])
        self.goods.document_kind_ids = kinds
        lead = self._create_lead().with_user(self.seller)
        self.assertEqual(lead.missing_document_kind_ids, kinds)
        self.assertEqual(lead.action_new_document()["context"]["default_kind_id"], kinds[0].id)

        document = self.env["paydox.document"].create({"name": "D", "kind_id": kinds[0].id, "lead_id": lead.id})
        self.assertEqual(lead.missing_document_kind_ids, kinds[1])
        document.action_cancel()

        self.assertEqual(lead.missing_document_kind_ids, kinds)

    def test_lead_is_converted_into_the_chosen_pipeline(self):
        lead = self._create_lead(type="lead")
        window = Form(
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.head)
            .with_context(active_id=lead.id, active_ids=lead.ids, active_model="crm.lead")
        )
        self.assertEqual(window.deal_type_id, self.goods)
        window.deal_type_id = self.service
        window.save().action_apply()

        self.assertEqual((lead.type, lead.stage_id.name), ("opportunity", "Ask"))
        self.assertHistory(lead, "new")

    def test_lead_is_not_converted_into_a_pipeline_of_other_teams(self):
        self.service.team_ids = self.env["crm.team"].create({"name": "Service"})
        lead = self._create_lead(type="lead")
        window = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.head)
            .with_context(active_ids=lead.ids)
            .create({"lead_id": lead.id})
        )
        self.assertNotIn(self.service, window.open_deal_type_ids)
        window.write({"deal_type_id": self.service.id, "name": "convert"})

        with self.assertRaises(AccessError):
            window.action_apply()

    def test_deal_of_an_archived_type_goes_on_and_is_read(self):
        lead = self._create_lead()
        self.goods.active = False
        lead = lead.with_user(self.seller)

        lead.stage_id = self._stage(self.goods, "Offer")

        self.assertHistory(lead, "new", "offer")
        self.assertEqual(lead.read(["deal_type_id"])[0]["deal_type_id"][1], "Goods")

    def test_names_of_any_sort(self):
        for name in ("<img src=x onerror=alert(1)>", "=1+1", "ж" * 200, "\u202eעסקה", "a\nb"):
            deal_type = self._create_type(f"odd{hash(name)}", [(name, "new")], name=name)
            rule = self._create_rule(name=name, action="post_note", note=name, deal_type_id=deal_type.id)
            lead = self._create_lead(deal_type, name=name)
            self._dispatch(f"deal.created:{lead.id}")
            run = self.env["paydox.rule.run"].search([("rule_id", "=", rule.id)])
            self.assertEqual(run.state, "done")
            self.assertNotIn("<img", "".join(lead.message_ids.mapped("body")))

    def test_reference_of_sixty_statuses(self):
        statuses = self.env["paydox.deal.status"].create(
            [{"name": f"S{n}", "code": f"s{n}", "sequence": 100 + n} for n in range(60)]
        )
        deal_type = self.env["paydox.deal.type"].create(
            {
                "name": "Long",
                "code": "long",
                "active": True,
                "stage_ids": [
                    Command.create({"name": status.name, "sequence": n, "status_id": status.id})
                    for n, status in enumerate(statuses)
                ],
            }
        )
        lead = self._create_lead(deal_type)
        lead.set_deal_status("s59")

        self.assertEqual(len(lead.status_event_id.skipped_stage_ids), 58)

    # === TIME ===#

    def test_time_in_status_comes_from_the_events(self):
        start = fields.Datetime.now() - timedelta(days=10)
        with freeze_time(start):
            lead = self._create_lead()
        with freeze_time(start + timedelta(days=4)):
            lead.stage_id = self._stage(self.goods, "Offer")
        self.env.flush_all()

        self.assertAlmostEqual(lead.with_user(self.seller).days_in_status, 6, places=2)
        report = self.env["paydox.deal.stay.report"].with_user(self.seller)
        rows = report._read_group([("lead_id", "=", lead.id)], ["status_id"], ["days:avg"])
        self.assertEqual([(status.code, round(days, 2)) for status, days in rows], [("new", 4), ("offer", 6)])
        self.assertFalse(report.with_user(self.rival).search([("lead_id", "=", lead.id)]))

    def test_deal_shows_the_requisites_of_its_time(self):
        partner = self.env["res.partner"].create({"name": "Old Name", "is_company": True})
        lead = self._create_lead(partner_id=partner.id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE paydox_partner_requisites SET valid_from = valid_from - 400 WHERE partner_id = %s", [partner.id]
        )
        lead.action_set_won()
        lead.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_lead SET date_closed = date_closed - interval '100 days' WHERE id = %s", [lead.id]
        )
        self.env.invalidate_all()
        partner.name = "New Name"

        self.assertIn("Old Name", lead.with_user(self.seller).requisites_html)
        self.assertIn("New Name", self._create_lead(partner_id=partner.id).requisites_html)

    # === DELETION, IMPORT ===#

    def test_deleted_deal_takes_its_events_along_so_that_every_count_is_a_list(self):
        lead = self._create_lead(stage="Offer", name="Gone")
        lead_id = lead.id
        funnel = self.env["paydox.funnel"].with_user(self.boss)
        before = funnel.get_funnel([("deal_type_id", "=", self.goods.id)])["cohort"]

        lead.unlink()

        self.assertEqual(funnel.get_funnel([("deal_type_id", "=", self.goods.id)])["cohort"], before - 1)
        self.assertFalse(self.env["paydox.deal.status.event"].search([("lead_id", "=", lead_id)]))

    def test_deals_are_imported_with_their_history(self):
        rows = [
            ["Old", str(self.goods.id), "2019-03-01 new; 2019-04-01 10:30 offer; 2019-05-01 Won"],
            ["Gone", str(self.service.id), "2020-01-01 new\n2020-02-01 contract\n2020-03-01 lost"],
            ["Now", str(self.goods.id), ""],
        ]
        result = self.env["crm.lead"].with_user(self.boss).load(["name", "deal_type_id/.id", "imported_history"], rows)

        old, gone, now = self.env["crm.lead"].browse(result["ids"])
        self.assertHistory(old, "new", "offer", "won")
        self.assertEqual(set(old.status_event_ids.mapped("origin")), {"import"})
        self.assertEqual(fields.Datetime.to_string(old.create_date), "2019-03-01 00:00:00")
        self.assertEqual((old.won_status, old.date_closed.year), ("won", 2019))
        self.assertHistory(gone, "new", "contract", "lost")
        self.assertEqual(gone.reached_status_id.code, "contract")
        self.assertHistory(now, "new")

    def test_history_that_makes_no_sense_is_refused(self):
        leads = self.env["crm.lead"].with_user(self.boss)
        for text in (
            "x",
            "2019-13-01 new",
            "2019-01-01 nothing",
            "2999-01-01 new",
            "2019-02-01 new; 2019-01-01 offer",
            "2019-01-01 new; 2019-02-01 new",
            ";".join(f"2019-01-01 {('new', 'offer')[n % 2]}" for n in range(300)),
        ):
            with self.subTest(text[:30]), self.assertRaises(UserError):
                leads.create({"name": "D", "deal_type_id": self.goods.id, "imported_history": text})
        with self.assertRaises(AccessError):
            leads.with_user(self.seller).create({"name": "D", "imported_history": "2019-01-01 new"})
        with self.assertRaises(UserError):
            self._create_lead().imported_history = "2019-01-01 new"
