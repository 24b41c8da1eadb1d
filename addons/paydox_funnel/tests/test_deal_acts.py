import base64
from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import PaydoxFunnelCase

PDF = base64.b64encode(b"%PDF-1.4 contract").decode()


@tagged("post_install", "-at_install")
class TestDealActs(PaydoxFunnelCase):
    """Deals are signed, read and voted on as documents are; papers of a deal are signed together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = new_test_user(cls.env, "deal_director", groups="base.group_user", name="Director")
        cls.stranger = new_test_user(cls.env, "deal_stranger", groups="base.group_user")
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.lead = cls._create_lead(name="Pumps", expected_revenue=500, partner_id=cls.customer.id)

    def _create_route(self, model, **step):
        vals = {"name": "Signature", "kind": "sign", "user_ids": [Command.set(self.director.ids)]} | step
        route = self.env["paydox.route"].create(
            {"name": "Route", "res_model": model, "step_ids": [Command.create(vals)]}
        )
        route.action_publish()
        return route

    def _send(self):
        self.goods.route_id = self._create_route("crm.lead")
        lead = self.lead.with_user(self.seller)
        lead.action_request_approval()
        return lead

    def _sign(self, action, password="deal_director"):
        wizard = self.env["paydox.approval.sign"].with_user(self.director).browse(action["res_id"])
        # the password is checked by its own tests; here it is that it is asked for once
        with patch.object(
            self.env.registry["res.users"], "_prove_identity", autospec=True, return_value=("password", False)
        ) as prove:
            wizard.with_context(paydox_password=password, paydox_code=False).action_sign()
        self.assertEqual(prove.call_count, 1)
        return wizard

    # === SIGNING A DEAL ===#

    def test_deal_without_a_file_is_signed_by_its_facts(self):
        lead = self._send().with_user(self.director)
        self.assertEqual(lead.turn_kind, "sign")

        wizard = self._sign(lead.action_open_sign())

        self.assertEqual(wizard.item_ids.mapped("state"), ["signed"])
        self.assertEqual(lead.sudo().approval_state, "approved")
        signature = lead.sudo().approval_id.signature_ids
        self.assertIn("Customer", signature.content)
        self.assertIn("500", signature.content)
        self.assertFalse(signature.version_id)
        self.assertFalse(lead.sudo().approval_id._find_broken_link())

    def test_person_sees_what_he_signs(self):
        lead = self._send().with_user(self.director)

        wizard = self.env["paydox.approval.sign"].with_user(self.director).browse(lead.action_open_sign()["res_id"])

        self.assertIn("Customer", wizard.item_ids.text)

    def test_text_changed_after_the_signature_shows(self):
        lead = self._send().with_user(self.director)
        self._sign(lead.action_open_sign())
        approval = lead.sudo().approval_id
        for query, words in (
            ("UPDATE paydox_signature SET content = 'Pumps for nothing' WHERE approval_id = %s", "text that Director"),
            ("UPDATE paydox_signature SET checksum = 'x' WHERE approval_id = %s", "signature of Director was changed"),
        ):
            self.env.flush_all()
            self.env.cr.execute(query, [approval.id])
            self.env.invalidate_all()

            self.assertRegex(approval._find_broken_link(), words)

    def test_document_without_a_file_is_still_not_sent_to_be_signed(self):
        kind = self.env["paydox.document.kind"].create(
            {"name": "Contract", "code": "KS", "route_id": self._create_route("paydox.document").id}
        )
        document = self.env["paydox.document"].with_user(self.seller).create({"name": "C", "kind_id": kind.id})

        with self.assertRaisesRegex(UserError, "has no file"):
            document.action_submit()

    # === PAPERS OF A DEAL ===#

    def _create_papers(self, count=3):
        kind = self.env["paydox.document.kind"].create(
            {"name": "Contract", "code": "KS", "route_id": self._create_route("paydox.document").id}
        )
        documents = (
            self.env["paydox.document"]
            .with_user(self.seller)
            .create([{"name": f"Paper {place}", "kind_id": kind.id, "lead_id": self.lead.id} for place in range(count)])
        )
        for document in documents:
            document.add_version("contract.pdf", PDF)
        documents.action_submit()
        return documents

    def test_chosen_papers_of_a_deal_are_signed_by_one_password(self):
        papers = self._create_papers()
        action = self.lead.with_user(self.seller).action_open_documents()
        listed = self.env[action["res_model"]].with_user(self.director).search(action["domain"])
        self.assertEqual(listed, papers)

        wizard = self._sign(listed.action_open_sign())

        self.assertEqual(wizard.item_ids.mapped("state"), ["signed"] * 3)
        self.assertEqual(papers.sudo().mapped("state"), ["signed"] * 3)

    def test_all_papers_of_a_deal_are_signed_from_the_deal(self):
        papers = self._create_papers()
        self.env["paydox.document"].sudo().browse(papers[2].id).action_withdraw()
        # the director sees the deal, since it is his to decide too
        lead = self._send().with_user(self.director)
        self.assertEqual(lead.documents_to_sign_count, 2)

        self._sign(lead.action_sign_documents())

        self.assertEqual(papers.sudo().mapped("state"), ["signed", "signed", "draft"])
        lead.invalidate_recordset()
        self.assertEqual(lead.documents_to_sign_count, 0)
        with self.assertRaisesRegex(UserError, "waits for your signature"):
            lead.action_sign_documents()

    def test_stranger_signs_nothing_of_a_deal(self):
        self._create_papers()

        with self.assertRaises(AccessError):
            self.lead.with_user(self.stranger).action_sign_documents()
        with self.assertRaisesRegex(UserError, "waits for your signature"):
            self.lead.with_user(self.seller).action_sign_documents()

    # === ACQUAINTANCE AND VOTES ===#

    def test_deal_is_read_by_those_to_whom_it_is_sent(self):
        self.lead.with_user(self.seller).action_send_acquaintance(self.director.ids)
        lead = self.lead.with_user(self.director)
        self.assertEqual(lead.turn_kind, "acquaint")

        lead.action_confirm_read()

        self.assertEqual(self.lead.acquaintance_text, "1/1")
        with self.assertRaises(AccessError):
            self.lead.with_user(self.stranger).action_confirm_read()

    def test_deal_is_put_to_the_vote(self):
        approval = self.lead.with_user(self.seller).action_start_vote(
            "Shall we give the discount?", users=(self.director | self.stranger).ids
        )
        options = approval.sudo().step_ids.vote_option_ids
        for user in (self.director, self.stranger):
            self.assertTrue(self.lead.with_user(user).can_vote)
            self.lead.with_user(user).action_vote(options[0].id)

        self.assertEqual(approval.sudo().step_ids.vote_outcome, "adopted")
        self.assertEqual(self.lead.vote_count, 1)

    def test_form_offers_the_acts(self):
        arch = self.env["crm.lead"].with_user(self.seller).get_view(view_type="form")["arch"]
        names = etree.fromstring(arch).xpath("//button/@name")
        for name in (
            "action_confirm_read",
            "action_open_votes",
            "action_open_acquaintance",
            "action_sign_documents",
        ):
            self.assertIn(name, names)

    def test_menu_of_a_deal_sends_it_for_acquaintance_and_puts_it_to_the_vote(self):
        bound = self.env["ir.actions.actions"].with_user(self.seller).get_bindings("crm.lead")["action"]
        for xmlid, model in (
            ("crm_lead_action_send_acquaintance", "paydox.acquaintance.send"),
            ("crm_lead_action_start_vote", "paydox.vote.send"),
        ):
            action = self.env.ref(f"paydox_funnel.{xmlid}")
            self.assertIn(action.id, [offer["id"] for offer in bound])
            window = (
                action.with_user(self.seller)
                .with_context(active_model="crm.lead", active_id=self.lead.id, active_ids=self.lead.ids)
                .run()
            )
            self.assertEqual(window["res_model"], model)

    def test_rival_sends_nothing_of_the_deal_of_another(self):
        lead = self.lead.with_user(self.rival)
        for verb in (lead.action_open_send_acquaintance, lead.action_open_start_vote):
            with self.subTest(verb.__name__), self.assertRaises(AccessError):
                verb()
