from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestStageControl(PaydoxFunnelCase):
    def test_deal_made_in_a_column_is_of_the_type_of_its_stage(self):
        stage = self.goods.stage_ids[:1]
        lead = (
            self.env["crm.lead"]
            .with_user(self.seller)
            .with_context(default_type="opportunity", default_stage_id=stage.id)
        )
        other = self._create_type("column", [("Start", "new"), ("Middle", "offer")])

        made = lead.with_context(default_stage_id=other.stage_ids[1].id).create({"name": "Deal"})
        chosen = lead.default_get(["deal_type_id"])
        asked = lead.with_context(default_deal_type_id=other.id).default_get(["deal_type_id"])
        hostile = lead.with_context(default_stage_id="1; DROP").default_get(["deal_type_id"])

        self.assertEqual((made.deal_type_id, made.stage_id), (other, other.stage_ids[1]))
        self.assertEqual((chosen["deal_type_id"], asked["deal_type_id"]), (self.goods.id, other.id))
        self.assertTrue(hostile["deal_type_id"])

    def test_new_deal_stands_in_the_first_stage_of_its_type(self):
        self.assertEqual(self._create_lead(self.goods).stage_id.name, "Call")
        self.assertEqual(self._create_lead(self.service).stage_id.name, "Ask")
        self.assertFalse(self._create_lead(self.project).stage_id)

    def test_new_deal_takes_the_first_active_type(self):
        self.goods.sequence = -10

        self.assertEqual(self.env["crm.lead"].with_user(self.seller).create({"name": "Deal"}).deal_type_id, self.goods)

    def test_form_offers_the_stage_of_the_chosen_type(self):
        form = Form(self.env["crm.lead"].with_user(self.seller).with_context(default_type="opportunity"))
        form.name = "Deal"
        form.deal_type_id = self.service
        self.assertEqual(form.stage_id.name, "Ask")

        self.assertHistory(form.save(), "new")

    def test_pipeline_of_a_type_has_only_its_stages(self):
        self._create_lead(self.service)
        leads = self.env["crm.lead"].with_user(self.seller).with_context(read_group_expand=True)

        groups = leads.formatted_read_group([("deal_type_id", "=", self.goods.id)], ["stage_id"], ["__count"])

        self.assertEqual([group["stage_id"][1] for group in groups], ["Call", "Offer", "Deal"])

    def test_stage_of_another_type_is_refused(self):
        lead = self._create_lead(self.goods).with_user(self.seller)

        with self.assertRaisesRegex(ValidationError, "belongs to deals of type"):
            lead.stage_id = self._stage(self.service, "Ask")

    def test_deal_of_a_type_without_stages_takes_none(self):
        lead = self._create_lead(self.project)

        with self.assertRaisesRegex(ValidationError, "has no stages"):
            lead.stage_id = self._stage(self.goods, "Call")

    def test_strict_type_is_passed_stage_after_stage(self):
        lead = self._create_lead(self.service).with_user(self.seller)

        for name in ("Check", "Contract", "Done"):
            lead.stage_id = self._stage(self.service, name)

        self.assertEqual(lead.won_status, "won")

    def test_strict_type_skips_no_stage_and_names_the_next(self):
        lead = self._create_lead(self.service).with_user(self.seller)

        with self.assertRaisesRegex(UserError, "next stage is Check"):
            lead.write({"stage_id": self._stage(self.service, "Contract").id})

    def test_strict_type_skips_no_stage_on_any_path(self):
        lead = self._create_lead(self.service)
        contract = self._stage(self.service, "Contract")
        paths = {
            "won": lead.action_set_won,
            "status": lambda: lead.set_deal_status("contract"),
            "superuser": lambda: lead.sudo().write({"stage_id": contract.id}),
            "create": lambda: self._create_lead(self.service, "Contract"),
            "type": lambda: self._create_lead(self.goods).write(
                {"deal_type_id": self.service.id, "stage_id": contract.id}
            ),
            "form": lambda: self._save_form(lead, contract),
        }
        for name, path in paths.items():
            with self.subTest(name), self.assertRaises(UserError):
                path()

        result = self.env["crm.lead"].load(
            ["name", "deal_type_id/.id", "stage_id/.id"], [["Import", str(self.service.id), str(contract.id)]]
        )
        self.assertFalse(result["ids"])

    def _save_form(self, lead, stage):
        with Form(lead) as form:
            form.stage_id = stage

    def test_strict_type_lets_go_back(self):
        lead = self._create_lead(self.service).with_user(self.seller)
        lead.stage_id = self._stage(self.service, "Check")
        lead.stage_id = self._stage(self.service, "Contract")

        lead.stage_id = self._stage(self.service, "Ask")

        self.assertHistory(lead, "new", "qualified", "contract", "new")

    def test_strict_type_steps_over_an_archived_stage(self):
        lead = self._create_lead(self.service)
        self._stage(self.service, "Check").active = False

        lead.stage_id = self._stage(self.service, "Contract")

        self.assertEqual(lead.deal_status_id.code, "contract")

    def test_changed_type_keeps_the_status(self):
        lead = self._create_lead(self.goods, "Call").with_user(self.seller)

        lead.deal_type_id = self.service

        self.assertEqual(lead.stage_id.name, "Ask")
        self.assertHistory(lead, "new")

    def test_changed_type_without_that_status_goes_to_the_last_stage_not_beyond(self):
        lead = self._create_lead(self.goods, "Offer").with_user(self.seller)

        lead.deal_type_id = self.service

        self.assertEqual(lead.stage_id.name, "Check")
        self.assertHistory(lead, "offer", "qualified")

    def test_type_changed_in_the_form_keeps_the_status(self):
        lead = self._create_lead(self.goods, "Offer").with_user(self.seller)

        with Form(lead) as form:
            form.deal_type_id = self.service

        self.assertEqual(lead.stage_id.name, "Check")

    def test_deal_always_has_a_type(self):
        lead = self._create_lead().with_user(self.seller)

        with self.assertRaisesRegex(UserError, "needs a type"):
            lead.deal_type_id = False

    def test_pipeline_of_all_types_shows_no_stage_of_a_foreign_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self._create_type("foreign", [("Far", "new")], company_id=company.id)
        leads = self.env["crm.lead"].with_user(self.seller).with_context(read_group_expand=True)
        self._create_lead(self.goods)

        groups = leads.formatted_read_group([], ["stage_id"], ["__count"])

        names = [group["stage_id"][1] for group in groups if group["stage_id"]]
        self.assertNotIn(foreign.stage_ids.name, names)
        self.assertLess(names.index("Call"), names.index("Offer"))

    def test_won_deal_stays_won_in_another_type(self):
        lead = self._create_lead(self.goods)
        lead.action_set_won()

        lead.deal_type_id = self.service

        self.assertEqual((lead.stage_id.name, lead.won_status), ("Done", "won"))
        self.assertHistory(lead, "new", "won")

    def test_deal_goes_to_a_type_without_stages_and_back(self):
        lead = self._create_lead(self.goods, "Offer")

        lead.deal_type_id = self.project
        self.assertFalse(lead.stage_id)
        self.assertHistory(lead, "offer")

        lead.deal_type_id = self.goods
        self.assertEqual(lead.stage_id.name, "Offer")
        self.assertHistory(lead, "offer")

    def test_lost_deal_changes_its_type_and_comes_back_where_it_was(self):
        lead = self._create_lead(self.goods, "Offer")
        lead.action_set_lost()

        with self.assertRaises(UserError):
            lead.write({"deal_type_id": self.service.id, "stage_id": self._stage(self.service, "Contract").id})
        lead.deal_type_id = self.project
        lead.action_restore()

        self.assertHistory(lead, "offer", "lost", "offer")

    def test_many_deals_change_their_type_each_to_its_own_stage(self):
        leads = self._create_lead(stage="Call") | self._create_lead(stage="Offer") | self._create_lead(stage="Deal")

        leads.write({"deal_type_id": self.service.id})

        self.assertEqual(leads.mapped("stage_id.name"), ["Ask", "Check", "Done"])
