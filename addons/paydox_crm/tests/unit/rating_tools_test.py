import unittest

try:
    from .pure import PureCase, load_tool
except ImportError:  # collected by pytest outside Odoo, where this folder is no package
    from pure import PureCase, load_tool

rating = load_tool("rating")


class TestRatingTools(PureCase):
    def test_weights_are_applied(self):
        score, parts = rating.get_score({"a": 75, "b": 25}, {"a": (8, 10), "b": (1, 2)})

        self.assertEqual(score, 73)  # 75 × 0.8 + 25 × 0.5 = 72.5
        self.assertEqual([part["points"] for part in parts], [60.0, 12.5])

    def test_weight_of_a_criterion_without_facts_goes_to_the_others(self):
        score, parts = rating.get_score({"a": 40, "b": 40, "c": 20}, {"a": (5, 10), "b": (0, 0), "c": (1, 1)})

        self.assertEqual(score, 67)  # (40 × 0.5 + 20) / 60
        self.assertIsNone(parts[1]["share"])

    def test_too_little_is_no_number(self):
        for figures in ({}, {"a": (0, 0)}, {"b": (9, 9)}, {"a": (1, 1)}):
            with self.subTest(figures=figures):
                self.assertIsNone(rating.get_score({"a": 70, "b": 30}, figures, min_weight=50, min_facts=3)[0])

    def test_the_worst_is_a_number(self):
        self.assertEqual(rating.get_score({"a": 100}, {"a": (0, 4)}, 50, 3)[0], 0)

    def test_a_share_never_leaves_its_bounds(self):
        self.assertEqual(rating.get_score({"a": 100}, {"a": (9, 4)})[0], 100)
        self.assertEqual(rating.get_score({"a": 100}, {"a": (-1, 4)})[0], 0)

    def test_bands_cover_everything_once(self):
        self.assertIsNone(rating.get_bands_problem([(40, 69), (0, 39), (70, 100)]))
        for bands, problem in (
            ([], ("gap", 0)),
            ([(0, 39), (41, 100)], ("gap", 40)),
            ([(0, 40), (40, 100)], ("overlap", 40)),
            ([(0, 99)], ("gap", 100)),
            ([(1, 100)], ("gap", 0)),
            ([(0, 101)], ("range", 101)),
            ([(5, 0), (0, 100)], ("overlap", 5)),
        ):
            with self.subTest(bands=bands):
                self.assertIsNotNone(rating.get_bands_problem(bands))
                self.assertIn(rating.get_bands_problem(bands)[0], (problem[0], "order"))

    def test_a_month_without_a_change_keeps_the_value(self):
        filled = rating.fill_months([((2026, 1), 50), ((2026, 3), 60)], (2026, 4), 5)

        self.assertEqual([value for __, value in filled], [None, 50, 50, 60, 60])
        self.assertEqual(filled[0][0], (2025, 12))


if __name__ == "__main__":
    unittest.main()
