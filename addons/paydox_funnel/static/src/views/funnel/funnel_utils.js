/**
 * Pure calculations of the funnel view: geometry of the picture and derived figures.
 * `tools/funnel_picture.py` draws the PDF with the same proportions.
 */

/** Fields of a deal by which the funnel can be broken down. */
export const BREAKDOWN_FIELDS = [
    "deal_type_id",
    "partner_id",
    "department_id",
    "user_id",
    "team_id",
];

/** Former periods that a funnel can be compared with. */
export const PERIOD_COMPARISONS = ["previous_period", "previous_year"];

/** What can stand side by side. */
export const COMPARISONS = [...PERIOD_COMPARISONS, ...BREAKDOWN_FIELDS];

export const FUNNEL_MODES = ["cohort", "snapshot"];

/** A breakdown shows this many largest keys one by one, the rest together. */
export const MAX_BREAKDOWN_KEYS = 5;

/** Key under which the server joins what is too small to be listed. */
const OTHERS_KEY = "other";

/** The narrowest visible layer, as a share of the picture's width. */
const MIN_SHARE = 0.006;

/** What stands above the layers of a wall screen, in pixels. */
const WALL_HEAD = 270;

/** Beyond this a layer is no easier to read. */
const MAX_WALL_ROW = 110;

/**
 * Height in pixels of one layer with the gap below it: the more layers, the denser.
 *
 * @param {number} layerCount
 * @param {number} [wallHeight] height of the wall screen that the layers fill
 * @returns {{ row: number, bar: number }}
 */
export function getRowSize(layerCount, wallHeight = 0) {
    const size = getScreenRowSize(layerCount);
    if (!wallHeight) {
        return size;
    }
    const fitting = Math.floor((wallHeight - WALL_HEAD) / Math.max(1, layerCount));
    const row = Math.max(size.row, Math.min(MAX_WALL_ROW, fitting));
    return { row, bar: Math.round(row * 0.58) };
}

function getScreenRowSize(layerCount) {
    if (layerCount <= 7) {
        return { row: 56, bar: 32 };
    }
    if (layerCount === 8) {
        return { row: 50, bar: 28 };
    }
    return layerCount <= 12 ? { row: 46, bar: 26 } : { row: 38, bar: 20 };
}

/**
 * Geometry of a symmetric funnel. Widths are shares (0..1) of the width of the picture.
 *
 * @param {{ count: number, reached?: number | null }[]} layers
 * @param {"cohort" | "snapshot"} mode
 * @param {number} [scale] number that is as wide as the picture, for several pictures on one scale
 * @returns {{ outer: number, inner: number, next: number | null }[]} per layer: the light part
 *  (reached), the solid part (now), and the light part of the next layer
 */
export function getFunnelGeometry(layers, mode, scale = getScale(layers)) {
    const outerOf = (layer) => (mode === "snapshot" ? layer.count : layer.reached) || 0;
    const max = scale;
    const share = (value) => (max && value > 0 ? Math.max(MIN_SHARE, value / max) : 0);
    return layers.map((layer, index) => ({
        outer: share(outerOf(layer)),
        inner: share(layer.count),
        next:
            mode === "snapshot" || index === layers.length - 1
                ? null
                : share(outerOf(layers[index + 1])),
    }));
}

/**
 * @param {{ count: number, reached?: number | null }[]} layers
 * @returns {number} the largest number of the layers
 */
export function getScale(layers) {
    return Math.max(0, ...layers.map((layer) => Math.max(layer.reached || 0, layer.count)));
}

/**
 * Condition for the deals of one piece of a breakdown, to be joined with that of the layer.
 *
 * @param {string} field
 * @param {{ key: any, keys: any[] }} item
 * @param {{ key: any, keys: any[] }[]} series all pieces
 * @returns {Array} domain
 */
export function getSeriesDomain(field, item, series) {
    if (item.key !== OTHERS_KEY) {
        return [[field, "=", item.key]];
    }
    const shown = series.filter((other) => other.key !== OTHERS_KEY);
    return [[field, "not in", shown.map((other) => other.key)]];
}

