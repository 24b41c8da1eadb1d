from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestRegistration(PaydoxCrmCase):
    """The assistant creates everything at once or nothing, checks what is typed and knows who is there already."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.russia = cls.env.ref("base.ru")
        cls.env.company.country_id = cls.russia
        cls.Registration = cls.env["paydox.partner.registration"].with_user(cls.manager)
        cls.Partner = cls.env["res.partner"]

    def _fill(self, **values):
        return self.Registration.create({"name": "ООО Незабудка", "country_id": self.russia.id} | values)

    def _registered(self, action):
        self.assertEqual(action["res_model"], "res.partner")
        return self.Partner.browse(action["res_id"])

    def test_four_steps_make_everything_in_one_go(self):
        before = self.Partner.search_count([])
        customer = self.env.ref("paydox_crm.paydox_partner_role_customer")
        with Form(self.Registration) as form:
            form.name = "Незабудка"
            form.role_ids.add(customer)
        wizard = form.record
        wizard.action_next()
        self.assertEqual(wizard.step, "details")
        with Form(wizard) as form:
            form.phone = "+7 495 765-43-21"
            form.email = "office@nezabudka.example"
            form.vat = "7707 083 893"
            form.kpp = "773601001"
            form.director_name = "Иванов И. И."
        wizard.action_next()
        with Form(wizard) as form:
            for name in ("Petrova", "Sidorova"):
                with form.contact_ids.new() as contact:
                    contact.name = name
                    contact.email = "same@nezabudka.example"
        wizard.action_next()
        self.assertEqual(wizard.step, "bank")
        with Form(wizard) as form:
            form.bank_code = "044525225"
            form.bank_name = "Bank"
            form.acc_number = "4070 2810 2000 0001 2345"
            form.correspondent_account = "30101810400000000225"
            form.comment = "Met at a fair <b>"
        self.assertEqual(self.Partner.search_count([]), before, "nothing is there before the last button")

        partner = self._registered(wizard.action_register())

        self.assertEqual(partner.create_uid, self.manager)
        self.assertRecordValues(
            partner, [{"vat": "7707083893", "kpp": "773601001", "is_company": True, "partner_kind": "organisation"}]
        )
        self.assertEqual(partner.role_ids, customer)
        self.assertEqual(partner.child_ids.mapped("name"), ["Petrova", "Sidorova"])
        self.assertEqual(set(partner.child_ids.mapped("email")), {"same@nezabudka.example"})
        self.assertRecordValues(partner.bank_ids, [{"acc_number": "40702810200000012345"}])
        self.assertEqual(partner.bank_ids.bank_id.correspondent_account, "30101810400000000225")
        self.assertIn("&lt;b&gt;", partner.comment)
        state = self._in_force(partner).sudo()
        self.assertEqual(len(state), 1, "one state of the requisites, with the account")
        self.assertEqual(state.bank_snapshot[0]["bic"], "044525225")
        self.assertEqual(wizard.action_register()["res_id"], partner.id, "pressed twice makes one")

    def test_discarded_or_failed_leaves_nothing(self):
        before = [self.Partner.search_count([]), self.env["res.bank"].search_count([])]
        wizard = self._fill(vat="7707083894")
        wizard.action_next()
        wizard.unlink()
        wizard = self._fill(acc_number="123", bank_code="044525225")
        with self.assertRaisesRegex(ValidationError, "Account: "):
            wizard.action_register()
        self.assertEqual([self.Partner.search_count([]), self.env["res.bank"].search_count([])], before)

    def test_wrong_field_is_named_with_its_reason(self):
        for values, pattern in (
            ({"vat": "7707083894"}, "INN: .*check digit"),
            ({"vat": "770708389"}, "INN: .*number of characters"),
            ({"vat": "500100732259"}, "INN: .*12 of a person"),
            ({"kpp": "77360100Я"}, "KPP: "),
            ({"company_registry": "1027700132196"}, "OGRN: .*check digit"),
            ({"okpo": "00032538"}, "OKPO: .*check digit"),
            ({"partner_kind": "sole_proprietor", "company_registry": "1027700132195"}, "OGRNIP: "),
            ({"country_id": self.env.ref("base.ro").id, "vat": "14399841"}, "CUI: .*check digit"),
            ({"email": "nobody"}, "E-mail: .*nobody"),
        ):
            with self.subTest(values=values):
                wizard = self._fill(step="details", **values)
                if "email" not in values:
                    self.assertRegex(wizard.problems, pattern)
                with self.assertRaisesRegex(ValidationError, pattern):
                    wizard.action_next()
                self.assertEqual(wizard.step, "details")
        for values, pattern in (
            ({"bank_code": "944525225", "acc_number": "40702810200000012345"}, "BIK: "),
            ({"bank_code": "044525225", "acc_number": "40702810300000012345"}, "Account: .*check digit"),
            ({"bank_code": "044525225"}, "Account: it is missing"),
            ({"acc_number": "RO49AAAA1B31007593840001"}, "IBAN: .*check digit"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, pattern):
                self._fill(**values).action_register()
        with self.assertRaisesRegex(ValidationError, "Name: "):
            self._fill(name="  ").action_next()

    def test_bank_may_be_left_out_and_known_bank_is_taken(self):
        self.assertFalse(self._registered(self._fill().action_register()).bank_ids)
        bank = self.env["res.bank"].create({"name": "Known Bank", "bic": "044525225"})
        wizard = self._fill(name="Лютик", bank_code="044525225", bank_name="Other", acc_number="40702810200000012345")
        self.assertEqual(self._registered(wizard.action_register()).bank_ids.bank_id, bank)
        self.assertEqual(bank.name, "Known Bank")

    def test_known_phone_in_another_format_asks_for_a_reason(self):
        known = self.Partner.create(
            {"name": "Ромашка", "is_company": True, "phone": "+7 (495) 123-45-67", "country_id": self.russia.id}
        )
        wizard = self._fill(phone="84951234567")
        self.assertEqual([row["id"] for row in wizard.duplicates], known.ids)
        with self.assertRaisesRegex(ValidationError, "Ромашка .*the same phone"):
            wizard.action_register()
        self.assertFalse(wizard.partner_id)

        wizard.duplicate_reason = "They share an office"
        partner = self._registered(wizard.action_register())

        self.assertFalse(partner.duplicate_hint)
        self.assertEqual(partner.with_user(self.manager).distinct_ids.reason, "They share an office")
        self.assertIn("They share an office", partner.message_ids[0].body)

    def test_phone_of_a_contact_person_is_looked_up_as_well(self):
        self.Partner.create({"name": "Ромашка", "phone": "+7 (495) 123-45-67", "country_id": self.russia.id})
        wizard = self._fill(contact_ids=[(0, 0, {"name": "Ivan", "phone": "8 495 1234567"})])
        self.assertTrue(wizard.needs_reason)

    def test_hidden_duplicate_is_told_without_its_name(self):
        self.Partner.create(
            {
                "name": "Secret Firm", "phone": "+7 (495) 123-45-67", "country_id": self.russia.id,
                "company_id": self.env["res.company"].create({"name": "Other"}).id, "user_id": self.accountant.id,
            }
        )  # fmt: skip
        wizard = self._fill(phone="84951234567")
        with self.assertRaises(ValidationError) as refusal:
            wizard.action_register()
        self.assertNotIn("Secret", str(refusal.exception))
        self.assertIn(self.accountant.name, str(refusal.exception))
        wizard.duplicate_reason = "Asked, another one"
        self.assertTrue(self._registered(wizard.action_register()))

    def test_similar_name_is_shown_and_hinders_nobody(self):
        known = self.Partner.create({"name": "Незабудочка", "is_company": True})
        wizard = self._fill()
        self.assertIn(known.id, [row["id"] for row in wizard.duplicates])
        self.assertFalse(wizard.needs_reason)
        self.assertTrue(self._registered(wizard.action_register()))

    def test_quick_entry_needs_a_name_only(self):
        only_name = self._registered(self._fill(is_quick=True).action_register())
        self.assertTrue(only_name.is_company)
        wizard = self._fill(
            is_quick=True, name="Василёк", contact_name="Ivan Petrov", fax="+7 495 111-22-33", email="a@vasilek.example"
        )
        action = wizard.action_register_and_new()
        self.assertEqual(action["res_model"], "paydox.partner.registration")
        partner = wizard.partner_id
        self.assertRecordValues(partner, [{"phone": False, "fax": "+7 495 111-22-33", "email": "a@vasilek.example"}])
        self.assertEqual(partner.child_ids.mapped("name"), ["Ivan Petrov"])
        with self.assertRaisesRegex(ValidationError, "E-mail: "):
            self._fill(is_quick=True, name="Мак", email="a.b").action_register()

    def test_person_and_sole_proprietor(self):
        wizard = self._fill(name="Иванов", partner_kind="person", vat="500100732259")
        self.assertRecordValues(
            self._registered(wizard.action_register()), [{"partner_kind": "person", "is_company": False, "kpp": False}]
        )
        wizard = self._fill(
            name="ИП Сидоров", partner_kind="sole_proprietor", company_registry="304500116000157", kpp="x"
        )
        self.assertRecordValues(
            self._registered(wizard.action_register()),
            [{"partner_kind": "sole_proprietor", "company_registry": "304500116000157", "kpp": False}],
        )

    def test_only_those_who_edit_the_directory_register(self):
        with self.assertRaises(AccessError):
            self.Registration.with_user(self.employee).create({"name": "X"})
        wizard = self._fill()
        with self.assertRaises(AccessError):
            wizard.with_user(self.accountant).read(["name"])
