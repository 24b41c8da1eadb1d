from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import PaydoxFunnelCase


@tagged("post_install", "-at_install")
class TestDocument(PaydoxFunnelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["paydox.document.kind"].create({"name": "Test contract", "code": "test_contract"})

    def _create_document(self, lead, user=None, **values):
        documents = self.env["paydox.document"].with_user(user or self.seller)
        return documents.create({"name": "Contract", "kind_id": self.kind.id, "lead_id": lead.id, **values})

    def test_new_document_knows_the_deal(self):
        partner = self.env["res.partner"].create({"name": "Customer", "company_id": self.env.company.id})
        lead = self._create_lead(partner_id=partner.id, expected_revenue=500).with_user(self.seller)
        action = lead.action_new_document()

        form = Form(self.env["paydox.document"].with_user(self.seller).with_context(**action["context"]))
        form.kind_id = self.kind
        document = form.save()

        self.assertRecordValues(
            document,
            [
                {
                    "lead_id": lead.id,
                    "name": "Deal",
                    "partner_id": partner.id,
                    "amount": 500,
                    "responsible_id": self.seller.id,
                }
            ],
        )
        self.assertEqual(lead.document_count, 1)

    def test_document_is_not_tied_to_a_deal_of_somebody_else(self):
        lead = self._create_lead(user=self.rival)

        with self.assertRaises(AccessError):
            self._create_document(lead)
        document = self._create_document(self._create_lead())
        with self.assertRaises(AccessError):
            document.write({"lead_id": lead.id})

    def test_subordinate_document_stays_with_the_deal_that_its_maker_reads(self):
        contract = self._create_document(self._create_lead(), confidentiality="open")

        for user, lead in ((self.seller, contract.lead_id), (self.rival, contract.lead_id.browse())):
            context = contract.with_user(user).action_new_child()["context"]
            form = Form(self.env["paydox.document"].with_user(user).with_context(**context))
            form.kind_id = self.kind
            self.assertEqual(form.save().lead_id, lead)

    def test_counter_does_not_tell_of_documents_that_are_not_read(self):
        lead = self._create_lead()
        self._create_document(lead, user=self.head, confidentiality="secret")

        self.assertEqual(lead.with_user(self.head).document_count, 1)
        self.assertEqual(lead.with_user(self.seller).document_count, 0)

    def test_merged_deal_keeps_the_documents(self):
        head, tail = self._create_lead(probability=90), self._create_lead(probability=1)
        document = self._create_document(tail)

        merged = (head | tail).with_user(self.head).merge_opportunity()

        self.assertEqual(document.lead_id, merged)

    def test_deal_is_deleted_and_its_documents_stay(self):
        lead = self._create_lead()
        document = self._create_document(lead)

        lead.unlink()

        self.assertFalse(document.lead_id)
