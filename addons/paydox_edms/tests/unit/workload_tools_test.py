import unittest
from datetime import date

try:
    from .pure import load_tool
except ImportError:  # collected by pytest outside Odoo, where this folder is no package
    from pure import load_tool

workload = load_tool("workload")
MONDAY = date(2026, 11, 23)


class TestWorkload(unittest.TestCase):
    def test_a_week_begins_on_monday(self):
        self.assertEqual(workload.get_start(date(2026, 11, 28), "day"), MONDAY)
        self.assertEqual(workload.get_start(MONDAY, "week"), MONDAY)

    def test_days_and_weeks_follow_without_gap(self):
        days, weeks = workload.make_columns(MONDAY, "day"), workload.make_columns(MONDAY, "week")

        self.assertEqual((days[0], days[-1]), ((MONDAY, MONDAY), (date(2026, 11, 29), date(2026, 11, 29))))
        self.assertEqual(weeks[:2], [(MONDAY, date(2026, 11, 29)), (date(2026, 11, 30), date(2026, 12, 6))])
        self.assertEqual(workload.find_column(weeks, date(2026, 12, 1)), 1)
        self.assertIsNone(workload.find_column(weeks, date(2026, 11, 22)))

    def test_another_week_keeps_the_day_of_the_week(self):
        column = (date(2026, 11, 30), date(2026, 12, 6))

        self.assertEqual(workload.move_day(date(2026, 11, 25), column, "week"), date(2026, 12, 2))
        self.assertEqual(workload.move_day(date(2026, 11, 25), (MONDAY, MONDAY), "day"), MONDAY)

    def test_half_a_day_takes_half_of_the_limit(self):
        self.assertEqual(workload.get_capacity(8, 8, 5), 5)
        self.assertEqual(workload.get_capacity(4, 8, 5), 3)
        self.assertEqual(workload.get_capacity(0, 8, 5), 0)
        self.assertEqual(workload.get_capacity(40, 8, 5), 25)
