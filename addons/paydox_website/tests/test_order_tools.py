from odoo.tests import BaseCase, tagged

from odoo.addons.paydox_website.tools import order


@tagged("standard", "at_install")
class TestOrderTools(BaseCase):
    def assertRefused(self, code, function, *args):
        with self.assertRaises(order.OrderError) as caught:
            function(*args)
        self.assertEqual(caught.exception.code, code)

    def test_quantity_is_a_whole_number_within_its_limits(self):
        self.assertEqual(order.parse_quantity("1", 10), 1)
        self.assertEqual(order.parse_quantity(" 10 ", 10), 10)
        for value in ("", "0", "-1", "+2", "abc", "1e9", "1.5", "1,5", "11", "9" * 400, "٣", "²", "0x2", "1 0", None):
            with self.subTest(value=value):
                self.assertRefused("quantity", order.parse_quantity, value, 10)

    def test_email_addresses(self):
        for value in ("a@b.co", "olga.petrova+tv@mail.customer.example", "o'neil@x-y.org", "иван@пример.рф", ""):
            with self.subTest(value=value):
                self.assertEqual(order.parse_email(value), value)
        for value in (
            "olga", "olga@", "@example.com", "olga@example", "a@b@c.com", "a b@example.com", "a@example..com",
            ".a@example.com", "a.@example.com", "a@-example.com", "a@example.com, b@example.com",
            "Olga <olga@example.com>", "a@example.com\nBcc: b@example.com", "a@[127.0.0.1]", "a" * 65 + "@example.com",
        ):  # fmt: skip
            with self.subTest(value=value):
                self.assertRefused("email", order.parse_email, value)
        self.assertRefused("too_long", order.parse_email, "a@" + "b" * 300 + ".com")

    def test_phone_numbers_in_any_format(self):
        for value in ("+40 21 555 01 02", "8 (495) 123-45-67", "021.555.01.02", "+7 495 1234567 доб. 12", "55-123", ""):
            with self.subTest(value=value):
                self.assertEqual(order.parse_phone(value), value)
        for value in ("call me", "123", "+" * 10, "1" * 21):
            with self.subTest(value=value):
                self.assertRefused("phone", order.parse_phone, value)
        self.assertRefused("too_long", order.parse_phone, "1" * 41)

    def test_text_loses_what_the_database_refuses_and_what_disguises(self):
        self.assertEqual(order.clean_text("a\x00b\r\nc\td\u202e\ud800"), "ab\nc\td")
        self.assertEqual(order.clean_line("  Olga\n\tPetrova\x00 "), "Olga Petrova")

    def test_long_text_is_refused_not_cut(self):
        self.assertEqual(order.check_length("я" * 5000, 5000), "я" * 5000)
        self.assertRefused("too_long", order.check_length, "я" * 5001, 5000)

    def test_only_a_canonical_uuid_is_a_key(self):
        key = "0b1b4d6c-7c0e-4d53-9d4b-2f4f9a3b7c11"
        self.assertEqual(order.parse_key(key), key)
        for value in ("", None, "1", key.upper(), f"{{{key}}}", key.replace("-", ""), key + "' OR 1=1"):
            with self.subTest(value=value):
                self.assertEqual(order.parse_key(value), "")

    def test_a_sender_is_an_address_or_a_network_of_one_person(self):
        self.assertEqual(order.network_of("203.0.113.7"), "203.0.113.7")
        self.assertEqual(order.network_of("::ffff:203.0.113.7"), "203.0.113.7")
        self.assertEqual(order.network_of("2001:db8:1:2::1"), order.network_of("2001:db8:1:2:ffff::9"))
        self.assertNotEqual(order.network_of("2001:db8:1:2::1"), order.network_of("2001:db8:1:3::1"))
        self.assertEqual(order.network_of("nonsense"), "unknown")
        self.assertEqual(order.network_of(None), "unknown")
