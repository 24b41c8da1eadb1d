from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestDealType(PaydoxFunnelCase):
    def test_type_with_mapped_stages_is_created_active_in_one_call(self):
        deal_type = (
            self.env["paydox.deal.type"]
            .with_user(self.boss)
            .create(
                {
                    "name": "Rent",
                    "code": "test_rent",
                    "active": True,
                    "stage_ids": [Command.create({"name": "Start", "status_id": self.status["new"].id})],
                }
            )
        )

        self.assertTrue(deal_type.active)

    def test_code_is_made_of_the_name_and_stays_when_the_name_changes(self):
        types = (
            self.env["paydox.deal.type"]
            .with_user(self.boss)
            .create(
                [{"name": "Long-term Rent"}, {"name": "Long term rent"}, {"name": "合"}, {"name": "A", "code": "own"}]
            )
        )
        self.assertEqual(
            types[:2].mapped("code") + types[3:].mapped("code"), ["long_term_rent", "long_term_rent_2", "own"]
        )
        self.assertTrue(types[2].code)

        types[0].name = "Lease"
        status = self.env["paydox.deal.status"].with_user(self.boss).create({"name": "Test Drive"})

        self.assertEqual((types[0].code, status.code), ("long_term_rent", "test_drive"))
        with Form(self.env["paydox.deal.type"].with_user(self.boss)) as form:
            form.name = "Barter"
            self.assertEqual(form.code, "barter")

    def test_type_is_switched_on_after_its_stages_were_added(self):
        deal_type = self.env["paydox.deal.type"].create({"name": "Rent", "code": "test_rent"})
        self.assertFalse(deal_type.active)

        self.env["crm.stage"].create(
            {"name": "Start", "deal_type_id": deal_type.id, "status_id": self.status["new"].id}
        )
        deal_type.active = True

        self.assertTrue(deal_type.active)

    def test_type_without_stages_is_not_switched_on(self):
        deal_type = self.env["paydox.deal.type"].create({"name": "Rent", "code": "test_rent"})

        with self.assertRaisesRegex(ValidationError, "no active stage"):
            deal_type.active = True

    def test_type_with_an_unmapped_stage_is_not_switched_on_and_names_it(self):
        deal_type = self._create_type("rent", [("Start", "new"), ("Middle", None)], active=False)

        with self.assertRaisesRegex(ValidationError, "Middle"):
            deal_type.active = True
        self.assertIn("Middle", deal_type.activation_problem)

    def test_type_mapped_to_an_archived_status_is_not_switched_on(self):
        deal_type = self._create_type("rent", [("Start", "paid")], active=False)
        self.status["paid"].active = False

        with self.assertRaises(ValidationError):
            deal_type.active = True

    def test_type_without_stage_control_needs_no_stages(self):
        self.assertTrue(self.project.active)

    def test_stage_of_an_active_type_keeps_its_status(self):
        stage = self._stage(self.goods, "Call").with_user(self.boss)

        with self.assertRaises(ValidationError):
            stage.status_id = False

    def test_unmapped_stage_is_not_added_to_an_active_type(self):
        with self.assertRaises(ValidationError):
            self.env["crm.stage"].create({"name": "More", "deal_type_id": self.goods.id})

    def test_stage_is_not_taken_away_from_a_type_that_would_be_left_without(self):
        deal_type = self._create_type("rent", [("Start", "new")])

        with self.assertRaises(ValidationError):
            deal_type.stage_ids.deal_type_id = self.goods
        with self.assertRaises(ValidationError):
            deal_type.stage_ids.active = False

    def test_mapped_stage_is_archived_but_not_deleted(self):
        stage = self._stage(self.goods, "Offer").with_user(self.boss)

        with self.assertRaises(UserError):
            stage.unlink()
        stage.active = False

        self.assertFalse(stage.active)

    def test_stage_that_stands_for_nothing_can_be_deleted(self):
        deal_type = self._create_type("rent", [("Start", None)], active=False)

        deal_type.stage_ids.unlink()

        self.assertFalse(deal_type.stage_ids)

    def test_stage_cannot_stand_for_a_lost_status(self):
        with self.assertRaises(ValidationError):
            self._stage(self.goods, "Offer").status_id = self.status["lost"]

    def test_stage_of_a_won_status_is_a_won_stage(self):
        stage = self._stage(self.goods, "Deal")
        self.assertTrue(stage.is_won)

        with self.assertRaises(ValidationError):
            stage.is_won = False

    def test_type_with_stages_or_deals_is_not_deleted(self):
        self._create_lead(self.project)

        for deal_type in (self.goods, self.project):
            with self.assertRaises(UserError):
                deal_type.with_user(self.boss).unlink()

    def test_type_that_was_never_used_can_be_deleted(self):
        deal_type = self._create_type("rent", stage_control="none")

        deal_type.with_user(self.boss).unlink()

        self.assertFalse(deal_type.exists())

    def test_type_with_deals_does_not_lose_its_stages(self):
        self._create_lead()

        with self.assertRaises(UserError):
            self.goods.stage_control = "none"

    def test_stage_with_deals_is_not_moved_to_another_type(self):
        self._create_lead(stage="Offer")

        with self.assertRaises(ValidationError):
            self._stage(self.goods, "Offer").deal_type_id = self.service

    def test_deals_are_not_made_in_a_type_that_is_not_ready(self):
        deal_type = self._create_type("rent", [("Start", None)], active=False)

        with self.assertRaisesRegex(UserError, "not switched on"):
            self._create_lead(deal_type)

    def test_used_status_is_archived_but_not_deleted(self):
        self._create_lead().set_deal_status("agreed")
        status = self.status["agreed"].with_user(self.boss)

        with self.assertRaises(UserError):
            status.unlink()
        status.active = False

        self.assertFalse(status.active)

    def test_status_that_only_the_history_knows_is_not_deleted(self):
        lead = self._create_lead()
        lead.set_deal_status("agreed")
        lead.set_deal_status("offer")

        with self.assertRaises(UserError):
            self.status["agreed"].with_user(self.boss).unlink()

    def test_status_that_nothing_uses_can_be_deleted(self):
        status = self.env["paydox.deal.status"].with_user(self.boss).create({"name": "Draft", "code": "draft_status"})

        status.unlink()

        self.assertFalse(status.exists())

    def test_outcome_of_a_mapped_status_does_not_change(self):
        with self.assertRaises(UserError):
            self.status["offer"].with_user(self.boss).outcome = "won"

    def test_salesman_configures_nothing(self):
        for record, values in (
            (self.goods, {"name": "Mine"}),
            (self.status["new"], {"name": "Mine"}),
            (self._stage(self.goods, "Call"), {"name": "Mine"}),
            (self._create_rule(), {"name": "Mine"}),
        ):
            with self.assertRaises(AccessError):
                record.with_user(self.seller).write(values)

    def test_type_is_set_up_in_its_form(self):
        form = Form(self.env["paydox.deal.type"].with_user(self.boss))
        form.name, form.code = "Rent", "test_rent"
        with form.stage_ids.new() as stage:
            stage.name, stage.status_id = "Start", self.status["new"]
        form.active = True

        self.assertEqual(form.save().stage_ids.status_id, self.status["new"])
