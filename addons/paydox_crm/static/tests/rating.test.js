import { expect, test } from "@odoo/hoot";
import { getChart } from "@paydox_crm/components/rating/rating_utils";

test.tags("desktop");
test("a month without a score interrupts the line", () => {
    const scores = [null, 0, 50, null, 100];
    const history = scores.map((score, index) => ({ month: `2026-0${index + 1}`, score }));

    const { points, lines } = getChart(history, 100, 40);

    expect(points.map(({ x, y }) => [x, y])).toEqual([
        [25, 40],
        [50, 20],
        [100, 0],
    ]);
    expect(lines).toEqual(["25,40 50,20"]);
});

test.tags("desktop");
test("one month is a point, none is nothing", () => {
    expect(getChart([{ month: "2026-01", score: 70 }], 100, 40).points).toHaveLength(1);
    expect(getChart([{ month: "2026-01", score: 70 }], 100, 40).lines).toHaveLength(0);
    expect(getChart([], 100, 40)).toEqual({ points: [], lines: [] });
});
