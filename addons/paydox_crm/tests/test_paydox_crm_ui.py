from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestPaydoxCrmUi(HttpCase):
    def test_manager_renames_a_counterparty_and_sees_both_states(self):
        new_test_user(
            self.env,
            "tour_manager",
            groups="base.group_user,base.group_partner_manager,paydox_crm.paydox_crm_group_bank",
        )
        partner = self.env["res.partner"].create(
            {"name": "Tour Romashka", "is_company": True, "legal_name": "LLC Tour Romashka"}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE paydox_partner_requisites SET valid_from = valid_from - 30 WHERE partner_id = %s", (partner.id,)
        )
        self.env.invalidate_all()

        self.start_tour(f"/odoo/contacts/{partner.id}", "paydox_crm_rename_tour", login="tour_manager")

        states = partner.requisites_ids.filtered(lambda state: not state.superseded).sorted("valid_from")
        self.assertEqual([state.snapshot["legal_name"] for state in states], ["LLC Tour Romashka", "LLC Tour Lotos"])
        self.assertEqual(states[-1].create_uid.login, "tour_manager")

    def test_assistant_finds_a_duplicate_by_phone_in_another_format(self):
        new_test_user(self.env, "tour_secretary", groups="base.group_user,base.group_partner_manager")
        self.env.company.country_id = self.env.ref("base.ru")
        known = self.env["res.partner"].create(
            {"name": "Tour Known Firm", "is_company": True, "phone": "+7 (495) 123-45-67"}
        )

        self.start_tour("/odoo/contacts", "paydox_crm_registration_tour", login="tour_secretary")

        registered = self.env["res.partner"].search([("name", "=", "Tour Fresh Firm")])
        self.assertEqual(len(registered), 1)
        self.assertEqual(registered.child_ids.name, "Tour Person")
        self.assertEqual(
            self.env["paydox.partner.distinct"].search([("partner_id", "=", registered.id)]).other_id, known
        )

    def test_salesman_works_from_the_card(self):
        salesman = new_test_user(self.env, "tour_salesman", groups="base.group_user,base.group_partner_manager")
        firm = self.env["res.partner"].create({"name": "Tour Client", "is_company": True})
        route = self.env["paydox.route"].create(
            {"name": "Tour", "step_ids": [(0, 0, {"name": "Salesman", "user_ids": [(6, 0, salesman.ids)]})]}
        )
        route.action_publish()
        kind = self.env["paydox.document.kind"].create({"name": "Tour kind", "code": "TOUR", "route_id": route.id})
        document = self.env["paydox.document"].create({"name": "Tour offer", "kind_id": kind.id, "partner_id": firm.id})
        document.action_submit()
        call = (
            self.env["paydox.interaction"]
            .with_user(salesman)
            .create({"name": "Tour call", "partner_id": firm.id, "state": "done"})
        )
        firm.message_post(body="Tour hello", message_type="comment", subtype_xmlid="mail.mt_comment")

        self.start_tour(f"/odoo/contacts/{firm.id}", "paydox_crm_salesman_tour", login="tour_salesman")

        self.assertEqual(call.result, "They sign on Monday")
        self.assertEqual(document.state, "approved")

    def test_lawyer_follows_a_renamed_company_through_an_old_contract(self):
        new_test_user(self.env, "tour_lawyer", groups="base.group_user,base.group_partner_manager")
        firm = self.env["res.partner"].create({"name": "Tour", "is_company": True, "legal_name": "LLC Tour Old"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE paydox_partner_requisites SET valid_from = valid_from - 30 WHERE partner_id = %s", (firm.id,)
        )
        self.env.invalidate_all()
        firm.legal_name = "LLC Tour New"
        kind = self.env["paydox.document.kind"].create({"name": "Old", "code": "OLD", "confidentiality": "open"})
        today = self.env["res.partner"]._get_requisites_today()
        contract = self.env["paydox.document"].create(
            {"name": "Contract", "kind_id": kind.id, "partner_id": firm.id, "date": today - timedelta(days=10)}
        )

        action = self.env.ref("paydox_edms.paydox_document_action")
        self.start_tour(f"/odoo/{action.path}/{contract.id}", "paydox_crm_lawyer_tour", login="tour_lawyer")

    def test_clerk_renews_an_expired_charter_and_the_warning_goes(self):
        today = fields.Date.context_today(self.env.user)
        groups = "base.group_user,base.group_partner_manager,paydox_edms.paydox_edms_group_clerk"
        clerk = new_test_user(self.env, "tour_clerk", groups=groups)
        kind = self.env["paydox.document.kind"].create(
            {"name": "Tour charter", "code": "TOURCH", "is_counterparty_paper": True}
        )
        tag = self.env["res.partner.category"].create({"name": "Tour supplier"})
        self.env["paydox.dossier.rule"].create(
            {"name": "Tour", "kind_ids": [Command.set(kind.ids)], "category_ids": [Command.set(tag.ids)]}
        )
        partner = self.env["res.partner"].create(
            {"name": "Tour firm", "is_company": True, "category_id": [Command.set(tag.ids)]}
        )
        documents = self.env["paydox.document"].with_user(clerk)
        charter = documents.create(
            {
                "name": "Charter of the tour",
                "kind_id": kind.id,
                "partner_id": partner.id,
                "valid_from": today - timedelta(days=100),
                "valid_to": today - timedelta(days=1),
            }
        )
        contract = documents.create({"name": "Tour contract", "kind_id": self._kind().id, "partner_id": partner.id})
        self.assertIn("Tour charter", contract.papers_problem)

        self.start_tour(f"/odoo/paydox.document/{contract.id}", "paydox_crm_renew_tour", login="tour_clerk")

        self.env.invalidate_all()
        self.assertEqual(charter.backlink_ids.document_id.valid_from, today)
        self.assertFalse(contract.papers_problem)
        self.assertEqual(partner.with_user(clerk).dossier_state, "complete")

    def _kind(self):
        return self.env["paydox.document.kind"].create({"name": "Tour contract", "code": "TOURCO"})
