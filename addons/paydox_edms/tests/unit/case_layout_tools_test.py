import importlib.util
import re
import sys
import types
from pathlib import Path

# The module names its neighbour, so both are loaded as a small package.
_TOOLS = Path(__file__).parents[2] / "tools"


def _load():
    package = types.ModuleType("paydox_case_tools")
    package.__path__ = [str(_TOOLS)]
    sys.modules[package.__name__] = package
    return importlib.import_module(f"{package.__name__}.case_layout")


case_layout = _load()


def _cross(path, box):
    """Whether a piece of the arrow runs behind the box."""
    left, right = box["x"], box["x"] + case_layout.WIDTH
    upper, lower = box["top"], box["top"] + case_layout.HEIGHT
    x, y = map(int, re.match(r"M(-?\d+) (-?\d+)", path).groups())
    for axis, number in re.findall(r"([HV])(-?\d+)", path):
        x2, y2 = (int(number), y) if axis == "H" else (x, int(number))
        if max(x, x2) > left and min(x, x2) < right and max(y, y2) > upper and min(y, y2) < lower:
            return True
        x, y = x2, y2
    return False


def test_chain_runs_in_one_row():
    layout = case_layout.get_layout({"a": [], "b": ["a"]}, [(False, ["a", "b"])])

    assert layout["boxes"]["a"]["top"] == layout["boxes"]["b"]["top"]
    assert layout["boxes"]["b"]["x"] > layout["boxes"]["a"]["x"] + case_layout.WIDTH
    assert not layout["arrows"][0]["back"]


def test_arrows_never_run_behind_a_box():
    graph = {"a": [], "b": [], "c": ["a", "b"], "d": ["c"], "e": ["c", "a"], "f": ["d", "e"], "g": ["c"], "h": ["a"]}
    graph["i"] = ["h", "g", "f"]
    bands = [(True, ["a", "b", "c", "h"]), (True, ["d", "e", "g"]), (False, ["f", "i"])]

    layout = case_layout.get_layout(graph, bands)

    for arrow in layout["arrows"]:
        for node, box in layout["boxes"].items():
            assert not _cross(arrow["path"], box), (arrow, node)


def test_arrow_that_closes_a_circle_is_marked():
    layout = case_layout.get_layout({"a": ["b"], "b": ["a"]}, [(False, ["a", "b"])])

    assert sorted(arrow["back"] for arrow in layout["arrows"]) == [False, True]


def test_nothing_takes_no_place():
    assert case_layout.get_layout({}, [])["height"] == 0
