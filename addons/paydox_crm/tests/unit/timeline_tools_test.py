import unittest
from datetime import date, timedelta

try:
    from .pure import PureCase, load_tool
except ImportError:  # collected by pytest outside Odoo, where this folder is no package
    from pure import PureCase, load_tool

try:
    from hypothesis import given, settings
    from hypothesis import strategies as st
except ImportError:
    given = None

timeline = load_tool("timeline")
START = date(2026, 1, 1)


def day(number):
    return START + timedelta(days=number)


class History:
    """A history in memory that does what the plan says, as the database does."""

    def __init__(self):
        self.rows = []  # [start, end, values, superseded]

    def change(self, on, values):
        states = [
            timeline.State(key, start, end, dict(row_values))
            for key, (start, end, row_values, superseded) in enumerate(self.rows)
            if not superseded
        ]
        plan = timeline.plan_change(states, on, values)
        for key, last_day in plan.close.items():
            assert self.rows[key][1] is None, "Only an open state may be closed."
            self.rows[key][1] = last_day
        for key in plan.supersede:
            assert not self.rows[key][3], "A state is superseded once."
            self.rows[key][3] = True
        self.rows += [[new.start, new.end, new.values, False] for new in plan.add]
        return plan

    def on(self, when):
        found = [
            values
            for start, end, values, superseded in self.rows
            if not superseded and start <= when and (end is None or when <= end)
        ]
        assert len(found) <= 1, "At most one state a day."
        return found[0] if found else None


class TestTimeline(PureCase):
    def _history(self):
        history = History()
        history.change(day(0), {"name": "A", "director": "D"})
        return history

    def test_a_change_closes_one_state_and_opens_the_next(self):
        history = self._history()

        history.change(day(10), {"name": "B"})

        self.assertEqual(history.on(day(9)), {"name": "A", "director": "D"})
        self.assertEqual(history.on(day(10)), {"name": "B", "director": "D"})
        self.assertEqual(len(history.rows), 2)

    def test_nothing_new_changes_nothing(self):
        self.assertFalse(self._history().change(day(10), {"name": "A"}))

    def test_second_change_of_a_day_corrects_the_first(self):
        history = self._history()
        history.change(day(10), {"name": "B"})

        plan = history.change(day(10), {"director": "E"})

        self.assertEqual([new.corrects for new in plan.add], [1])
        self.assertEqual(history.on(day(10)), {"name": "B", "director": "E"})
        self.assertEqual(history.on(day(9)), {"name": "A", "director": "D"})

    def test_back_dated_change_lasts_until_the_field_changed_again(self):
        history = self._history()
        history.change(day(20), {"name": "B"})
        history.change(day(30), {"director": "F"})

        history.change(day(10), {"director": "E"})

        self.assertEqual(history.on(day(9)), {"name": "A", "director": "D"})
        self.assertEqual(history.on(day(10)), {"name": "A", "director": "E"})
        self.assertEqual(history.on(day(20)), {"name": "B", "director": "E"})
        self.assertEqual(history.on(day(30)), {"name": "B", "director": "F"})

    def test_day_before_the_first_state_opens_an_earlier_one(self):
        history = self._history()

        history.change(day(-10), {"name": "Z"})

        self.assertIsNone(history.on(day(-11)))
        self.assertEqual(history.on(day(-1)), {"name": "Z", "director": "D"})
        self.assertEqual(history.on(day(0)), {"name": "A", "director": "D"})

    def test_change_before_a_planned_one_keeps_the_plan(self):
        history = self._history()
        history.change(day(30), {"name": "C"})

        history.change(day(10), {"director": "E"})

        self.assertEqual(history.on(day(10)), {"name": "A", "director": "E"})
        self.assertEqual(history.on(day(30)), {"name": "C", "director": "E"})


@unittest.skipIf(given is None, "hypothesis is not installed")
class TestTimelineProperties(PureCase):
    if given is not None:

        @given(
            changes=st.lists(
                st.tuples(
                    st.integers(min_value=-5, max_value=15),
                    st.dictionaries(st.sampled_from("abc"), st.integers(min_value=0, max_value=2), min_size=1),
                ),
                max_size=12,
            )
        )
        @settings(max_examples=300, deadline=None)
        def test_any_changes_leave_one_state_a_day_without_holes(self, changes):
            history = History()
            history.change(day(0), {"a": 0, "b": 0, "c": 0})
            for number, values in changes:
                before = {when: history.on(day(when)) for when in range(-8, number)}

                history.change(day(number), values)

                for name, value in values.items():
                    self.assertEqual(history.on(day(number))[name], value)
                for when, known in before.items():
                    self.assertEqual(history.on(day(when)), known, "Days before the change stay as they were.")
                first = min(start for start, *__ in history.rows)
                for when in range((first - START).days, 20):
                    self.assertIsNotNone(history.on(day(when)), "No hole.")
