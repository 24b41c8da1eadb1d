from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestDocumentRequisites(PaydoxCrmCase):
    """Rule 13: a document shows the requisites of its own day, whatever happened later."""

    def _row(self, document, name="legal_name"):
        self.env.invalidate_all()
        return next((row for row in document.requisites_compare["rows"] if row["name"] == name), None)

    def test_state_of_the_document_date_and_of_the_execution_date_side_by_side(self):
        partner = self._create_partner(since=-90)
        document = self._create_document(partner, date=self._day(-60))
        self._register(partner, -30, legal_name="LLC Lotos")

        document.date_execution = self._day(-10)

        row = self._row(document)
        self.assertEqual(row["values"], ["LLC Romashka", "LLC Lotos"])
        self.assertTrue(row["differs"])
        self.assertFalse(self._row(document, "director_name")["differs"])
        self.assertTrue(document.requisites_changed)
        self.assertEqual(len(document.requisites_compare["columns"]), 2)

    def test_later_changes_leave_the_document_as_it_was(self):
        partner = self._create_partner(since=-90)
        document = self._create_document(partner, date=self._day(-60), date_execution=self._day(-50))

        partner.write({"legal_name": "LLC Lotos", "director_name": "Petrov"})

        self.assertEqual(self._row(document)["values"], ["LLC Romashka", "LLC Romashka"])
        self.assertFalse(document.requisites_changed)

    def test_without_execution_date_there_is_one_column(self):
        document = self._create_document(self._create_partner(since=-90), date=self._day(-60))

        self.assertEqual(self._row(document)["values"], ["LLC Romashka"])
        self.assertFalse(document.requisites_changed)

    def test_execution_before_the_document_date_is_shown_with_a_warning(self):
        partner = self._create_partner(since=-90)
        self._register(partner, -30, legal_name="LLC Lotos")
        document = self._create_document(partner, date=self._day(-10), date_execution=self._day(-60))

        self.assertEqual(self._row(document)["values"], ["LLC Lotos", "LLC Romashka"])
        self.assertIn("earlier", document.requisites_compare["warning"])

    def test_counterparty_entered_after_the_document_is_said_to_be_unknown(self):
        partner = self._create_partner(since=-30)
        document = self._create_document(partner, date=self._day(-60), date_execution=self._day(-10))

        self.assertEqual(self._row(document)["values"], ["", "LLC Romashka"])
        self.assertFalse(self._row(document)["differs"], "Unknown is not different.")
        column = document.requisites_compare["columns"][0]
        self.assertFalse(column["known"])
        self.assertIn("Not in the directory yet", column["note"])

    def test_document_with_a_contact_person_shows_his_organisation(self):
        partner = self._create_partner(since=-90)
        contact = self.env["res.partner"].create({"name": "Petrov", "parent_id": partner.id})

        document = self._create_document(contact, date=self._day(-60))

        self.assertEqual(self._row(document)["values"], ["LLC Romashka"])

    def test_document_without_counterparty_shows_nothing(self):
        document = self._create_document(self.env["res.partner"])

        self.assertFalse(document.requisites_compare)

    def test_bank_values_are_shown_only_with_the_group(self):
        number = "40702810200000012345"
        partner = self._create_partner(since=-90)
        self._create_account(partner, number)
        document = self._create_document(partner, confidentiality="open")

        as_employee = document.with_user(self.employee)
        self.assertNotIn(number, str(as_employee.read(["requisites_compare"])))
        self.assertIsNone(self._row(as_employee, "bank_ids"))
        self.assertIn(number, self._row(document.with_user(self.accountant), "bank_ids")["values"][0])

    def test_history_opens_from_the_document(self):
        partner = self._create_partner(since=-90)
        document = self._create_document(partner, confidentiality="open")

        action = document.with_user(self.employee).action_open_partner_requisites()

        self.assertEqual(self.Requisites.search(action["domain"]), partner.requisites_ids)

    def test_history_does_not_open_from_a_document_one_may_not_read(self):
        document = self._create_document(self._create_partner(), confidentiality="secret")

        with self.assertRaises(AccessError):
            document.with_user(self.employee).action_open_partner_requisites()

    def test_secret_ground_of_a_change_is_not_named_to_others(self):
        partner = self._create_partner(since=-30)
        secret = self._create_document(partner, name="Secret minutes", confidentiality="secret")
        self._register(partner, -10, user=self.env.user, legal_name="LLC Lotos", source_document_id=secret.id)

        states = partner.requisites_ids.with_user(self.employee)
        seen = [
            states.web_read(
                {"source_document_id": {"fields": {"display_name": {}}}, "changes": {}, "display_name": {}}
            ),
            states.read(["source_document_id"]),
        ]
        self.assertNotIn("Secret minutes", str(seen))
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._register(partner, -5, legal_name="LLC Narcis", source_document_id=secret.id)

    def test_list_of_documents_costs_a_fixed_number_of_queries(self):
        documents = self.env["paydox.document"].concat(
            *(self._create_document(self._create_partner(since=-90)) for __ in range(5))
        )

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            records.mapped("name")
            before = self.env.cr.sql_log_count
            records.mapped("requisites_changed")
            return self.env.cr.sql_log_count - before

        count(documents)
        self.assertLessEqual(count(documents), count(documents[:1]))
