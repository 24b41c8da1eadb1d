import unittest
from datetime import datetime, timedelta

try:
    from .pure import PureCase, load_tool
except ImportError:  # collected by pytest outside Odoo, where this folder is no package
    from pure import PureCase, load_tool

tools = load_tool("local_time")
WINTER = datetime(2026, 1, 14, 9, 0)  # a Wednesday
SUMMER = datetime(2026, 7, 15, 9, 0)


class TestLocalTime(PureCase):
    def _hours(self, local):
        return local.earliest.hour, local.latest.hour

    def test_vladivostok_is_seven_hours_ahead_of_moscow(self):
        vladivostok = tools.get_local_time(WINTER, None, None, "RU", "PRI")
        moscow = tools.get_local_time(WINTER, None, None, "RU", "MOW")

        self.assertEqual(vladivostok.earliest.utcoffset() - moscow.earliest.utcoffset(), timedelta(hours=7))

    def test_region_wins_over_the_zone_of_whoever_entered_the_contact(self):
        self.assertEqual(self._hours(tools.get_local_time(WINTER, None, "Europe/Moscow", "RU", "PRI")), (19, 19))

    def test_chosen_zone_wins_over_the_region(self):
        self.assertEqual(self._hours(tools.get_local_time(WINTER, "Asia/Vladivostok", None, "RU", "MOW")), (19, 19))

    def test_zone_decides_where_the_region_has_several(self):
        self.assertEqual(self._hours(tools.get_local_time(WINTER, None, "Asia/Srednekolymsk", "RU", "SA")), (20, 20))

    def test_region_with_several_zones_is_told_as_a_span(self):
        local = tools.get_local_time(WINTER, None, "Europe/Bucharest", "RU", "SA")

        self.assertFalse(local.is_certain)
        self.assertEqual(self._hours(local), (18, 20))

    def test_clock_changes_in_summer(self):
        self.assertEqual(self._hours(tools.get_local_time(WINTER, None, None, "RO", None)), (11, 11))
        self.assertEqual(self._hours(tools.get_local_time(SUMMER, None, None, "RO", None)), (12, 12))
        self.assertEqual(
            self._hours(tools.get_local_time(SUMMER, None, None, "RU", "MOW")), (12, 12), "Russia does not."
        )

    def test_country_whose_zones_agree_is_certain(self):
        self.assertTrue(tools.get_local_time(WINTER, None, None, "DE", None).is_certain)

    def test_zone_alone_is_enough(self):
        self.assertEqual(self._hours(tools.get_local_time(WINTER, None, "Asia/Tokyo", None, None)), (18, 18))

    def test_nothing_known_is_nothing_said(self):
        self.assertIsNone(tools.get_local_time(WINTER, None, None, None, None))
        self.assertIsNone(tools.get_local_time(WINTER, None, "No/Where", "XX", None))

    def test_outside_hours(self):
        self.assertTrue(tools.get_local_time(WINTER, None, None, "RU", "PRI").is_outside_hours)
        self.assertFalse(tools.get_local_time(WINTER, None, None, "RU", "MOW").is_outside_hours)
        sunday = datetime(2026, 1, 18, 9, 0)
        self.assertTrue(tools.get_local_time(sunday, None, None, "RU", "MOW").is_outside_hours)


if __name__ == "__main__":
    unittest.main()
