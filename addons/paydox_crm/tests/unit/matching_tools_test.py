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

matching = load_tool("matching")


class TestMatching(PureCase):
    def test_spellings_of_a_name_have_one_key(self):
        for spellings in (
            ("ООО «Ромашка»", "Ромашка ООО", "Romashka", "Romashka LLC", "S.C. Romashka S.R.L.", "Общество с ограниченной ответственностью \"Ромашка\""),
            ("Ёлка Семицвет", "СЕМИЦВЕТ ЕЛКА", "Elka Semitsvet Ltd."),
            ("SC ȘTEFAN Țepeș SRL", "Stefan Tepes", "Ştefan Ţepeş S.R.L."),
            ("Щука", "Shchuka"),
            ("Compania Alfa", "Компания Альфа"),
        ):  # fmt: skip
            with self.subTest(spellings=spellings):
                self.assertEqual(len({matching.name_key(name) for name in spellings}), 1)

    def test_name_that_is_a_legal_form_only_stays(self):
        self.assertTrue(matching.name_key("ООО"))
        self.assertEqual(matching.name_key(None), "")
        self.assertEqual(matching.name_key("—"), "")

    def test_formats_of_a_phone_have_one_key(self):
        for key, phones in {
            "74951234567": (
                ("+7 (495) 123-45-67", 40), ("84951234567", None), ("8 495 1234567", 40), ("495 123 45 67", 7),
                ("007 495 123 45 67", 40), ("８４９５１２３４５６７", 7), ("8 (495) 123-45-67 доб. 12", 7), ("+7 495 123-45-67 ext. 5", 7),
            ),
            "40213112233": (("021 311 2233", 40), ("+40 (0)21 311 22 33", 7), ("0040213112233", None), ("40213112233", 40)),
            "37322123456": (("022 123456", 373), ("+373 22 123-456", 40)),
            "39061234567": (("06 1234567", 39), ("+39 06 1234567", 7)),
        }.items():  # fmt: skip
            for phone, code in phones:
                with self.subTest(phone=phone, code=code):
                    self.assertEqual(matching.phone_keys(phone, code), [key])

    def test_several_phones_and_what_is_none(self):
        self.assertEqual(matching.phone_keys("8 495 123-45-67, +40 21 311 22 33", 7), ["74951234567", "40213112233"])
        for nothing in ("112", "", None, 5, "no", "0000000", "1" * 40):
            with self.subTest(nothing=nothing):
                self.assertEqual(matching.phone_keys(nothing, 7), [])

    def test_mails_and_numbers(self):
        self.assertEqual(matching.email_keys("Ion <Office@X.ro>; a@b.c1, bad@"), ["office@x.ro", "a@b.c1"])
        self.assertEqual(matching.number_key(" RO 143-99840"), "14399840")
        self.assertEqual(matching.number_key("/") + matching.number_key("0000"), "")

    def test_similarity_is_that_of_pg_trgm(self):
        self.assertAlmostEqual(matching.similarity("romashka", "romaska"), 6 / 11)
        self.assertEqual(matching.similarity("a", "a"), 1)
        self.assertEqual(matching.similarity("", "a"), 0)


@unittest.skipUnless(given, "hypothesis is not installed")
class TestMatchingProperties(PureCase):
    if given:

        @settings(max_examples=200, deadline=None)
        @given(st.text(max_size=80))
        def test_any_text_has_keys_without_spaces_and_controls(self, text):
            for keys in (matching.phone_keys(text, 40), matching.email_keys(text), [matching.number_key(text)]):
                for key in keys:
                    self.assertEqual(key.split(), [key] if key else [])
            self.assertNotIn("\0", matching.name_key(text))

        @settings(max_examples=100, deadline=None)
        @given(st.lists(st.sampled_from(["Ромашка", "Alfa", "Зоря", "Țepeș", "ООО"]), min_size=1, max_size=4))
        def test_order_of_words_makes_no_difference(self, words):
            self.assertEqual(matching.name_key(" ".join(words)), matching.name_key(" ".join(reversed(words))))
