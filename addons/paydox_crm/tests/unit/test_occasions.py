from datetime import date

import pytest

from odoo.addons.paydox_crm.tools import occasions


@pytest.mark.parametrize(
    ("today", "month", "day", "expected"),
    [
        (date(2027, 5, 10), 5, 10, date(2027, 5, 10)),
        (date(2027, 5, 11), 5, 10, date(2028, 5, 10)),
        (date(2027, 2, 28), 2, 29, date(2027, 2, 28)),
        (date(2027, 3, 1), 2, 29, date(2028, 2, 29)),
        (date(2027, 12, 31), 1, 1, date(2028, 1, 1)),
    ],
)
def test_next_occasion(today, month, day, expected):
    assert occasions.next_occasion(today, month, day) == expected


@pytest.mark.parametrize(("month", "day", "expected"), [(2, 29, True), (2, 30, False), (4, 31, False), (13, 1, False), (1, 0, False)])
def test_is_day(month, day, expected):
    assert occasions.is_day(month, day) is expected
