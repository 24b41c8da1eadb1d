import unittest

try:
    from .pure import PureCase, load_tool
except ImportError:  # collected by pytest outside Odoo, where this folder is no package
    from pure import PureCase, load_tool

try:
    from hypothesis import given, settings
    from hypothesis import strategies as st
except ImportError:
    given = None

requisites = load_tool("requisites")

VALID = {
    "inn": ["7707083893", "7700000016", "500100732259", "771234567859", "775260181506", "779482199300", "777865797502"],
    "ogrn": ["1027700132195", "1027700000008"],
    "ogrnip": ["304500116000157", "304770000000008", "320770000199060", "320770000199071", "320770000199082"],
    "okpo": ["00032537", "00040778", "55187675"],
    "kpp": ["773601001", "7707AB001"],
    "bik": ["049805746", "049805000", "044525225", "044525974"],
    "cui": ["14399840", "18547290", "42213063"],
    "onrc": ["J40/8302/1997", "J1997008302407", "J2025012345008", "F2019000012128"],
    "iban": ["RO49AAAA1B31007593840000", "DE89370400440532013000", "MD24AG000225100013104168"],
    "swift": ["BTRLRO22", "SABRRUMMXXX", "DEUTDEFF"],
}
INVALID = {
    "inn": ["7707083894", "773370633", "0000000000", "000000000000", "77070838930", "ИНН7707083893", "77-07083893"],
    "ogrn": ["1027700132196", "0027700132195", "0000000000000", "102770013219"],
    "ogrnip": ["304500116000158", "104500116000157", "000000000000000", "1027700132195"],
    "okpo": ["00032538", "00000000", "000325370"],
    "kpp": ["77360100", "77360100Я", "000001001", "7736АБ001", "AB3601001"],
    "bik": ["04452522", "0445252250", "000000000", "944525225", "04452522X"],
    "cui": ["14399841", "0014399840", "RO", "1", "ROO14399840"],
    "onrc": [
        "J1997008302405",
        "J53/8302/1997",
        "X40/8302/1997",
        "J40/8302/2025",
        "J40/0/1997",
        "J199700830240",
        "J40-8302",
    ],
    "iban": [
        "RO49AAAA1B31007593840001",
        "RO49AAAA1B3100759384000",
        "XX49AAAA1B31007593840000",
        "RO49",
        "000000",
        "RO491AAA1B31007593840000",
    ],
    "swift": ["BTRLRO2", "BTRLRO222", "1TRLRO22", "БТRLRO22", "044525225"],
}
ACCOUNTS = [
    ("40602810700000000025", "049805746"),
    ("30101810800000000746", "049805000"),
    ("30101810400000000225", "044525225"),
    ("40702810200000012345", "044525225"),
    ("40802810400000012345", "044525974"),
]


