import base64
import copy
import time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PaydoxCrmCase
from .register_server import RO_ENTRY, RU_ENTRY, RegisterServer

KEY = "secret-key-of-the-register"


@tagged("post_install", "-at_install")
class TestRegisterLookup(PaydoxCrmCase):
    """A register proposes, a person decides; whatever it does, the message is clear and nothing is half done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = RegisterServer()
        cls.addClassCleanup(cls.server.close)
        cls.russia, cls.romania = cls.env.ref("base.ru"), cls.env.ref("base.ro")
        cls.env["paydox.register.provider"].search([]).active = False
        cls.provider, cls.anaf = cls.env["paydox.register.provider"].create(
            [
                {
                    "name": "Test Register", "country_id": cls.russia.id, "kind": "ru_party", "url": cls.server.url,
                    "api_key": KEY, "timeout": 2,
                },
                {"name": "Test ANAF", "country_id": cls.romania.id, "kind": "ro_anaf", "url": cls.server.url, "timeout": 2},
            ]
        )  # fmt: skip
        cls.partner = (
            cls.env["res.partner"]
            .with_user(cls.manager)
            .create(
                {
                    "name": "Моя Ромашка", "is_company": True, "country_id": cls.russia.id, "vat": "7707083893",
                    "director_name": "Петров",
                }
            )
        )  # fmt: skip

    def _lookup(self, user=None, **values):
        Lookup = self.env["paydox.register.lookup"].with_user(user or self.manager)
        Lookup = Lookup.with_context(default_partner_id=self.partner.id)
        return Lookup.create(values)

    def _answer(self, *changes):
        suggestions = []
        for change in changes or ({},):
            entry = copy.deepcopy(RU_ENTRY)
            entry["data"] |= change
            suggestions.append(entry)
        self.server.answer_with({"suggestions": suggestions})

    def test_nothing_is_asked_before_the_button(self):
        self._answer()
        lookup = self._lookup()
        self.assertEqual((lookup.number, lookup.country_id), ("7707083893", self.russia))
        self.assertFalse(self.server.requests)

        lookup.action_ask()

        [(__, headers, body)] = self.server.requests
        self.assertEqual(body["query"], "7707083893")
        self.assertEqual(headers["Authorization"], f"Token {KEY}")

    def test_values_are_compared_and_taken_over_after_confirmation(self):
        self._answer()
        lookup = self._lookup()
        lookup.action_ask()
        lines = {line.field_name: line for line in lookup.line_ids}

        self.assertEqual(self.partner.director_name, "Петров", "nothing changes before the confirmation")
        self.assertEqual(
            (lines["director_name"].old_value, lines["director_name"].new_value), ("Петров", "Иванов Иван Иванович")
        )
        self.assertFalse(lines["director_name"].is_taken, "what a person has entered is not ticked")
        self.assertTrue(lines["kpp"].is_taken)
        self.assertNotIn("vat", lines)
        self.assertEqual(lines["company_registry"].label, "OGRN")

        lines["kpp"].new_value = "999999999"
        lookup.action_apply()

        self.assertRecordValues(
            self.partner,
            [{"kpp": "773601001", "company_registry": "1027700132195", "director_name": "Петров", "name": "Моя Ромашка",
              "city": "Москва"}],
        )  # fmt: skip
        self.assertFalse(self.partner.requisites_problems)
        lookup = self._lookup()
        lookup.action_ask()
        lookup.line_ids.filtered(lambda line: line.field_name == "director_name").is_taken = True
        lookup.action_apply()
        self.assertEqual(self.partner.director_name, "Иванов Иван Иванович")

    def test_change_made_meanwhile_is_not_overwritten(self):
        self._answer()
        lookup = self._lookup()
        lookup.action_ask()
        self.partner.kpp = "540601001"
        with self.assertRaisesRegex(UserError, "KPP"):
            lookup.action_apply()
        self.assertEqual(self.partner.kpp, "540601001")

    def test_person_chooses_among_branches(self):
        self._answer({}, {"kpp": "540601001", "branch_type": "BRANCH"})
        lookup = self._lookup()
        lookup.action_ask()
        self.assertFalse(lookup.entry_id or lookup.line_ids)
        with self.assertRaisesRegex(UserError, "Ask the register first"):
            lookup.action_apply()
        lookup.entry_id = lookup.entry_ids.filtered(lambda entry: "branch" in entry.name)
        lookup.action_choose()
        lookup.action_apply()
        self.assertEqual(self.partner.kpp, "540601001")

        other = self._lookup()
        other.action_ask()
        self.assertEqual(other.entry_id.values["kpp"], "540601001", "the branch of the card is chosen")
        with self.assertRaisesRegex(UserError, "Choose one"):
            other.entry_id = lookup.entry_id
            other.action_choose()

    def test_ceased_entity_is_said_to_be_ceased(self):
        self._answer({"state": {"status": "LIQUIDATED", "liquidation_date": 1577836800000}})
        lookup = self._lookup()
        lookup.action_ask()
        self.assertEqual((lookup.status, lookup.status_date), ("liquidated", "2020-01-01"))

    def test_whatever_the_register_does_is_told_in_words(self):
        entry = {"suggestions": [RU_ENTRY]}
        wrong = copy.deepcopy(RU_ENTRY)
        wrong["data"] |= {"inn": "7700000016", "ogrn": "1027700000008"}
        for case, answer, status, misdeed, pattern in (
            ("not found", {"suggestions": []}, 200, None, "no entry with the number"),
            ("another number", {"suggestions": [wrong]}, 200, None, "another counterparty"),
            ("no JSON", b"<html>Welcome</html>", 200, None, "cannot be understood"),
            ("not as agreed", {"suggestions": "none"}, 200, None, "cannot be understood"),
            ("values of wrong types", {"suggestions": [{"data": {"inn": {"a": 1}, "name": [1]}}]}, 200, None, "cannot be understood"),
            ("no number at all", {"suggestions": [{"data": {"inn": ["7707083893"], "name": {}}}]}, 200, None, "another counterparty"),
            ("deep nesting", b"[" * 100000, 200, None, "cannot be understood"),
            ("huge", b" " * (2 * 1024 * 1024), 200, None, "more than can be right"),
            ("cut off", entry, 200, "cut", "cannot be reached"),
            ("sends elsewhere", entry, 200, "redirect", "not followed"),
            ("refuses the key", {}, 403, None, "refuses our key"),
            ("asked too often", {}, 429, None, "too often"),
            ("broken", {}, 500, None, "cannot be understood"),
        ):  # fmt: skip
            with self.subTest(case=case):
                self.server.answer_with(answer, status, misdeed)
                lookup = self._lookup()
                with self.assertRaisesRegex(UserError, pattern) as refusal:
                    lookup.action_ask()
                self.assertNotIn(KEY, str(refusal.exception))
                self.assertNotIn("127.0.0.1", str(refusal.exception))
                self.assertFalse(lookup.line_ids)
                self.assertEqual(len(self.server.requests), 1, "a redirect is not followed")

    def test_slow_register_is_given_up(self):
        self.server.answer_with({}, misdeed="drops")
        begin = time.monotonic()
        with self.assertRaisesRegex(UserError, "in time"):
            self._lookup().action_ask()
        self.assertLess(time.monotonic() - begin, 6)

    def test_dead_register_is_said_to_be_unreachable(self):
        server = RegisterServer()
        self.provider.url = server.url
        server.close()
        with self.assertRaisesRegex(UserError, "cannot be reached"):
            self._lookup().action_ask()

    def test_number_that_is_none_is_not_sent(self):
        self.server.answer_with({})
        for number in ("12", "x", "７７", "7707083893; DROP", "Ⅷ" * 10):
            with self.subTest(number=number), self.assertRaises(UserError):
                self._lookup(number=number).action_ask()
        self.assertFalse(self.server.requests)

    def test_romanian_register_speaks_its_own_protocol(self):
        self.server.answer_with({"cod": 200, "message": "SUCCESS", "found": [RO_ENTRY], "notFound": []})
        self.partner.write({"country_id": self.romania.id, "vat": "14399840"})
        lookup = self._lookup()
        lookup.action_ask()
        [(__, __, body)] = self.server.requests
        self.assertEqual([row["cui"] for row in body], [14399840])
        values = {line.field_name: line.new_value for line in lookup.line_ids}
        self.assertEqual(values["vat"], "RO14399840", "who pays VAT has the letters before his number")
        self.assertEqual(values["company_registry"], "J40/8302/1997")
        self.assertEqual(values["street"], "Str. Florilor 1")

        self.server.answer_with({"cod": 404, "found": [], "notFound": [14399840]}, status=404)
        with self.assertRaisesRegex(UserError, "no entry"):
            self._lookup().action_ask()
        removed = copy.deepcopy(RO_ENTRY)
        removed["stare_inactiv"]["dataRadiere"] = "2024-05-01"
        self.server.answer_with({"found": [removed]})
        lookup = self._lookup()
        lookup.action_ask()
        self.assertEqual((lookup.status, lookup.status_date), ("liquidated", "2024-05-01"))

    def test_file_answers_without_any_network(self):
        self.provider.active = False
        content = "vat;kpp;name;legal_name;status\n7707083893;773601001;ООО Ромашка;Общество Ромашка;liquidating\n"
        Provider = self.env["paydox.register.provider"]
        with self.assertRaises(ValidationError):
            Provider.create({"name": "Empty", "country_id": self.russia.id, "kind": "file"})
        provider = Provider.create(
            {
                "name": "Extract", "country_id": self.russia.id, "kind": "file",
                "file": base64.b64encode(content.encode()),
            }
        )  # fmt: skip
        lookup = self._lookup()
        lookup.action_ask()
        self.assertEqual((lookup.status, lookup.entry_id.values["kpp"]), ("liquidating", "773601001"))
        for broken in (b"\xff\xfe", b"name\nx", b""):
            with self.subTest(broken=broken):
                provider.file = base64.b64encode(broken or b"\n")
                with self.assertRaisesRegex(UserError, "cannot be understood"):
                    self._lookup().action_ask()

    def test_country_without_a_register(self):
        with self.assertRaisesRegex(UserError, "No register is set up"):
            self._lookup(country_id=self.env.ref("base.be").id).action_ask()

    @mute_logger("odoo.models")
    def test_address_and_key_are_of_administrators_only(self):
        for user in (self.employee, self.manager):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.provider.with_user(user).read(["name"])
                with self.assertRaises(AccessError):
                    self.provider.with_user(user).url = "http://127.0.0.1/"
        with self.assertRaises(AccessError):
            self.env["paydox.register.lookup"].with_user(self.employee).create(
                {"partner_id": self.partner.id, "country_id": self.russia.id, "number": "7707083893"}
            )
        with self.assertRaises(AccessError):
            self.env["paydox.register.provider"].with_user(self.employee)._look_up(self.russia, "7707083893")
        for address in (
            "http://register.example/", "ftp://register.example/", "file:///etc/passwd", "https://", "https://user:key@register.example/",
            "register.example", "http://127.0.0.1.evil.example/", "https://a b/", "http://[::1", False,
        ):  # fmt: skip
            with self.subTest(address=address), self.assertRaises(ValidationError):
                self.provider.url = address

    def test_assistant_fills_what_is_empty_and_tells_what_differs(self):
        self._answer({"state": {"status": "LIQUIDATING"}})
        wizard = (
            self.env["paydox.partner.registration"]
            .with_user(self.manager)
            .create(
                {"name": "Ромашка 2", "country_id": self.russia.id, "vat": "7707083893", "director_name": "Петров",
                 "step": "details"}
            )
        )  # fmt: skip
        wizard.action_look_up()
        self.assertRecordValues(wizard, [{"name": "Ромашка 2", "kpp": "773601001", "director_name": "Петров"}])
        self.assertIn("Иванов Иван Иванович", wizard.register_note)
        self.assertIn("liquidation", wizard.register_note)
        self.assertFalse(wizard.partner_id)
