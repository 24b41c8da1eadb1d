import time

from pure import load_tool

case_graph = load_tool("case_graph")


def test_chain_has_no_circle_and_one_layer_a_step():
    graph = {"a": [], "b": ["a"], "c": ["b"]}

    assert case_graph.find_cycle(graph) == []
    assert case_graph.get_layers(graph) == {"a": 0, "b": 1, "c": 2}
    assert case_graph.find_unreachable(graph) == []


def test_circle_is_named_in_its_order():
    graph = {"a": [], "b": ["a", "d"], "c": ["b"], "d": ["c"]}

    assert case_graph.find_cycle(graph) == ["b", "d", "c"]
    assert case_graph.find_unreachable(graph) == ["b", "c", "d"]


def test_step_that_waits_for_itself_is_a_circle():
    assert case_graph.find_cycle({"a": ["a"]}) == ["a"]


def test_one_of_several_is_enough_for_any():
    graph = {"a": [], "b": [], "c": ["a", "b"], "d": ["a", "b"]}

    assert case_graph.find_unreachable(graph, any_nodes=["c"], blocked=["a"]) == ["a", "d"]


def test_unknown_predecessors_are_ignored():
    assert case_graph.find_unreachable({"a": ["gone"]}) == []
    assert case_graph.get_layers({"a": ["gone"]}) == {"a": 0}


def test_thousand_steps_take_no_time():
    graph = {node: list(range(max(0, node - 5), node)) for node in range(20_000)}

    started = time.perf_counter()
    assert case_graph.find_cycle(graph) == []
    assert not case_graph.find_unreachable(graph)
    assert case_graph.get_layers(graph)[19_999] == 19_999

    assert time.perf_counter() - started < 2