class TestRequisitesTools(PureCase):
    def test_valid_numbers_are_accepted_as_they_are(self):
        for kind, values in VALID.items():
            for value in values:
                with self.subTest(kind=kind, value=value):
                    self.assertEqual(getattr(requisites, kind).validate(value), value)

    def test_wrong_numbers_are_refused_with_a_reason(self):
        for kind, values in INVALID.items():
            for value in values:
                with self.subTest(kind=kind, value=value):
                    self.assertFalse(getattr(requisites, kind).is_valid(value))
                    with self.assertRaisesRegex(ValueError, r"\w+ .*\."):
                        getattr(requisites, kind).validate(value)

    def test_nothing_and_other_types_are_refused(self):
        for kind in requisites.__all__[1:]:
            for value in (None, False, "", "   ", "\u200b", 7707083893, b"7707083893", []):
                with self.subTest(kind=kind, value=value):
                    self.assertFalse(getattr(requisites, kind).is_valid(value))

    def test_spaces_and_full_width_digits_are_normalised(self):
        self.assertEqual(requisites.inn.validate(" 7707 083\u00a0893 "), "7707083893")
        self.assertEqual(requisites.inn.validate("７７０７０８３８９３"), "7707083893")
        self.assertEqual(requisites.kpp.validate("7707ａｂ001"), "7707AB001")
        self.assertEqual(requisites.ru_account.validate("4070 2810 2000 0001 2345", "044525225"), ACCOUNTS[3][0])

    def test_digits_of_other_scripts_are_refused(self):
        self.assertFalse(requisites.inn.is_valid("٧٧٠٧٠٨٣٨٩٣"))
        self.assertFalse(requisites.inn.is_valid("770708389³"))

    def test_account_is_checked_together_with_its_bank(self):
        for account, bank in ACCOUNTS:
            with self.subTest(account=account):
                self.assertEqual(requisites.ru_account.validate(account, bank), account)
                wrong = account[:9] + str((int(account[9]) + 1) % 10) + account[10:]
                self.assertFalse(requisites.ru_account.is_valid(wrong, bank))
        self.assertTrue(
            requisites.ru_account.is_valid("40702810200000012345"), "Without a BIK only the form is checked."
        )
        self.assertFalse(requisites.ru_account.is_valid("40702810200000012345", "044525974"))
        self.assertFalse(requisites.ru_account.is_valid("40702810200000012345", "04452522"))
        self.assertFalse(requisites.ru_account.is_valid("40702Я10200000012345"))
        self.assertFalse(requisites.ru_account.is_valid("0" * 20, "044525225"))

    def test_correspondent_account_belongs_to_its_bank(self):
        for account, bank in ACCOUNTS[1:3]:
            with self.subTest(account=account):
                self.assertEqual(requisites.ru_corr_account.validate(account, bank), account)
        self.assertTrue(requisites.ru_corr_account.is_valid("30101810400000000225"))
        for account, bank, code in (
            ("30101810400000000226", "044525225", "bank"),
            ("30101810500000000225", "044525225", "checksum"),
            ("40702810200000012345", "044525225", "prefix"),
            ("3010181040000000022", "044525225", "length"),
            ("30101810400000000225", "04452522", "length"),
            ("30101810400000000225", "044525974", "bank"),
        ):
            with self.subTest(account=account, bank=bank):
                with self.assertRaises(requisites.RequisiteError) as caught:
                    requisites.ru_corr_account.validate(account, bank)
                self.assertEqual(caught.exception.code, code)
        self.assertTrue(requisites.ru_corr_account.is_valid("40102810045370000002", "004525988"), "of the Treasury")

    def test_iban_is_written_with_spaces_and_checked_by_its_country(self):
        self.assertEqual(requisites.iban.validate("ro49 aaaa 1b31 0075 9384 0000"), "RO49AAAA1B31007593840000")
        for value, code in (("RO50AAAA1B31007593840000", "checksum"), ("RO49АААА1B31007593840000", "characters")):
            with self.assertRaises(requisites.RequisiteError) as caught:
                requisites.iban.validate(value)
            self.assertEqual(caught.exception.code, code)

    def test_account_in_a_clearing_currency_has_a_letter(self):
        with_letter = "40702A10200000012345"
        with_digit = "40702010200000012345"
        self.assertEqual(
            requisites.ru_account.is_valid(with_letter, "044525225"),
            requisites.ru_account.is_valid(with_digit, "044525225"),
        )
        self.assertFalse(requisites.ru_account.is_valid("40702D10200000012345"))

    def test_account_of_the_treasury_is_not_refused(self):
        self.assertTrue(requisites.ru_account.is_valid("03100643000000017300", "004525988"))

    def test_romanian_numbers_have_one_form(self):
        self.assertEqual(requisites.cui.validate("RO 14399840"), "14399840")
        self.assertEqual(requisites.cui.validate("ro14399840"), "14399840")
        self.assertEqual(requisites.onrc.validate(" j4/00831/1997 "), "J04/831/1997")


