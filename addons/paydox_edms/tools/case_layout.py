"""Where the boxes and the arrows of the picture of a case stand, in pixels. No ORM here.

All bands have the same columns, so the gutters between the columns are free from top to bottom: the arrows run there
and in the channels between rows and bands, never behind a box.
"""

from . import case_graph

WIDTH = 184
HEIGHT = 112
GAP_X = 44
GAP_Y = 16
LANE = 12
PADDING = 12
MARGIN = GAP_X // 2 + 6
HEADER = 30
BAND_GAP = 18


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
    for has_heading, nodes in bands:
        columns = {layer: column for column, layer in enumerate(sorted({layers[node] for node in nodes}))}
        rows = dict.fromkeys(columns, 0)
        start = HEADER if has_heading else PADDING
        for node in nodes:
            layer = layers[node]
            x = MARGIN + columns[layer] * (WIDTH + GAP_X)
            y = start + rows[layer] * (HEIGHT + GAP_Y)
            rows[layer] += 1
            boxes[node] = {"x": x, "y": y, "top": top + y}
            band_of[node] = len(places)
            width = max(width, x + WIDTH + MARGIN)
        height = start + max(rows.values(), default=0) * (HEIGHT + GAP_Y) - GAP_Y + PADDING
        places.append({"top": top, "height": height})
        top += height + BAND_GAP
    arrows = [
        {
            "path": _get_path(boxes[item], boxes[node], _get_channel(item, node, boxes, band_of, places)),
            "back": layers[item] >= layers[node],
        }
        for node, before in graph.items()
        for item in dict.fromkeys(before)
        if item in boxes and node in boxes
    ]
    return {"width": width, "height": max(top - BAND_GAP, 0), "bands": places, "boxes": boxes, "arrows": arrows}


def _get_channel(source, target, boxes, band_of, places):
    """The height at which an arrow runs from one gutter to another; None when both boxes share a gutter."""
    place = places[band_of[target]]
    if band_of[target] > band_of[source]:
        return place["top"] - BAND_GAP // 2
    if band_of[target] < band_of[source]:
        return place["top"] + place["height"] + BAND_GAP // 2
    if boxes[target]["x"] - boxes[source]["x"] == WIDTH + GAP_X:
        return None
    return boxes[source]["top"] + HEIGHT + GAP_Y // 2


def _get_path(source, target, channel):
    """From the end of one box by the gutters to the start of another."""
    x1, y1 = source["x"] + WIDTH, source["top"] + HEIGHT // 2
    x2, y2 = target["x"], target["top"] + HEIGHT // 2
    if channel is None:
        return f"M{x1} {y1}H{x1 + GAP_X // 2}V{y2}H{x2}"
    # Arrows from afar keep to the sides of the gutters, so that they do not look like those between neighbours.
    return f"M{x1} {y1}H{x1 + LANE}V{channel}H{x2 - LANE}V{y2}H{x2}"
