from odoo.tests import Form, tagged

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestRequisitesProblems(PaydoxCrmCase):
    """Wrong numbers are marked, with the reason, and never refused."""

    def _russian(self, **values):
        return self._create_partner(country_id=self.env.ref("base.ru").id, **values)

    def assertProblem(self, partner, pattern):
        self.assertRegex(partner.requisites_problems or "", pattern)
        self.assertTrue(partner.has_requisites_problems)
        self.assertIn(partner, partner.search([("has_requisites_problems", "=", True)]))

    def test_right_requisites_have_no_problems(self):
        partner = self._russian(kpp="773601001", company_registry="1027700132195", okpo="00032537")

        self.assertFalse(partner.requisites_problems)
        self.assertNotIn(partner, partner.search([("has_requisites_problems", "=", True)]))

    def test_each_wrong_number_is_named_with_its_reason(self):
        self.assertProblem(self._russian(vat="7707083894"), "INN: .*check digit")
        self.assertProblem(self._russian(kpp="77360100"), "KPP: .*number of characters")
        self.assertProblem(self._russian(company_registry="1027700132196"), "OGRN.*: .*check digit")
        self.assertProblem(self._russian(company_registry="2027700132194"), "OGRN.*: ")
        self.assertProblem(self._russian(okpo="00032538"), "OKPO: .*check digit")
        self.assertProblem(self._russian(vat="775260181506", kpp="773601001"), "KPP: .*sole proprietor")

    def test_sole_proprietor_has_a_number_of_fifteen_digits(self):
        partner = self._russian(vat="775260181506", company_registry="320770000199060")

        self.assertFalse(partner.requisites_problems)

    def test_account_is_checked_with_the_code_of_its_bank(self):
        partner = self._russian()
        bank = self.env["res.bank"].create({"name": "Bank", "bic": "044525225"})
        account = self._create_account(partner, "40702810200000012345", bank_id=bank.id)
        self.assertFalse(partner.has_requisites_problems)

        account.write({"acc_number": "40702810300000012345"})

        self.assertProblem(partner, "Bank account: .*check digit")

    def test_codes_and_accounts_of_the_bank_are_checked_too(self):
        partner = self._russian()
        bank = self.env["res.bank"].create(
            {"name": "Bank", "bic": "044525225", "correspondent_account": "30101810400000000225"}
        )
        self._create_account(partner, "40702810200000012345", bank_id=bank.id)
        self.assertFalse(partner.requisites_problems)

        bank.correspondent_account = "30101810400000000974"
        self.assertProblem(partner, "Correspondent account of the bank: .*last three digits")
        bank.write({"correspondent_account": "30101810400000000225", "bic": "04452522"})
        self.assertProblem(partner, "BIK of the bank: .*number of characters")
        self.assertNotIn("account", partner.requisites_problems)

    def test_account_without_a_bank_has_the_right_form_at_least(self):
        partner = self._russian()
        account = self._create_account(partner, "4070281020000001234")
        self.assertProblem(partner, "Bank account: .*number of characters")
        account.acc_number = "40702810200000012345"
        self.assertFalse(partner.requisites_problems)

    def test_account_abroad_is_checked_as_an_iban(self):
        partner = self._russian()
        bank = self.env["res.bank"].create({"name": "Deutsche Bank", "bic": "DEUTDEFF"})
        account = self._create_account(partner, "DE89 3704 0044 0532 0130 00", bank_id=bank.id)
        self.assertFalse(partner.requisites_problems)
        account.acc_number = "DE88 3704 0044 0532 0130 00"
        self.assertProblem(partner, "Bank account: .*check digit")
        bank.bic = "DEUTDE"
        self.assertProblem(partner, "SWIFT of the bank: .*number of characters")

    def test_romanian_account_is_an_iban(self):
        partner = self._create_partner(country_id=self.env.ref("base.ro").id, vat="14399840")
        account = self._create_account(partner, "RO49 AAAA 1B31 0075 9384 0000")
        self.assertFalse(partner.requisites_problems)
        account.acc_number = "RO49 AAAA 1B31 0075 9384 0001"
        self.assertProblem(partner, "Bank account: .*check digit")

    def test_wrong_account_is_named_by_its_number_for_those_only_who_may_see_it(self):
        partner = self._russian()
        self._create_account(partner, "40702810200000012346")
        bank = self.env["res.bank"].create({"name": "Bank", "bic": "044525225"})
        self._create_account(partner, "40702810300000012345", bank_id=bank.id)

        self.assertIn("40702810300000012345", partner.with_user(self.accountant).requisites_problems)
        seen = partner.with_user(self.employee).read(["requisites_problems"])[0]["requisites_problems"]
        self.assertRegex(seen, "^Bank account: ")

    def test_odoo_s_own_check_accepts_each_valid_number_of_a_person(self):
        for number in ("775260181506", "779482199300", "777865797502", "500100732259", "7707083893"):
            self.assertTrue(self.env["res.partner"].check_vat_ru(number))
        for number in ("775260181507", "7707083894", "0000000000", "000000000000", "ИНН7707083893"):
            self.assertFalse(self.env["res.partner"].check_vat_ru(number))

    def test_romanian_numbers_follow_romanian_rules(self):
        romania = self.env.ref("base.ro").id

        good = self._create_partner(country_id=romania, vat="RO14399840", company_registry="J1997008302407")
        wrong = self._create_partner(country_id=romania, vat="RO14399841", company_registry="J40/8302/2031")

        self.assertFalse(good.has_requisites_problems)
        self.assertProblem(wrong, "CUI: .*check digit")
        self.assertProblem(wrong, "year")

    def test_other_countries_are_not_judged(self):
        self.assertFalse(
            self._create_partner(country_id=self.env.ref("base.be").id, vat="whatever").requisites_problems
        )
        self.assertFalse(self._create_partner(country_id=False, vat="whatever").requisites_problems)

    def test_form_warns_while_typing_and_saves(self):
        partner = self._russian()

        with Form(partner.with_user(self.manager)) as form:
            form.kpp = "12"
            self.assertIn("KPP", form.requisites_problems)
        self.assertTrue(partner.has_requisites_problems)

        partner.write({"kpp": "773601001"})
        self.assertFalse(partner.has_requisites_problems)

    def test_labels_follow_the_country(self):
        partner = self._russian()
        self.assertEqual(partner.tax_number_label, "INN")
        partner.country_id = self.env.ref("base.ro")
        self.assertEqual(partner.tax_number_label, "CUI")
        partner.country_id = self.env.ref("base.be")
        self.assertEqual(partner.tax_number_label, "Tax ID")
        partner.country_id = self.env.ref("base.ru")
        self.assertEqual(partner.company_registry_label, "OGRN")
        partner.partner_kind = "sole_proprietor"
        self.assertEqual(partner.company_registry_label, "OGRNIP")
        self.assertEqual(
            self._create_partner(country_id=self.env.ref("base.ro").id).company_registry_label, "Trade Register No."
        )
