from odoo.tests import new_test_user, tagged

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestCounterpartyMatching(PaydoxCrmCase):
    """A stranger is bound to a counterparty only when there is no doubt."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.ro")
        cls.partner = cls.env["res.partner"].create(
            {"name": "Romashka", "email": "Office <anna@romashka.example>", "phone": "+40 21 311 22 33"}
        )

    def _find(self, **given):
        return self.env["res.partner"]._find_counterparty(**given)

    def test_same_mail_or_phone_in_any_form_matches(self):
        for given in (
            {"email": " ANNA@Romashka.example "},
            {"email": "Somebody <anna@romashka.example>"},
            {"phone": "021 311 2233"},
            {"phone": "0040 (21) 311-22-33"},
            {"email": "anna@romashka.example", "phone": "+40213112233"},
            {"email": "anna@romashka.example", "phone": "+40744111222"},
        ):
            with self.subTest(given=given):
                self.assertEqual(self._find(**given), self.partner)

    def test_two_partners_with_one_mail_match_none(self):
        self.partner.copy({"name": "Twin"})

        self.assertFalse(self._find(email="anna@romashka.example"))

    def test_mail_of_one_and_phone_of_another_match_none(self):
        self.env["res.partner"].create({"name": "Other", "phone": "+40744111222"})

        self.assertFalse(self._find(email="anna@romashka.example", phone="+40744111222"))

    def test_ambiguous_phone_makes_a_known_mail_doubtful(self):
        self.env["res.partner"].create([{"name": name, "phone": "+40744111222"} for name in ("A", "B")])

        self.assertFalse(self._find(email="anna@romashka.example", phone="+40744111222"))

    def test_archived_and_foreign_and_internal_partners_match_none(self):
        self.partner.active = False
        self.assertFalse(self._find(email="anna@romashka.example"))

        self.partner.write({"active": True, "company_id": self.env["res.company"].create({"name": "Other"}).id})
        self.assertFalse(self._find(email="anna@romashka.example"))

        user = new_test_user(self.env, "crm_colleague", groups="base.group_user", email="colleague@company.example")
        self.assertFalse(self._find(email=user.email))

    def test_nonsense_matches_none(self):
        self.env["res.partner"].create([{"name": "No mail"}, {"name": "Short", "phone": "112"}])
        for given in (
            {},
            {"email": ""},
            {"email": "no mail"},
            {"phone": "112"},
            {"phone": "%"},
            {"phone": None},
            {"phone": 5},
            {"email": "%@%"},
        ):
            with self.subTest(given=given):
                self.assertFalse(self._find(**given))