/**
 * Points of the slanted part between two layers in a box of the given width and height.
 *
 * @param {number} top share of the upper layer
 * @param {number} bottom share of the lower layer
 * @param {number} width
 * @param {number} height
 * @returns {string} attribute `points` of a polygon
 */
export function getConnectorPoints(top, bottom, width, height) {
    const left = (share) => round((width * (1 - share)) / 2);
    const right = (share) => round((width * (1 + share)) / 2);
    return [
        `${left(top)},0`,
        `${right(top)},0`,
        `${right(bottom)},${height}`,
        `${left(bottom)},${height}`,
    ].join(" ");
}

/**
 * Whether a text fits in the solid part, else it stands beside it.
 *
 * @param {number} share
 * @param {string} text
 * @returns {boolean}
 */
export function fitsInside(share, text) {
    return share >= 0.03 + 0.025 * text.length;
}

/**
 * The keys of a breakdown in order of size, the small ones joined in one, with a colour number.
 *
 * @param {{ breakdown?: { key: any, name: string, count: number, amount: number }[] }[]} layers
 * @param {string} othersLabel
 * @returns {{ key: any, name: string, count: number, amount: number, color: number,
 *  keys: any[] }[]}
 */
export function getBreakdownSeries(layers, othersLabel) {
    const totals = new Map();
    for (const layer of layers) {
        for (const { key, name, count, amount } of layer.breakdown || []) {
            const total = totals.get(key) || { key, name, count: 0, amount: 0, keys: [key] };
            total.count += count;
            total.amount += amount;
            totals.set(key, total);
        }
    }
    const others = totals.get(OTHERS_KEY);
    totals.delete(OTHERS_KEY);
    const sorted = [...totals.values()].sort((a, b) => b.count - a.count || b.amount - a.amount);
    const isLong = sorted.length > MAX_BREAKDOWN_KEYS + (others ? 0 : 1);
    const series = isLong ? sorted.slice(0, MAX_BREAKDOWN_KEYS) : sorted;
    const rest = [...sorted.slice(series.length), ...(others ? [others] : [])];
    if (rest.length) {
        series.push({
            key: OTHERS_KEY,
            name: othersLabel,
            count: rest.reduce((sum, item) => sum + item.count, 0),
            amount: rest.reduce((sum, item) => sum + item.amount, 0),
            keys: rest.map((item) => item.key),
        });
    }
    return series.map((item, index) => ({ ...item, color: index + 1 }));
}

/**
 * The numbers of one layer for each series of a breakdown.
 *
 * @param {{ breakdown?: { key: any, count: number, amount: number }[] }} layer
 * @param {ReturnType<typeof getBreakdownSeries>} series
 * @returns {{ key: any, color: number, count: number, amount: number }[]}
 */
export function getBreakdownCells(layer, series) {
    return series.map(({ key, keys, color }) => {
        const items = (layer.breakdown || []).filter((item) => keys.includes(item.key));
        return {
            key,
            color,
            count: items.reduce((sum, item) => sum + item.count, 0),
            amount: items.reduce((sum, item) => sum + item.amount, 0),
        };
    });
}

/**
 * The bottleneck and the layer after it.
 *
 * @param {{ bottleneck?: boolean, stage_conversion?: number | null }[]} layers
 * @returns {{ from: Object, to: Object } | null}
 */
export function getBottleneck(layers) {
    const index = layers.findIndex((layer) => layer.bottleneck);
    if (index === -1 || index === layers.length - 1) {
        return null;
    }
    return { from: layers[index], to: layers[index + 1] };
}

/**
 * Number of decimals with which a share is worth writing: 34 %, but 3.4 % and 0.4 %.
 *
 * @param {number} share
 * @returns {number}
 */
export function getPercentDigits(share) {
    return share > 0 && share < 0.1 ? 1 : 0;
}

function round(value) {
    return Math.round(value * 100) / 100;
}
