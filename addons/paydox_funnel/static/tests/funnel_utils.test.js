import { describe, expect, test } from "@odoo/hoot";
import {
    fitsInside,
    getBottleneck,
    getBreakdownCells,
    getBreakdownSeries,
    getConnectorPoints,
    getFunnelGeometry,
    getPercentDigits,
    getRowSize,
} from "@paydox_funnel/views/funnel/funnel_utils";

describe.current.tags("headless");

test("layers are as wide as the deals that reached them, the solid part as the deals in them", () => {
    const layers = [
        { count: 10, reached: 100 },
        { count: 25, reached: 50 },
        { count: 20, reached: 20 },
    ];

    const geometry = getFunnelGeometry(layers, "cohort");

    expect(geometry).toEqual([
        { outer: 1, inner: 0.1, next: 0.5 },
        { outer: 0.5, inner: 0.25, next: 0.2 },
        { outer: 0.2, inner: 0.2, next: null },
    ]);
});

test("a layer with few deals stays visible, a layer without deals has no width", () => {
    const layers = [
        { count: 0, reached: 100000 },
        { count: 1, reached: 1 },
        { count: 0, reached: 0 },
    ];

    const geometry = getFunnelGeometry(layers, "cohort");

    expect(geometry[0].inner).toBe(0);
    expect(geometry[1].outer).toBeGreaterThan(0.005);
    expect(geometry[1].inner).toBeGreaterThan(0.005);
    expect(geometry[2]).toEqual({ outer: 0, inner: 0, next: null });
});

test("a snapshot has no conversions and is as wide as the deals now", () => {
    const layers = [
        { count: 10, reached: null },
        { count: 40, reached: null },
    ];

    expect(getFunnelGeometry(layers, "snapshot")).toEqual([
        { outer: 0.25, inner: 0.25, next: null },
        { outer: 1, inner: 1, next: null },
    ]);
});

test("geometry of nothing", () => {
    expect(getFunnelGeometry([], "cohort")).toEqual([]);
    expect(getFunnelGeometry([{ count: 0, reached: 0 }], "cohort")).toEqual([
        { outer: 0, inner: 0, next: null },
    ]);
});

test("the slanted part is symmetric", () => {
    expect(getConnectorPoints(1, 0.5, 1000, 24)).toBe("0,0 1000,0 750,24 250,24");
});

test("eight statuses fit on a small screen, sixty get lower layers", () => {
    expect(getRowSize(8).row * 8).toBeLessThan(460);
    expect(getRowSize(60).row).toBeLessThan(getRowSize(8).row);
});

test("on a wall screen the layers fill the height, and are never lower than in the window", () => {
    const { row, bar } = getRowSize(7, 1080);
    expect(row * 7).toBeGreaterThan(700);
    expect(row * 7).toBeLessThan(1080 - 200);
    expect(bar).toBeLessThan(row);
    expect(getRowSize(60, 1080)).toEqual({ row: 38, bar: 22 });
    expect(getRowSize(0, 1080).row).toBeLessThan(200);
});

test("a number stands inside when its bar is wide enough", () => {
    expect(fitsInside(0.5, "1,234")).toBe(true);
    expect(fitsInside(0.02, "3")).toBe(false);
    expect(fitsInside(0.1, "12,345")).toBe(false);
});

test("breakdown shows the five largest keys and joins the rest", () => {
    const cell = (key, count) => ({ key, name: `Key ${key}`, count, amount: count * 10 });
    const layers = [
        { breakdown: [1, 2, 3, 4, 5, 6, 7].map((key) => cell(key, key)) },
        { breakdown: [cell(1, 100), cell("other", 2)] },
    ];

    const series = getBreakdownSeries(layers, "Others");

    expect(series.map((item) => item.key)).toEqual([1, 7, 6, 5, 4, "other"]);
    expect(series.at(-1)).toEqual({
        key: "other",
        name: "Others",
        count: 7,
        amount: 70,
        keys: [3, 2, "other"],
        color: 6,
    });
    expect(getBreakdownCells(layers[1], series).map((item) => item.count)).toEqual([
        100, 0, 0, 0, 0, 2,
    ]);
});

test("six keys are shown one by one, the key of deals without value included", () => {
    const keys = [false, 1, 2, 3, 4, 5];
    const layers = [{ breakdown: keys.map((key) => ({ key, name: "", count: 1, amount: 1 })) }];

    expect(getBreakdownSeries(layers, "Others").map((item) => item.key)).toEqual(keys);
});

test("without a breakdown there are no series", () => {
    expect(getBreakdownSeries([{ breakdown: [] }, {}], "Others")).toEqual([]);
});

test("bottleneck comes with the layer after it", () => {
    const layers = [{ name: "A" }, { name: "B", bottleneck: true }, { name: "C" }];

    expect(getBottleneck(layers)).toEqual({ from: layers[1], to: layers[2] });
    expect(getBottleneck([{ name: "A" }])).toBe(null);
});

test("small shares get a decimal", () => {
    expect(getPercentDigits(0.344)).toBe(0);
    expect(getPercentDigits(0.034)).toBe(1);
    expect(getPercentDigits(0)).toBe(0);
});
