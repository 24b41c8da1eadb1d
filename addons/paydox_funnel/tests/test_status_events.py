from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestStatusEvents(PaydoxFunnelCase):
    """Rule 16: each change of the status writes exactly one event, whatever caused it."""

    def _with_second_lead(self, **values):
        return self._create_lead() | self._create_lead(**values)

    # === PATHS ===#

    def test_creation(self):
        self.assertHistory(self._create_lead(), "new")
        self.assertHistory(self._create_lead(stage="Offer"), "offer")
        self.assertHistory(self._create_lead(stage="Deal"), "won")
        self.assertHistory(self._create_lead(self.project), "new")

    def test_creation_as_lost(self):
        self.assertHistory(self._create_lead(active=False, probability=0), "lost")

    def test_quick_creation_in_a_column(self):
        lead = (
            self.env["crm.lead"]
            .with_user(self.seller)
            .with_context(default_deal_type_id=self.goods.id, default_stage_id=self._stage(self.goods, "Offer").id)
            .create({"name": "Deal"})
        )

        self.assertHistory(lead, "offer")

    def test_form(self):
        lead = self._create_lead().with_user(self.seller)

        with Form(lead) as form:
            form.stage_id = self._stage(self.goods, "Offer")

        self.assertHistory(lead, "new", "offer")

    def test_kanban_and_list_edit(self):
        lead = self._create_lead().with_user(self.seller)

        lead.web_save({"stage_id": self._stage(self.goods, "Offer").id}, {"stage_id": {}})

        self.assertHistory(lead, "new", "offer")

    def test_mass_edit(self):
        leads = self._with_second_lead()

        leads.with_user(self.seller).write({"stage_id": self._stage(self.goods, "Offer").id})

        for lead in leads:
            self.assertHistory(lead, "new", "offer")

    def test_same_stage_again_changes_nothing(self):
        lead = self._create_lead()

        lead.write({"stage_id": lead.stage_id.id})

        self.assertHistory(lead, "new")

    def test_same_stage_again_keeps_a_status_set_by_hand(self):
        lead = self._create_lead()
        lead.set_deal_status("agreed")

        lead.write({"stage_id": lead.stage_id.id, "name": "Other"})

        self.assertHistory(lead, "new", "agreed")

    def test_change_of_probability_or_amount_is_no_change_of_status(self):
        lead = self._create_lead()
        lead.set_deal_status("agreed")

        lead.write({"probability": 40, "expected_revenue": 10})

        self.assertHistory(lead, "new", "agreed")

    def test_import(self):
        result = (
            self.env["crm.lead"]
            .with_user(self.boss)
            .load(
                ["name", "deal_type_id/.id", "stage_id/.id"],
                [
                    ["First", str(self.goods.id), str(self._stage(self.goods, "Offer").id)],
                    ["Second", str(self.service.id), str(self._stage(self.service, "Ask").id)],
                ],
            )
        )

        leads = self.env["crm.lead"].browse(result["ids"])
        self.assertHistory(leads[0], "offer")
        self.assertHistory(leads[1], "new")
        self.assertEqual(leads.status_event_ids.mapped("origin"), ["import", "import"])

    def test_lost_and_restored(self):
        lead = self._create_lead(stage="Offer").with_user(self.seller)
        reason = self.env["crm.lost.reason"].create({"name": "Too dear"})

        lead.action_set_lost(lost_reason_id=reason.id)
        self.assertHistory(lead, "offer", "lost")
        self.assertEqual(lead.status_event_id.reason, "Too dear")

        lead.action_restore()
        self.assertHistory(lead, "offer", "lost", "offer")

    def test_lost_in_the_lost_window(self):
        leads = self._with_second_lead()
        wizard = self.env["crm.lead.lost"].with_user(self.seller).create({"lead_ids": leads.ids})

        wizard.action_lost_reason_apply()

        for lead in leads:
            self.assertHistory(lead, "new", "lost")

    def test_lost_deal_without_stages_comes_back_to_its_status(self):
        lead = self._create_lead(self.project)
        lead.set_deal_status("offer")

        lead.action_set_lost()
        lead.action_restore()

        self.assertHistory(lead, "new", "offer", "lost", "offer")

    def test_archived_deal_keeps_its_status(self):
        lead = self._create_lead(stage="Offer")
        lead.probability = 30

        lead.active = False

        self.assertHistory(lead, "offer")

    def test_won(self):
        lead = self._create_lead().with_user(self.seller)

        lead.action_set_won_rainbowman()

        self.assertHistory(lead, "new", "won")

    def test_lost_deal_won_at_once(self):
        lead = self._create_lead()
        lead.action_set_lost()

        lead.action_set_won()

        self.assertHistory(lead, "new", "lost", "won")

    def test_won_without_stages(self):
        lead = self._create_lead(self.project).with_user(self.seller)

        lead.action_set_won()

        self.assertEqual((lead.won_status, lead.probability), ("won", 100))
        self.assertHistory(lead, "new", "won")

    def test_won_in_many_types(self):
        leads = self._create_lead(self.goods) | self._create_lead(self.project)

        leads.action_set_won()

        for lead in leads:
            self.assertEqual(lead.won_status, "won")
            self.assertHistory(lead, "new", "won")

    def test_merge(self):
        head = self._create_lead(stage="Offer", probability=90)
        tail = self._create_lead(stage="Call", probability=1)

        merged = (head | tail).with_user(self.head).merge_opportunity()

        self.assertHistory(merged, "offer")
        self.assertEqual((head | tail).exists(), merged)

    def test_merge_into_a_team_with_other_stages(self):
        team = self.env["crm.team"].create({"name": "East"})
        self._stage(self.goods, "Offer").team_ids = team
        head = self._create_lead(stage="Offer", probability=90)
        tail = self._create_lead(self.service, "Ask", probability=1)
        other = self.env["crm.team"].create({"name": "West"})
        self._stage(self.service, "Ask").sequence = -1

        merged = (head | tail).with_user(self.head).merge_opportunity(team_id=other.id)

        self.assertEqual(merged.stage_id.deal_type_id, merged.deal_type_id)
        self.assertHistory(merged, "offer", "new")

    def test_conversion_of_a_lead(self):
        lead = self._create_lead(type="lead")

        lead.with_user(self.head).convert_opportunity(False, user_ids=[self.rival.id])

        self.assertEqual(lead.type, "opportunity")
        self.assertHistory(lead, "new")

    def test_change_of_team_that_moves_the_stage(self):
        east, west = self.env["crm.team"].create([{"name": "East"}, {"name": "West"}])
        self._stage(self.goods, "Offer").team_ids = east
        lead = self._create_lead(team_id=east.id, stage="Offer", user=self.env["res.users"])

        lead.team_id = west

        self.assertHistory(lead, "offer", "new")

    def test_change_of_type(self):
        lead = self._create_lead(stage="Offer")

        lead.deal_type_id = self.service

        self.assertHistory(lead, "offer", "qualified")
        self.assertEqual(lead.status_event_id.origin, "stage")

    def test_change_of_the_mapping(self):
        lead = self._create_lead(stage="Offer")

        self._stage(self.goods, "Offer").with_user(self.boss).status_id = self.status["contract"]

        self.assertHistory(lead, "offer", "contract")
        self.assertIn("mapped to another status", lead.status_event_id.reason)

    def test_recomputation_outside_write_is_caught_before_the_commit(self):
        lead = self._create_lead()
        stage = self._stage(self.goods, "Offer")
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET stage_id = %s WHERE id = %s", (stage.id, lead.id))
        self.env.invalidate_all()

        self.env.add_to_compute(lead._fields["deal_status_id"], lead)
        self.env.cr.flush()

        self.assertHistory(lead, "new", "offer")

    def test_two_changes_in_one_instant_are_two_events(self):
        with freeze_time("2026-03-01 10:00:00"):
            lead = self._create_lead()
            lead.set_deal_status("offer")
            lead.set_deal_status("new")

        self.assertHistory(lead, "new", "offer", "new")

    def test_failed_change_leaves_no_event(self):
        lead = self._create_lead(self.service)

        with self.assertRaises(UserError), self.env.cr.savepoint():
            lead.stage_id = self._stage(self.service, "Done")

        self.assertHistory(lead, "new")

    # === SNAPSHOT ===#

    def test_event_is_a_full_snapshot(self):
        department = self.env["hr.department"].create({"name": "North"})
        self.env["hr.employee"].create({"name": "Seller", "user_id": self.seller.id, "department_id": department.id})
        lead = self._create_lead(expected_revenue=700).with_user(self.head)

        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            lead.stage_id = self._stage(self.goods, "Offer")

        self.assertRecordValues(
            lead.status_event_id,
            [
                {
                    "from_status_id": self.status["new"].id,
                    "to_status_id": self.status["offer"].id,
                    "stage_id": self._stage(self.goods, "Offer").id,
                    "deal_type_id": self.goods.id,
                    "user_id": self.head.id,
                    "owner_id": self.seller.id,
                    "department_id": department.id,
                    "amount": 700,
                    "origin": "stage",
                    "company_id": self.env.company.id,
                    "currency_id": self.env.company.currency_id.id,
                }
            ],
        )
        first = lead.status_event_ids.sorted("id")[0]
        self.assertAlmostEqual((first.left_at - first.occurred_at).total_seconds() / 86400, 2, places=3)

    def test_events_reach_the_outbox_once(self):
        lead = self._create_lead()
        lead.stage_id = self._stage(self.goods, "Offer")

        events = self.env["paydox.event"].search([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)], order="id")

        self.assertEqual(
            events.mapped("name"), ["deal.created", "deal.stage", "deal.status", "deal.stage", "deal.status"]
        )

    def test_furthest_status_does_not_go_back(self):
        lead = self._create_lead()
        lead.set_deal_status("contract")
        lead.set_deal_status("offer")
        lead.action_set_lost()

        self.assertEqual(lead.reached_status_id, self.status["contract"])

    def test_furthest_status_follows_the_order_of_the_reference(self):
        lead = self._create_lead()
        lead.set_deal_status("contract")
        lead.set_deal_status("offer")

        self.status["offer"].sequence = 45

        self.assertEqual(lead.reached_status_id, self.status["offer"])

    # === SET STATUS ===#

    def test_status_by_hand_moves_the_stage_that_stands_for_it(self):
        lead = self._create_lead().with_user(self.seller)

        lead.set_deal_status(self.status["offer"], "By phone")

        self.assertEqual(lead.stage_id.name, "Offer")
        self.assertHistory(lead, "new", "offer")
        self.assertRecordValues(lead.status_event_id, [{"origin": "manual", "reason": "By phone"}])

    def test_status_by_hand_is_an_id_a_code_or_a_record(self):
        lead = self._create_lead()

        for status, code in ((self.status["offer"].id, "offer"), ("contract", "contract"), (self.status["new"], "new")):
            lead.set_deal_status(status)
            self.assertEqual(lead.deal_status_id.code, code)

    def test_status_without_a_stage_holds_until_the_stage_changes(self):
        lead = self._create_lead().with_user(self.seller)

        lead.set_deal_status("agreed")
        self.assertEqual(lead.stage_id.name, "Call")
        lead.stage_id = self._stage(self.goods, "Offer")

        self.assertHistory(lead, "new", "agreed", "offer")

    def test_strict_type_takes_no_status_without_a_stage(self):
        lead = self._create_lead(self.service).with_user(self.seller)

        with self.assertRaisesRegex(UserError, "no stage of type"):
            lead.set_deal_status("agreed")

    def test_lost_and_won_by_status(self):
        lead = self._create_lead().with_user(self.seller)

        lead.set_deal_status("lost", "No money")
        self.assertEqual((lead.active, lead.won_status), (False, "lost"))
        lead.set_deal_status("won")
        self.assertEqual((lead.active, lead.won_status, lead.stage_id.name), (True, "won", "Deal"))

        self.assertHistory(lead, "new", "lost", "won")

    def test_won_by_status_without_stages_and_back(self):
        lead = self._create_lead(self.project).with_user(self.seller)

        lead.set_deal_status("won")
        self.assertEqual(lead.won_status, "won")
        lead.set_deal_status("offer")

        self.assertEqual(lead.won_status, "pending")
        self.assertLess(lead.probability, 100)
        self.assertHistory(lead, "new", "won", "offer")

    def test_one_of_several_lost_statuses(self):
        spam = self.env["paydox.deal.status"].create({"name": "Spam", "code": "spam", "outcome": "lost"})
        lead = self._create_lead().with_user(self.seller)

        lead.set_deal_status("spam")
        self.assertHistory(lead, "new", "spam")
        lead.action_restore()
        lead.action_set_lost()

        self.assertHistory(lead, "new", "spam", "new", "lost")
        self.assertNotEqual(lead.deal_status_id, spam)

    def test_status_that_makes_no_sense_is_refused(self):
        lead = self._create_lead().with_user(self.seller)
        self.status["paid"].active = False

        for status in (False, None, True, 0, 10**9, "nothing", "", [1], {"a": 1}, self.status["paid"].id, lead):
            with self.subTest(status=status), self.assertRaises(UserError):
                lead.set_deal_status(status)
        with self.assertRaises(UserError):
            lead.set_deal_status("offer", reason={"not": "text"})

    def test_status_of_a_deal_of_somebody_else_is_refused(self):
        lead = self._create_lead(user=self.rival)

        with self.assertRaises(AccessError):
            lead.with_user(self.seller).set_deal_status("offer")

        self.assertHistory(lead, "new")

    def test_status_is_set_in_its_window(self):
        leads = self._with_second_lead()
        form = Form(self.env["crm.lead.set.status"].with_user(self.seller).with_context(default_lead_ids=leads.ids))
        form.status_id = self.status["agreed"]
        form.reason = "Both agreed"

        form.save().action_apply()

        for lead in leads:
            self.assertHistory(lead, "new", "agreed")
            self.assertEqual(lead.status_event_id.reason, "Both agreed")

    # === INSTALLATION ===#

    def test_history_of_deals_that_were_there_before_the_installation(self):
        from ..hooks import _begin_history

        leads = self._create_lead(stage="Offer") | self._create_lead(stage="Offer")
        leads[1].action_set_lost()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET status_event_id = NULL, reached_status_id = NULL, deal_status_id = NULL WHERE id IN %s",
            (tuple(leads.ids),),
        )
        self.env.cr.execute("DELETE FROM paydox_deal_status_event WHERE lead_id IN %s", (tuple(leads.ids),))
        self.env.invalidate_all()

        _begin_history(self.env)

        self.assertHistory(leads[0], "offer")
        self.assertHistory(leads[1], "offer", "lost")
        self.assertEqual(leads.reached_status_id, self.status["offer"])
