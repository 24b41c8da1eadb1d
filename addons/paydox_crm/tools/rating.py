"""Arithmetic of the rating of a counterparty: weights, figures, bands. Pure functions, no ORM."""

FULL = 100


def get_score(weights, figures, min_weight=0, min_facts=1):
    """The score of one counterparty, and how it came about.

    A criterion without facts says nothing: its weight is shared out among the others in proportion to theirs. When what is
    left weighs less than ``min_weight``, or rests on fewer than ``min_facts`` facts, there is no number at all.

    :param weights: {criterion: weight}; together 100
    :param figures: {criterion: (points earned, number of facts)}
    :return: ``(score or None, parts)``; a part is ``{"code", "weight", "good", "total", "share", "points"}``, where
        ``share`` (0-100) and ``points`` (what it adds to the score) are None without facts
    """
    known = {code: figures[code] for code in weights if figures.get(code, (0, 0))[1] > 0}
    weight_known = sum(weights[code] for code in known)
    parts, score = [], 0.0
    for code, weight in weights.items():
        good, total = known.get(code, (0, 0))
        part = {"code": code, "weight": weight, "good": round(good, 2), "total": total, "share": None, "points": None}
        if total and weight_known:
            share = min(max(good / total, 0.0), 1.0)
            points = FULL * share * weight / weight_known
            score += points
            part |= {"share": round(FULL * share, 1), "points": round(points, 1)}
        parts.append(part)
    facts = sum(total for __, total in known.values())
    enough = weight_known > 0 and weight_known >= min_weight and facts >= min_facts
    # Half a point goes up, not to the even number.
    return (int(score + 0.5) if enough else None), parts


def get_bands_problem(bands):
    """What is wrong with the bands ``[(first, last)]``, both included: ``(code, number)``, or None.

    They must cover 0 to 100, each number once.
    """
    expected = 0
    for first, last in sorted(bands):
        if last < first:
            return "order", first
        if first > expected:
            return "gap", expected
        if first < expected:
            return "overlap", first
        expected = last + 1
    if expected <= FULL:
        return "gap", expected
    if expected > FULL + 1:
        return "range", expected - 1
    return None


def fill_months(points, last, count):
    """One value a month, each until the next one is known.

    :param points: ``[((year, month), value)]`` in the order of time
    :param last: ``(year, month)`` that ends the series
    :param count: number of months
    :return: ``[((year, month), value or None)]``, the oldest first
    """
    year, month = last
    months = []
    for __ in range(count):
        months.append((year, month))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    months.reverse()
    points, value, filled = list(points), None, []
    for key in months:
        while points and points[0][0] <= key:
            value = points.pop(0)[1]
        filled.append((key, value))
    return filled
