import unittest

try:
    from .pure import load_tool
except ImportError:  # collected by pytest outside Odoo, where this folder is no package
    from pure import load_tool

arguments = load_tool("arguments")


class TestArguments(unittest.TestCase):
    def test_what_is_no_id_is_no_row(self):
        for value in (None, True, 0, -1, arguments.MAX_ID + 1, 1.5, "1", [1], {"id": 1}):
            self.assertEqual(arguments.to_id(value), 0)
        self.assertEqual(arguments.to_id(7), 7)

    def test_text_is_what_the_database_and_the_answer_can_take(self):
        self.assertEqual(arguments.to_text(" a\0b\ud800 ", 10), "ab?")
        self.assertIs(arguments.to_text("\0", 10), False)
        self.assertEqual(arguments.to_text("x" * 50, 10), "x" * 10)
        self.assertEqual(arguments.to_shown("\ud800" * 50, 3), "???")
        self.assertTrue(arguments.to_shown(["\ud800"], -1).encode())

    def test_what_the_database_cannot_keep_is_told(self):
        for value in ("a\0b", "\ud800", {"a": ["b\0"]}, [["name", "=", "\ud800"]]):
            self.assertFalse(arguments.is_storable(value))
        for value in ("", "a", None, {"a": [1, "é"]}, "😀"):
            self.assertTrue(arguments.is_storable(value))
