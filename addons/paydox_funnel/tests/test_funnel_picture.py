from xml.etree import ElementTree

from odoo.tests import BaseCase

from ..tools.funnel_picture import draw_board, draw_boards, fits_inside, get_row_size, get_shares, shorten

SVG = "{http://www.w3.org/2000/svg}"


def make_layer(name="New", count=0, reached=0, **values):
    return {"name": name, "count": count, "reached": reached, "bottleneck": False, **values}


def make_texts(count="1", **values):
    return {"count": count, "reached": "", "conversion": "", "cells": [], **values}


class TestFunnelPicture(BaseCase):
    """Drawing of the PDF, with the proportions of the screen (funnel_utils.test.js)."""

    def test_layers_are_as_wide_as_reached_and_solid_as_wide_as_count(self):
        layers = [make_layer("A", 10, 100), make_layer("B", 25, 50), make_layer("C", 20, 20)]

        shares = get_shares(layers, "cohort")

        self.assertEqual(shares, [(1.0, 0.1, 0.5), (0.5, 0.25, 0.2), (0.2, 0.2, None)])

    def test_few_deals_stay_visible_and_none_have_no_width(self):
        shares = get_shares([make_layer("A", 0, 10**6), make_layer("B", 1, 1), make_layer()], "cohort")

        self.assertEqual(shares[0][1], 0)
        self.assertGreater(shares[1][0], 0.005)
        self.assertEqual(shares[2], (0.0, 0.0, None))

    def test_snapshot_has_no_slanted_parts(self):
        layers = [make_layer("A", 10, None), make_layer("B", 40, None)]

        self.assertEqual(get_shares(layers, "snapshot"), [(0.25, 0.25, None), (1.0, 1.0, None)])

    def test_no_deals_and_no_layers(self):
        self.assertEqual(get_shares([], "cohort"), [])
        self.assertEqual(get_shares([make_layer()], "cohort"), [(0.0, 0.0, None)])
        self.assertTrue(draw_board([], "cohort", [], ["Now"]))

    def test_all_rows_fit_in_the_height(self):
        for count in (1, 8, 60):
            row, bar, font = get_row_size(count, 444)
            self.assertLessEqual(row * count, 444)
            self.assertLess(bar, row)
            self.assertGreater(font, 4)

    def test_sixty_layers_go_on_on_further_pages_in_one_scale(self):
        layers = [make_layer(f"S{i}", 1, 60 - i) for i in range(60)]

        boards = draw_boards(layers, "cohort", [make_texts() for _layer in layers], ["Now"])

        roots = [ElementTree.fromstring(board) for board in boards]
        names = [text.text for root in roots for text in root.iter(f"{SVG}text") if (text.text or "").startswith("S")]
        self.assertEqual(names, [layer["name"] for layer in layers])
        self.assertEqual(len(boards), 3)
        for root in roots:
            self.assertGreater(min(float(text.get("font-size")) for text in root.iter(f"{SVG}text")), 7)
        widths = [float(root.find(f"{SVG}rect").get("width")) for root in roots]
        self.assertGreater(widths[0], widths[1] * 1.4)
        self.assertEqual(len(draw_boards(layers[:8], "cohort", [make_texts()] * 8, ["Now"])), 1)

    def test_titles_of_columns_are_of_one_size_and_break_between_words(self):
        board = draw_board([], "cohort", [], ["Now", "Amount, EUR", "Reached by most"])

        texts = list(ElementTree.fromstring(board).iter(f"{SVG}text"))
        self.assertEqual({text.get("font-size") for text in texts}, {"10.5"})
        self.assertEqual([text.text for text in texts], ["Now", "Amount, EUR", "Reached", "by most"])

    def test_number_stands_inside_a_wide_bar_only(self):
        self.assertTrue(fits_inside(0.5, "1,234"))
        self.assertFalse(fits_inside(0.02, "3"))

    def test_long_names_are_cut(self):
        self.assertEqual(shorten("Short", 150, 12), "Short")
        self.assertLess(len(shorten("Very long name " * 14, 150, 12)), 25)

    def test_names_are_text_never_markup(self):
        name = '<script>alert("&")</script>'
        layers = [make_layer(name, 1, 2), make_layer("Ы ț <b>", 1, 1)]

        svg = draw_board(layers, "cohort", [make_texts(), make_texts()], ["<i>"], 100.0)

        root = ElementTree.fromstring(svg)
        texts = [element.text for element in root.iter(f"{SVG}text")]
        self.assertFalse([element for element in root.iter() if element.tag.endswith("script")])
        self.assertIn(shorten(name, 150, 12), texts)
        self.assertIn("<i>", texts)

    def test_picture_is_symmetric(self):
        layers = [make_layer("A", 10, 100), make_layer("B", 25, 50)]

        root = ElementTree.fromstring(draw_board(layers, "cohort", [make_texts()] * 2, []))

        middles = {round(float(bar.get("x")) + float(bar.get("width")) / 2, 1) for bar in root.iter(f"{SVG}rect")}
        self.assertEqual(len(middles), 1)

    def test_bottleneck_is_said_in_words_on_the_picture(self):
        layers = [make_layer("A", 1, 10, bottleneck=True), make_layer("B", 1, 1)]
        texts = [make_texts(conversion="10% bottleneck"), make_texts()]

        self.assertIn("10% bottleneck", draw_board(layers, "cohort", texts, []))
