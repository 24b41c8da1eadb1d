import unittest
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

try:
    from .pure import load_tool
except ImportError:  # collected by pytest outside Odoo, where this folder is no package
    from pure import load_tool

work_time = load_tool("work_time")
ZONE = ZoneInfo("Europe/Bucharest")


def at(day, hour, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def week(first, days, month=11):
    """Work from 9 to 13 and from 14 to 18 on the given days."""
    intervals = []
    for offset in days:
        day = at(first, 0, month=month) + timedelta(days=offset)
        intervals += [(day.replace(hour=9), day.replace(hour=13)), (day.replace(hour=14), day.replace(hour=18))]
    return intervals


# Monday 23 to Friday 27 and Monday 30 November
WORK = week(23, [0, 1, 2, 3, 4, 7])


class TestWorkTime(unittest.TestCase):
    def test_hours_skip_nights_and_weekends(self):
        self.assertEqual(work_time.shift_hours(WORK, at(30, 10), -2), at(27, 17))
        self.assertEqual(work_time.shift_hours(WORK, at(27, 17), 2), at(30, 10))

    def test_hours_skip_the_break(self):
        self.assertEqual(work_time.shift_hours(WORK, at(24, 15), -2), at(24, 12))

    def test_a_term_outside_of_work_is_counted_from_the_work_before_it(self):
        self.assertEqual(work_time.shift_hours(WORK, at(29, 12), -1), at(27, 17))

    def test_days_keep_the_time_and_skip_the_weekend(self):
        self.assertEqual(work_time.shift_days(WORK, at(30, 10), -1), at(27, 10))
        self.assertEqual(work_time.shift_days(WORK, at(27, 10), 1), at(30, 10))

    def test_days_end_in_working_hours(self):
        self.assertEqual(work_time.shift_days(WORK, at(25, 23, 59), -1), at(24, 18))
        self.assertEqual(work_time.shift_days(WORK, at(25, 3), 0), at(25, 9))

    def test_a_term_on_sunday_is_one_working_day_after_friday(self):
        self.assertEqual(work_time.shift_days(WORK, at(29, 12), -1), at(27, 12))
        self.assertEqual(work_time.shift_days(WORK, at(29, 12), 1), at(30, 12))

    def test_no_answer_beyond_the_intervals(self):
        self.assertIsNone(work_time.shift_days(WORK, at(23, 10), -1))
        self.assertIsNone(work_time.shift_hours(WORK, at(23, 10), -2))
        self.assertIsNone(work_time.shift_hours([], at(23, 10), 1))

    def test_the_hour_stays_across_a_change_of_the_clock(self):
        # Romania leaves summer time on 25 October 2026.
        work = week(23, [0, 3], month=10)

        before = work_time.shift_days(work, at(26, 10, month=10), -1)

        self.assertEqual((before.day, before.hour), (23, 10))
        self.assertEqual(before.utcoffset(), timedelta(hours=3))

    def test_next_stretch_of_work(self):
        self.assertEqual(work_time.next_start(WORK, at(27, 18)), at(30, 9))
        self.assertIsNone(work_time.next_start(WORK, at(30, 18)))
