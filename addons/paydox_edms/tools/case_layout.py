"""Where the boxes and the arrows of the picture of a case stand, in pixels. No ORM here."""

from . import case_graph

WIDTH = 184
HEIGHT = 104
GAP_X = 44
GAP_Y = 14
PADDING = 12
HEADER = 30


def get_layout(graph, bands):
    """Lay out the steps of ``graph`` in bands one under the other; in a band they go from the start to the end.

    :param dict graph: node -> the nodes it comes after
    :param list bands: ``[(has a heading, [nodes])]``
    :return: ``{"width", "height", "bands": [{"top", "height"}], "boxes": {node: {"x", "y", "top"}}, "arrows":
        [{"path", "back"}]}``; ``y`` counts from the top of the band, ``top`` from that of the picture
    """
    layers = case_graph.get_layers(graph)
    boxes = {}
    places = []
    band_of = {}
    top = 0
    width = 0
    for number, (has_heading, nodes) in enumerate(bands):
        used = sorted({layers[node] for node in nodes})
        columns = {layer: column for column, layer in enumerate(used)}
        rows = dict.fromkeys(columns.values(), 0)
        start = HEADER if has_heading else PADDING
        for node in nodes:
            column = columns[layers[node]]
            x = PADDING + column * (WIDTH + GAP_X)
            y = start + rows[column] * (HEIGHT + GAP_Y)
            rows[column] += 1
            boxes[node] = {"x": x, "y": y, "top": top + y}
            band_of[node] = number
            width = max(width, x + WIDTH + PADDING)
        height = start + max(rows.values(), default=0) * (HEIGHT + GAP_Y) - GAP_Y + PADDING
        places.append({"top": top, "height": height})
        top += height + PADDING
    arrows = [
        {
            "path": _get_path(boxes[item], boxes[node], band_of[node] - band_of[item]),
            "back": layers[item] >= layers[node],
        }
        for node, before in graph.items()
        for item in dict.fromkeys(before)
        if item in boxes and node in boxes
    ]
    return {"width": width, "height": max(top - PADDING, 0), "bands": places, "boxes": boxes, "arrows": arrows}


def _get_path(source, target, bands_down):
    """A curve: along the band from edge to edge, to another band from the bottom to the top or back."""
    if not bands_down:
        x1, y1 = source["x"] + WIDTH, source["top"] + HEIGHT // 2
        x2, y2 = target["x"], target["top"] + HEIGHT // 2
        bend = GAP_X // 2 if x2 > x1 else GAP_X
        return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    down = 1 if bands_down > 0 else -1
    x1, x2 = source["x"] + WIDTH // 2, target["x"] + WIDTH // 2
    y1 = source["top"] + (HEIGHT if down > 0 else 0)
    y2 = target["top"] + (0 if down > 0 else HEIGHT)
    bend = down * HEADER
    return f"M{x1} {y1}C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}"
