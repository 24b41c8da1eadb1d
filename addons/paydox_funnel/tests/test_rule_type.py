from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PaydoxFunnelCase

ENGINE = "odoo.addons.paydox_funnel.models.paydox_rule_engine"


@tagged("post_install", "-at_install")
class TestRuleType(PaydoxFunnelCase):
    """Variants of a sales process: a rule gives the deal another type, and what holds for changes of types holds for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["paydox.event"].search([("state", "=", "pending")]).unlink()
        cls.variant = cls._create_type(
            "variant", stages=[("Survey", "new"), ("Tender", "offer"), ("Signed", "contract"), ("Over", "won")]
        )

    def _dispatch_all(self, lead):
        for _round in range(10):
            domain = [("state", "=", "pending"), ("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)]
            events = self.env["paydox.event"].search(domain, order="id")
            if not events:
                break
            for event in events:
                event._dispatch()

    def _create_and_dispatch(self, *args, **values):
        lead = self._create_lead(*args, **values)
        self._dispatch_all(lead)
        return lead

    def _create_type_rule(self, target=None, **values):
        return self._create_rule(
            **{"name": "Variant", "action": "set_type", "target_type_id": (target or self.variant).id, **values}
        )

    def _get_run(self, lead):
        return self.env["paydox.rule.run"].search([("lead_id", "=", lead.id)], order="id desc", limit=1)

    # === VARIANTS ===#

    def test_rule_gives_the_deals_of_a_region_their_variant_and_others_keep_the_default(self):
        north, south = self.env["res.country.state"].create(
            [{"name": name, "code": name, "country_id": self.env.ref("base.md").id} for name in ("North", "South")]
        )
        self._create_type_rule(domain=f"[('partner_id.state_id', '=', {north.id})]")
        partners = self.env["res.partner"].create(
            [{"name": "N", "state_id": north.id}, {"name": "S", "state_id": south.id}]
        )
        default = self.env["paydox.deal.type"]._get_default_for_user()
        # As on the form of a salesperson who chooses no type.
        leads = self.env["crm.lead"].with_user(self.seller)
        ruled, other = (leads.create({"name": p.name, "type": "opportunity", "partner_id": p.id}) for p in partners)
        self.assertEqual((ruled | other).deal_type_id.id, default)

        for lead in (ruled, other):
            self._dispatch_all(lead.sudo())

        self.assertEqual((ruled.deal_type_id, other.deal_type_id.id), (self.variant, default))
        self.assertEqual(ruled.stage_id, self._stage(self.variant, "Survey"))
        self.assertIn("Variant", self._get_run(ruled).message)
        self.assertIn("Variant", "".join(ruled.message_ids.mapped("body")))

    def test_deal_keeps_its_status_and_one_event_tells_of_a_change(self):
        self._create_type_rule()

        same = self._create_and_dispatch(stage="Offer")
        self.assertEqual(same.stage_id, self._stage(self.variant, "Tender"))
        self.assertHistory(same, "offer")

        self._create_type_rule(name="To project", target=self.project, event_name="deal.stage")
        stageless = self._create_and_dispatch(self.service)
        self.assertEqual((stageless.deal_type_id, stageless.stage_id.id), (self.project, False))
        self.assertHistory(stageless, "new")

    def test_deal_does_not_go_back_unless_the_rule_says_so(self):
        rule = self._create_type_rule(target=self.service)
        stays = self._create_and_dispatch(stage="Offer")
        self.assertEqual((stays.deal_type_id, self._get_run(stays).state), (self.goods, "skipped"))
        self.assertIn("does not move deals back", self._get_run(stays).message)
        self.assertHistory(stays, "offer")

        rule.active = False
        self._create_type_rule(target=self.service, allow_backward=True)
        goes = self._create_and_dispatch(stage="Offer")

        self.assertEqual(goes.stage_id, self._stage(self.service, "Check"))
        self.assertHistory(goes, "offer", "qualified")
        self.assertEqual(goes.status_event_id.origin, "rule")

    def test_won_and_lost_deals_stay_in_their_type(self):
        self._create_type_rule()
        won, lost = self._create_lead(), self._create_lead()
        won.action_set_won()
        lost.action_set_lost()

        for lead in (won, lost):
            self._dispatch_all(lead)

        self.assertEqual((won | lost).deal_type_id, self.goods)
        self.assertEqual(self._get_run(won).state, "skipped")

    # === CHAINS ===#

    def test_rules_of_the_new_type_go_on_and_those_of_the_former_stop(self):
        self._create_type_rule(name="First", deal_type_id=self.goods.id, sequence=1)
        self._create_rule(name="Former", deal_type_id=self.goods.id, sequence=2)
        self._create_rule(
            name="Onwards", deal_type_id=self.variant.id, event_name="deal.type", status_id=self.status["offer"].id
        )

        lead = self._create_and_dispatch()

        self.assertHistory(lead, "new", "offer")
        runs = self.env["paydox.rule.run"].search([("lead_id", "=", lead.id)], order="id")
        states = {run.rule_id.name: run.state for run in runs}
        self.assertEqual(states, {"First": "done", "Former": "skipped", "Onwards": "done"})

    def test_two_rules_that_pass_a_deal_to_and_fro_are_stopped(self):
        self._create_type_rule(name="There", deal_type_id=self.goods.id)
        self._create_type_rule(name="Again", deal_type_id=self.goods.id, event_name="deal.type")
        self._create_type_rule(name="Back", deal_type_id=self.variant.id, event_name="deal.type", target=self.goods)

        lead = self._create_and_dispatch()

        runs = self.env["paydox.rule.run"].search([("lead_id", "=", lead.id)], order="id")
        self.assertEqual([run.rule_id.name for run in runs], ["There", "Back", "Again", "Back"])
        self.assertEqual(runs[-1].state, "skipped")
        self.assertIn("loop", runs[-1].message)
        self.assertHistory(lead, "new")

    # === GUARDS ===#

    def test_entry_check_of_a_strict_type_holds_and_the_dry_run_foresees_it(self):
        field = self.env["ir.model.fields"]._get("crm.lead", "email_from")
        self._stage(self.service, "Ask").check_ids = [Command.create({"field_id": field.id})]
        rule = self._create_type_rule(target=self.service)
        lead = self._create_lead(email_from=False)
        [row] = [
            row
            for row in self.env["paydox.rule"].with_user(self.boss).get_preview(lead.id)
            if row["rule_id"] == rule.id
        ]
        self.assertEqual(row["state"], "would_fail")

        with mute_logger(ENGINE):
            self._dispatch_all(lead)

        self.assertEqual((lead.deal_type_id, self._get_run(lead).state), (self.goods, "failed"))
        self.assertHistory(lead, "new")

    def test_type_that_is_archived_or_of_another_company_is_skipped(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self._create_type("foreign", company_id=company.id, stages=[("One", "new")])
        self._create_type_rule(target=foreign)
        lead = self._create_and_dispatch(company_id=self.env.company.id)
        self.assertEqual((lead.deal_type_id, self._get_run(lead).state), (self.goods, "skipped"))

        self._create_type_rule(name="Archived", event_name="deal.stage")
        self.variant.active = False
        lead.stage_id = self._stage(self.goods, "Offer")
        self._dispatch_all(lead)
        self.assertIn("archived", self._get_run(lead).message)

    def test_rule_that_names_no_type_or_its_own_is_refused(self):
        for values in ({"target_type_id": False}, {"deal_type_id": self.variant.id}):
            with self.subTest(values), self.assertRaises(ValidationError):
                self._create_type_rule(**values)

    def test_salesperson_makes_no_rule_that_changes_types(self):
        with self.assertRaises(AccessError):
            self.env["paydox.rule"].with_user(self.seller).create(
                {
                    "name": "Mine",
                    "event_name": "deal.created",
                    "action": "set_type",
                    "target_type_id": self.variant.id,
                }
            )
