from datetime import date

try:
    from .pure import PureCase, load_tool
except ImportError:  # collected by pytest outside Odoo, where this folder is no package
    from pure import PureCase, load_tool

occasions = load_tool("occasions")


class TestOccasions(PureCase):
    def test_next_occasion(self):
        for today, month, day, expected in (
            (date(2027, 5, 10), 5, 10, date(2027, 5, 10)),
            (date(2027, 5, 11), 5, 10, date(2028, 5, 10)),
            (date(2027, 2, 28), 2, 29, date(2027, 2, 28)),
            (date(2027, 3, 1), 2, 29, date(2028, 2, 29)),
            (date(2027, 12, 31), 1, 1, date(2028, 1, 1)),
        ):
            self.assertEqual(occasions.next_occasion(today, month, day), expected)

    def test_days_that_are_none(self):
        for month, day, expected in ((2, 29, True), (2, 30, False), (4, 31, False), (13, 1, False), (1, 0, False)):
            self.assertIs(occasions.is_day(month, day), expected)
