"""The order of the steps of a case as a graph. No ORM here.

A graph is a dict: node -> the nodes it comes after. Nodes are anything hashable; a node that is named only as a
predecessor is ignored. All functions take time in proportion to the nodes and the arrows.
"""

from collections import deque


def find_cycle(graph):
    """The nodes of one circle in the order in which they wait for each other, or an empty list."""
    done = set()
    for start in graph:
        if start in done:
            continue
        path = [start]
        places = {start: 0}
        branches = [iter(graph[start])]
        while branches:
            node = next((node for node in branches[-1] if node in graph and node not in done), None)
            if node is None:
                branches.pop()
                finished = path.pop()
                del places[finished]
                done.add(finished)
            elif node in places:
                return path[places[node] :]
            else:
                places[node] = len(path)
                path.append(node)
                branches.append(iter(graph[node]))
    return []


def find_unreachable(graph, any_nodes=(), blocked=()):
    """The nodes that can never start, in the order of the graph.

    :param any_nodes: nodes for which one of their predecessors is enough; the others need all
    :param blocked: nodes that cannot start whatever is done before them
    """
    any_nodes = set(any_nodes)
    blocked = set(blocked)
    followers = _get_followers(graph)
    missing = {}
    for node, before in graph.items():
        known = {item for item in before if item in graph}
        missing[node] = min(len(known), 1) if node in any_nodes else len(known)
    queue = deque(node for node in graph if not missing[node] and node not in blocked)
    reached = set(queue)
    while queue:
        for node in followers[queue.popleft()]:
            missing[node] -= 1
            if missing[node] <= 0 and node not in reached and node not in blocked:
                reached.add(node)
                queue.append(node)
    return [node for node in graph if node not in reached]


def get_layers(graph):
    """``{node: layer}`` for drawing: from 0, each node after all that it comes after.

    Arrows that close a circle are left out, so that a draft with a mistake can be drawn too.
    """
    back = _find_back_arrows(graph)
    followers = _get_followers(graph, back)
    missing = dict.fromkeys(graph, 0)
    for targets in followers.values():
        for node in targets:
            missing[node] += 1
    layers = dict.fromkeys(graph, 0)
    queue = deque(node for node in graph if not missing[node])
    while queue:
        node = queue.popleft()
        for follower in followers[node]:
            layers[follower] = max(layers[follower], layers[node] + 1)
            missing[follower] -= 1
            if not missing[follower]:
                queue.append(follower)
    return layers


def _get_followers(graph, left_out=frozenset()):
    followers = {node: [] for node in graph}
    for node, before in graph.items():
        for item in dict.fromkeys(before):
            if item in graph and (node, item) not in left_out:
                followers[item].append(node)
    return followers


def _find_back_arrows(graph):
    """The arrows ``(node, predecessor)`` that close a circle."""
    back = set()
    done = set()
    for start in graph:
        if start in done:
            continue
        path = [start]
        on_path = {start}
        branches = [iter(graph[start])]
        while branches:
            for node in branches[-1]:
                if node in on_path:
                    back.add((path[-1], node))
                elif node in graph and node not in done:
                    path.append(node)
                    on_path.add(node)
                    branches.append(iter(graph[node]))
                    break
            else:
                branches.pop()
                finished = path.pop()
                on_path.discard(finished)
                done.add(finished)
    return back