@unittest.skipIf(given is None, "hypothesis is not installed")
class TestRequisitesProperties(PureCase):
    """Whatever is typed, the functions answer; and one wrong digit is seen wherever the algorithm can see it."""

    if given is not None:

        @given(value=st.one_of(st.none(), st.text(), st.integers(), st.text(alphabet="0123456789ROJFC/ ", max_size=24)))
        @settings(max_examples=300, deadline=None)
        def test_any_input_is_answered_and_accepted_values_are_stable(self, value):
            for kind in requisites.__all__[1:]:
                identifier = getattr(requisites, kind)
                if identifier.is_valid(value):
                    compact = identifier.validate(value)
                    self.assertEqual(identifier.validate(compact), compact)
                    self.assertTrue(compact.isascii() and compact.strip("0"))

        @given(body=st.text(alphabet="0123456789", min_size=9, max_size=9).filter(lambda text: text.strip("0")))
        @settings(max_examples=200, deadline=None)
        def test_each_body_of_an_inn_has_exactly_one_key(self, body):
            keys = [digit for digit in "0123456789" if requisites.inn.is_valid(body + digit)]
            self.assertEqual(len(keys), 1)

        @given(body=st.text(alphabet="0123456789", min_size=10, max_size=10).filter(lambda text: text.strip("0")))
        @settings(max_examples=100, deadline=None)
        def test_each_body_of_a_personal_inn_has_exactly_one_key(self, body):
            keys = [key for key in range(100) if requisites.inn.is_valid(f"{body}{key:02d}")]
            self.assertEqual(len(keys), 1)

        @given(body=st.integers(min_value=10**13, max_value=10**14 - 1))
        @settings(max_examples=200, deadline=None)
        def test_each_body_of_an_ogrnip_has_exactly_one_key(self, body):
            text = "3" + str(body)[1:]
            keys = [digit for digit in "0123456789" if requisites.ogrnip.is_valid(text + digit)]
            self.assertEqual(len(keys), 1)

        @given(body=st.text(alphabet="0123456789", min_size=7, max_size=7).filter(lambda text: text.strip("0")))
        @settings(max_examples=200, deadline=None)
        def test_each_body_of_an_okpo_has_exactly_one_key(self, body):
            keys = [digit for digit in "0123456789" if requisites.okpo.is_valid(body + digit)]
            self.assertEqual(len(keys), 1)

        @given(body=st.integers(min_value=10**11, max_value=10**12 - 1))
        @settings(max_examples=200, deadline=None)
        def test_each_body_of_an_ogrn_has_exactly_one_key(self, body):
            self.assertEqual(sum(requisites.ogrn.is_valid(f"{body}{key}") for key in range(10)), 1)

        @given(body=st.integers(min_value=1, max_value=10**9 - 1))
        @settings(max_examples=200, deadline=None)
        def test_each_body_of_a_cui_has_exactly_one_key(self, body):
            self.assertEqual(sum(requisites.cui.is_valid(f"{body}{key}") for key in range(10)), 1)

        @given(
            letter=st.sampled_from("JFC"),
            year=st.integers(min_value=1990, max_value=2023),
            serial=st.integers(min_value=1, max_value=999999),
            county=st.sampled_from([*range(1, 41), 51, 52]),
        )
        @settings(max_examples=200, deadline=None)
        def test_each_register_number_of_the_form_of_2024_has_exactly_one_key(self, letter, year, serial, county):
            body = f"{letter}{year}{serial:06d}{county:02d}"
            self.assertEqual(sum(requisites.onrc.is_valid(f"{body}{key}") for key in range(10)), 1)

        @given(account=st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=16, max_size=16))
        @settings(max_examples=200, deadline=None)
        def test_each_romanian_account_has_exactly_one_pair_of_check_digits(self, account):
            keys = [key for key in range(2, 99) if requisites.iban.is_valid(f"RO{key:02d}BTRL{account}")]
            self.assertEqual(len(keys), 1)

        @given(number=st.from_regex(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}", fullmatch=True))
        @settings(max_examples=200, deadline=None)
        def test_each_kpp_of_an_office_is_accepted_and_a_letter_elsewhere_is_not(self, number):
            self.assertEqual(requisites.kpp.is_valid(number), not number.startswith("0000"))
            self.assertFalse(requisites.kpp.is_valid(f"A{number[1:]}"))

        @given(
            account=st.text(alphabet="0123456789", min_size=19, max_size=19),
            bank=st.integers(min_value=100, max_value=999),
        )
        @settings(max_examples=200, deadline=None)
        def test_each_account_has_exactly_one_key_in_its_bank(self, account, bank):
            # The key is the ninth digit; its weight is 3, so each value of it gives another remainder.
            code = f"044525{bank:03d}"
            account = "4" + account[1:]
            variants = [account[:8] + digit + account[8:] for digit in "0123456789"]
            self.assertEqual(sum(requisites.ru_account.is_valid(variant, code) for variant in variants), 1)
