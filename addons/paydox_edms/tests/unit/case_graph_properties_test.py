import pytest
from pure import load_tool

pytest.importorskip("hypothesis")

from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

case_graph = load_tool("case_graph")
GRAPHS = st.integers(1, 12).flatmap(
    lambda size: st.fixed_dictionaries({node: st.lists(st.integers(0, size - 1), max_size=4) for node in range(size)})
)


@given(GRAPHS)
def test_circle_that_is_found_is_one(graph):
    cycle = case_graph.find_cycle(graph)

    for node, following in zip(cycle, cycle[1:] + cycle[:1], strict=True):
        assert following in graph[node]


@given(GRAPHS)
def test_steps_without_a_circle_all_start(graph):
    assert bool(case_graph.find_cycle(graph)) == bool(case_graph.find_unreachable(graph))


@given(GRAPHS)
def test_layers_follow_the_arrows_unless_there_is_a_circle(graph):
    layers = case_graph.get_layers(graph)

    assert layers.keys() == graph.keys()
    if not case_graph.find_cycle(graph):
        assert all(layers[node] > layers[item] for node, before in graph.items() for item in before)


@given(GRAPHS, st.sets(st.integers(0, 11)))
def test_enough_predecessors_never_start_fewer(graph, any_nodes):
    strict = case_graph.find_unreachable(graph)

    assert set(case_graph.find_unreachable(graph, any_nodes=any_nodes)) <= set(strict)
