from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.http import serialize_exception
from odoo.tests import Form, tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestStageCheck(PaydoxFunnelCase):
    """Stage Check of the strict type asks for an e-mail, stage Contract for an approved contract and a revenue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["paydox.document.kind"].create({"name": "Check contract", "code": "CHKC"})
        cls.check_stage, cls.contract_stage = cls._stage(cls.service, "Check"), cls._stage(cls.service, "Contract")
        cls.check_stage.check_ids = [Command.create({"field_id": cls._field("email_from").id})]
        cls.contract_stage.check_ids = [
            Command.create(
                {"kind": "document", "document_kind_id": cls.kind.id, "document_state": "approved", "sequence": 1}
            ),
            Command.create(
                {
                    "kind": "condition",
                    "condition": "[('expected_revenue', '>', 100)]",
                    "message": "Agree a price above 100",
                    "sequence": 2,
                }
            ),
        ]
        cls.lead = cls._create_lead(cls.service).with_user(cls.seller)

    @classmethod
    def _field(cls, name):
        return cls.env["ir.model.fields"]._get("crm.lead", name)

    def _add_contract(self, lead, approved=True):
        document = self.env["paydox.document"].create(
            {"name": "Contract", "kind_id": self.kind.id, "lead_id": lead.id, "author_id": self.head.id}
        )
        if approved:
            # As the route does: what is tested here is the deal.
            document.sudo()._transition_to("review")
            document.sudo()._transition_to("approved")
        return document

    def test_stage_is_refused_until_what_it_asks_for_is_there(self):
        with self.assertRaisesRegex(UserError, "Email"):
            self.lead.stage_id = self.check_stage

        self.lead.email_from = "buyer@example.com"
        self.lead.stage_id = self.check_stage

        self.assertHistory(self.lead, "new", "qualified")

    def test_message_lists_everything_that_is_missing(self):
        self.lead.email_from = "buyer@example.com"
        self.lead.stage_id = self.check_stage

        with self.assertRaises(UserError) as caught:
            self.lead.stage_id = self.contract_stage

        self.assertIn("Check contract", str(caught.exception))
        self.assertIn("Agree a price above 100", str(caught.exception))

    def test_links_lead_to_the_document_that_was_begun_for_who_may_read_it(self):
        self.lead.write({"email_from": "buyer@example.com", "expected_revenue": 500})
        self.lead.stage_id = self.check_stage

        def get_links(lead):
            with self.assertRaises(UserError) as caught:
                lead.stage_id = self.contract_stage
            told = serialize_exception(caught.exception)
            self.assertNotIn("res_model", told["message"])
            return [link["action"] for link in told["context"]["links"]]

        [new] = get_links(self.lead)
        self.assertEqual((new["res_model"], new["context"]["default_kind_id"]), ("paydox.document", self.kind.id))
        document = self._add_contract(self.lead, approved=False)
        [begun] = get_links(self.lead.with_user(self.head))
        self.assertEqual((begun["res_model"], begun.get("res_id")), ("paydox.document", document.id))
        document.confidentiality = "secret"
        self.assertFalse(document.with_user(self.seller).has_access("read"))
        [again] = get_links(self.lead)
        self.assertFalse(again.get("res_id"))

    def test_document_counts_only_when_it_has_reached_the_state(self):
        self.lead.write({"email_from": "buyer@example.com", "expected_revenue": 500})
        self.lead.stage_id = self.check_stage
        self._add_contract(self.lead, approved=False)
        with self.assertRaisesRegex(UserError, "Check contract"):
            self.lead.stage_id = self.contract_stage

        self._add_contract(self.lead)
        self.lead.stage_id = self.contract_stage

        self.assertEqual(self.lead.deal_status_id.code, "contract")

    def test_contract_of_another_deal_does_not_count(self):
        other = self._create_lead(self.service)
        self._add_contract(other)
        self.lead.write({"email_from": "buyer@example.com", "expected_revenue": 500})
        self.lead.stage_id = self.check_stage

        with self.assertRaises(UserError):
            self.lead.stage_id = self.contract_stage

    def test_no_path_goes_around_the_checks(self):
        other = self._create_lead(self.goods, "Offer", email_from=False)
        paths = {
            "status": lambda: self.lead.set_deal_status("qualified"),
            "superuser": lambda: self.lead.sudo().write({"stage_id": self.check_stage.id}),
            "form": lambda: self._save_form(self.lead),
            "type": lambda: other.write({"deal_type_id": self.service.id}),
            "context": lambda: self.lead.with_context(
                install_mode=True, import_file=True, overridden_ids=self.lead.ids
            ).write({"stage_id": self.check_stage.id}),
        }
        for name, path in paths.items():
            with self.subTest(name):
                with self.assertRaises(UserError) as caught:
                    path()
                self.assertIn("What is missing", str(caught.exception))

        result = (
            self.env["crm.lead"]
            .with_user(self.seller)
            .load([".id", "stage_id/.id"], [[str(self.lead.id), str(self.check_stage.id)]])
        )
        self.assertFalse(result["ids"])
        self.assertEqual(self.lead.stage_id.name, "Ask")

    def _save_form(self, lead):
        with Form(lead) as form:
            form.stage_id = self.check_stage

    def test_many_deals_are_refused_together_and_each_is_named(self):
        ready = self._create_lead(self.service, email_from="a@example.com")
        leads = ready | self._create_lead(self.service, name="First") | self._create_lead(self.service, name="Second")

        with self.assertRaises(UserError) as caught:
            leads.write({"stage_id": self.check_stage.id})

        self.assertIn("First", str(caught.exception))
        self.assertIn("Second", str(caught.exception))
        self.assertEqual(ready.stage_id.name, "Ask", "nothing is half done")

    def test_going_back_asks_for_nothing(self):
        self.lead.email_from = "buyer@example.com"
        self.lead.stage_id = self.check_stage
        self.lead.email_from = False

        self.lead.stage_id = self._stage(self.service, "Ask")

        self.assertHistory(self.lead, "new", "qualified", "new")

    def test_deal_shows_what_the_next_stage_asks_for(self):
        self.assertEqual(self.lead.next_stage_id, self.check_stage)
        self.assertIn("Email", self.lead.next_stage_missing)

        self.lead.email_from = "buyer@example.com"
        self.lead.invalidate_recordset()

        self.assertFalse(self.lead.next_stage_missing)

    def test_condition_met_once_and_lost_later_is_shown(self):
        self.lead.email_from = "buyer@example.com"
        self.lead.stage_id = self.check_stage
        self.assertFalse(self.lead.stage_missing)

        self.lead.email_from = False
        self.lead.invalidate_recordset()

        self.assertIn("Email", self.lead.stage_missing)

    def test_manual_types_ask_for_nothing(self):
        self.service.stage_control = "manual"

        self.lead.stage_id = self.contract_stage

        self.assertEqual(self.lead.deal_status_id.code, "contract")

    def test_manager_moves_a_deal_past_the_checks_with_a_reason(self):
        self.lead.with_user(self.boss).action_override_stage(self.contract_stage, "The scan comes tomorrow")

        self.assertEqual(self.lead.stage_id, self.contract_stage)
        event = self.lead.sudo().status_event_id
        self.assertEqual((event.reason, event.user_id), ("The scan comes tomorrow", self.boss))
        self.assertIn("The scan comes tomorrow", self.lead.sudo().message_ids[0].body)

    def test_override_needs_the_right_and_a_reason(self):
        for user in (self.seller, self.head):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.lead.with_user(user).action_override_stage(self.contract_stage, "Because")
        as_boss = self.lead.with_user(self.boss)
        for arguments in (("x", "r"), (0, "r"), (True, "r"), (self.contract_stage, " "), (self.contract_stage, None)):
            with self.subTest(arguments=arguments), self.assertRaises(UserError):
                as_boss.action_override_stage(*arguments)
        self.assertEqual(self.lead.stage_id.name, "Ask")

    def test_override_does_not_open_the_stages_of_other_types(self):
        with self.assertRaises(ValidationError):
            self.lead.with_user(self.boss).action_override_stage(self._stage(self.goods, "Deal"), "Because")

    def test_check_that_says_nothing_is_refused(self):
        incomplete = (
            {"kind": "field"},
            {"kind": "document", "document_kind_id": False},
            {"kind": "condition", "message": "Say"},
            {"kind": "condition", "condition": "[('no_such_field', '=', 1)]", "message": "Say"},
            {"kind": "condition", "condition": "__import__('os')", "message": "Say"},
            {"kind": "condition", "condition": "[('id', '>', 0)]"},
            {"kind": "field", "field_id": self.env["ir.model.fields"]._get("res.partner", "name").id},
        )
        for values in incomplete:
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.contract_stage.check_ids = [Command.create(values)]

    def test_salesperson_does_not_change_the_checks(self):
        check = self.check_stage.check_ids.with_user(self.seller)

        self.assertTrue(check.summary)
        with self.assertRaises(AccessError):
            check.unlink()
        with self.assertRaises(AccessError):
            check.message = "x"

    def test_skipped_stages_stand_in_the_history(self):
        lead = self._create_lead(self.goods).with_user(self.seller)

        lead.stage_id = self._stage(self.goods, "Deal")

        self.assertEqual(lead.sudo().status_event_id.skipped_stage_ids, self._stage(self.goods, "Offer"))

    def test_nothing_is_skipped_on_the_way_back_or_to_the_neighbour(self):
        lead = self._create_lead(self.goods).with_user(self.seller)
        lead.stage_id = self._stage(self.goods, "Offer")
        lead.stage_id = self._stage(self.goods, "Deal")
        lead.stage_id = self._stage(self.goods, "Call")

        self.assertFalse(lead.sudo().status_event_ids.skipped_stage_ids)


@tagged("post_install", "-at_install")
class TestDealTypeSettings(PaydoxFunnelCase):
    def test_statuses_that_run_backwards_are_refused_until_confirmed(self):
        deal_type = self._create_type(
            "backwards", [("Draft", "contract"), ("Talk", "new"), ("Done", "won")], active=False
        )

        with self.assertRaisesRegex(ValidationError, "Talk comes after Draft"):
            deal_type.with_user(self.boss).active = True

        deal_type.with_user(self.boss).write({"allow_status_backwards": True, "active": True})
        self.assertTrue(deal_type.active)

    def test_confirmation_cannot_be_taken_back_while_statuses_run_backwards(self):
        deal_type = self._create_type(
            "backwards", [("Draft", "contract"), ("Talk", "new"), ("Done", "won")], allow_status_backwards=True
        )

        with self.assertRaises(ValidationError):
            deal_type.allow_status_backwards = False

    def test_deal_has_the_own_fields_of_its_type(self):
        self.goods.property_definition = [{"name": "region", "string": "Region", "type": "char"}]
        lead = self._create_lead(self.goods).with_user(self.seller)

        lead.deal_properties = {"region": "North"}

        self.assertEqual(lead.read(["deal_properties"])[0]["deal_properties"][0]["value"], "North")
        self.assertFalse(self._create_lead(self.service).deal_properties)
