import unittest
from datetime import datetime

try:
    from .pure import PureCase, load_tool
except ImportError:  # collected by pytest outside Odoo, where this folder is no package
    from pure import PureCase, load_tool

keyset = load_tool("keyset")

HOSTILE = [
    "2026-03-01",
    [],
    [1, "document", 7],
    ["2026-03-01 12:00:00", 3, 7],
    ["2026-03-01 12:00:00", "document", "7"],
    ["2026-03-01 12:00:00", "document", True],
    ["2026-03-01 12:00:00", "document", -1],
    ["2026-03-01 12:00:00", "document", 2**80],
    ["2026-03-01 12:00:00", "x" * 100, 7],
    ["2026-03-01 12:00:00", "a\0b", 7],
    ["2026-03-01 12:00:00+03:00", "document", 7],
    ["yesterday", "document", 7],
    {"moment": 1},
    0,
    True,
]


class TestKeyset(PureCase):
    def test_key_comes_back_as_it_was_sent(self):
        key = keyset.Key(datetime(2026, 3, 1, 12, 0, 0, 123456), "document", 7)

        self.assertEqual(keyset.parse_key(key.to_list()), key)

    def test_first_page_has_no_key(self):
        self.assertIsNone(keyset.parse_key(None))
        self.assertIsNone(keyset.parse_key(False))

    def test_what_is_no_key_is_refused(self):
        for value in HOSTILE:
            with self.subTest(value=value), self.assertRaises(ValueError):
                keyset.parse_key(value)


if __name__ == "__main__":
    unittest.main()
