import unittest
from datetime import date

try:
    from .pure import load_tool
except ImportError:  # collected by pytest outside Odoo, where this folder is no package
    from pure import load_tool

recurrence = load_tool("recurrence")


def days(start, unit, to, **options):
    return list(recurrence.list_days(recurrence.make_rule(start, unit, **options), to=to))


class TestRecurrence(unittest.TestCase):
    def test_every_second_week_keeps_the_day_of_the_week(self):
        found = days(date(2026, 11, 2), "week", date(2026, 12, 31), interval=2)

        self.assertEqual([day.day for day in found], [2, 16, 30, 14, 28])

    def test_the_last_day_of_the_month_comes_in_every_month(self):
        found = days(date(2027, 10, 31), "month", date(2028, 4, 30))

        self.assertEqual(
            [(day.month, day.day) for day in found], [(10, 31), (11, 30), (12, 31), (1, 31), (2, 29), (3, 31), (4, 30)]
        )

    def test_count_ends_it(self):
        self.assertEqual(len(days(date(2026, 1, 1), "day", date(2027, 1, 1), count=5)), 5)

    def test_until_is_the_last_possible_day(self):
        found = days(date(2026, 1, 1), "month", date(2027, 1, 1), until=date(2026, 3, 1))

        self.assertEqual(found, [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)])

    def test_goes_on_after_a_day(self):
        rule = recurrence.make_rule(date(2026, 1, 5), "week", count=3)

        self.assertEqual(recurrence.next_day(rule), date(2026, 1, 5))
        self.assertEqual(recurrence.next_day(rule, date(2026, 1, 5)), date(2026, 1, 12))
        self.assertIsNone(recurrence.next_day(rule, date(2026, 1, 19)))

    def test_a_day_off_moves_or_is_left_out(self):
        saturday = date(2026, 11, 28)

        def is_working(day):
            return day.weekday() < 5

        self.assertEqual(recurrence.fit(saturday, is_working, "next"), date(2026, 11, 30))
        self.assertEqual(recurrence.fit(saturday, is_working, "previous"), date(2026, 11, 27))
        self.assertEqual(recurrence.fit(saturday, is_working, "same"), saturday)
        self.assertIsNone(recurrence.fit(saturday, is_working, "skip"))

    def test_a_calendar_without_work_ends_the_search(self):
        self.assertIsNone(recurrence.fit(date(2026, 11, 28), lambda day: False, "next"))
