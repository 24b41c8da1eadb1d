from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestPartnerKind(PaydoxCrmCase):
    """Each entry of the directory is of one kind, on which its numbers depend; roles decide where it is offered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.russia = cls.env.ref("base.ru")
        cls.Partner = cls.env["res.partner"].with_user(cls.manager)
        cls.firm = cls.Partner.create({"name": "Kind Romashka", "is_company": True, "country_id": cls.russia.id})
        cls.customer = cls.env.ref("paydox_crm.paydox_partner_role_customer")
        cls.supplier = cls.env.ref("paydox_crm.paydox_partner_role_supplier")
        cls.competitor = cls.env.ref("paydox_crm.paydox_partner_role_competitor")

    def test_kinds_of_the_directory_add_up(self):
        employee = self.Partner.create({"name": "Kind Petrov", "parent_id": self.firm.id})
        citizen = self.Partner.create({"name": "Kind Sidorov", "vat": "500100732259", "country_id": self.russia.id})
        self.firm.active = False
        everybody = self.Partner.with_context(active_test=False)

        counts = dict(everybody._read_group([], ["partner_kind"], ["__count"]))

        self.assertEqual(sum(counts.values()), everybody.search_count([]))
        self.assertNotIn(False, counts)
        self.assertEqual(
            (self.firm.partner_kind, employee.partner_kind, citizen.partner_kind), ("organisation", "contact", "person")
        )
        self.assertFalse(citizen.requisites_problems)
        self.assertEqual(
            self.Partner.search([("partner_kind", "=", "contact"), ("name", "=", "Kind Petrov")]), employee
        )

    def test_kind_follows_the_organisation_and_is_refused_against_it(self):
        person = self.Partner.create({"name": "Kind Ivanov"})
        person.parent_id = self.firm
        self.assertEqual(person.partner_kind, "contact")
        for kind in ("person", "sole_proprietor"):
            with self.subTest(kind=kind), self.assertRaises(ValidationError):
                person.partner_kind = kind
        person.parent_id = False
        self.assertEqual(person.partner_kind, "person")
        with self.assertRaisesRegex(ValidationError, "contact person"):
            self.firm.partner_kind = "contact"

    def test_organisation_becomes_a_sole_proprietor(self):
        self.firm.write({"kpp": "773601001", "company_registry": "320770000199060"})
        document = self._create_document(self.firm)

        with Form(self.firm) as form:
            self.assertTrue(form.kpp)
            form.partner_kind = "sole_proprietor"
            self.assertFalse(form.kpp)
            self.assertEqual(form.company_registry_label, "OGRNIP")
            form.vat = "500100732259"

        self.assertFalse(self.firm.requisites_problems)
        self.assertTrue(self.firm.is_company)
        self.assertEqual(document.partner_id, self.firm)
        self.firm.company_registry = "1027700132195"
        self.assertIn("OGRNIP", self.firm.requisites_problems)

    def test_numbers_are_judged_by_kind(self):
        self.firm.vat = "500100732259"
        self.assertRegex(self.firm.requisites_problems, "INN: 10 digits are of an organisation")
        self.firm.partner_kind = "foreign"
        self.assertFalse(self.firm.requisites_problems)
        self.firm.write({"partner_kind": "organisation", "vat": "７７０７０８３８９３"})
        self.assertFalse(self.firm.requisites_problems)
        for wrong in ("770708389", "7707 0838 94", "77O7083893", "0000000000"):
            with self.subTest(wrong=wrong):
                self.firm.vat = wrong
                self.assertRegex(self.firm.requisites_problems, "INN: ")

    def test_one_card_with_two_roles_is_in_both_lists(self):
        self.firm.role_ids = self.customer | self.supplier
        for role in (self.customer, self.supplier):
            self.assertIn(self.firm, self.Partner.search([("role_ids", "in", role.ids)]))

    def test_mere_competitor_is_not_offered_as_a_customer(self):
        employee = self.env["res.partner"].with_user(self.employee)
        self.firm.role_ids = self.competitor

        def offered():
            found = employee.with_context(res_partner_search_mode="customer").name_search("Kind Romashka")
            more = employee.with_context(res_partner_search_mode="customer").web_search_read(
                [("name", "=", "Kind Romashka")], {"name": {}}
            )
            return [bool(found), bool(more["length"])]

        person = self.Partner.create({"name": "Kind Rival", "parent_id": self.firm.id})
        self.assertEqual(offered(), [False, False])
        self.assertTrue(person.is_competitor_only)
        self.assertTrue(employee.name_search("Kind Romashka"))
        self.assertTrue(self.firm.is_competitor_only)

        self.firm.role_ids |= self.customer
        self.assertEqual(offered(), [True, True])
        self.assertFalse(self.firm.is_competitor_only)

    def test_roles_are_kept_by_the_managers_only(self):
        with self.assertRaises(AccessError):
            self.customer.with_user(self.manager).name = "Client"

    def test_required_papers_depend_on_roles(self):
        kind = self.env["paydox.document.kind"].create(
            {"name": "Licence", "code": "kind-licence", "is_counterparty_paper": True}
        )
        self.env["paydox.dossier.rule"].create(
            {"name": "Suppliers", "kind_ids": kind.ids, "role_ids": self.supplier.ids}
        )
        self.assertFalse(self.firm.dossier_state)
        self.firm.role_ids = self.supplier
        self.env.invalidate_all()
        self.assertEqual(self.firm.dossier_state, "missing")
