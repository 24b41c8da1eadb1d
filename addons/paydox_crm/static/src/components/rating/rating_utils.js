/**
 * Geometry of the small picture of the last months, without DOM.
 *
 * @param {{month: string, score: number|null}[]} history one value a month, the oldest first
 * @param {number} width
 * @param {number} height
 * @returns {{points: Object[], lines: string[]}} points that are known, and the polylines between neighbours: a month
 *     without a score interrupts the line
 */
export function getChart(history, width, height) {
    const step = history.length > 1 ? width / (history.length - 1) : 0;
    const points = [];
    const lines = [];
    let line = [];
    history.forEach(({ month, score }, index) => {
        if (score === null || score === undefined || score === false) {
            lines.push(line);
            line = [];
            return;
        }
        const point = {
            month,
            score,
            x: round(index * step),
            y: round(height * (1 - score / 100)),
        };
        points.push(point);
        line.push(`${point.x},${point.y}`);
    });
    lines.push(line);
    return {
        points,
        lines: lines.filter((pairs) => pairs.length > 1).map((pairs) => pairs.join(" ")),
    };
}

/**
 * @param {number} number
 * @returns {number}
 */
function round(number) {
    return Math.round(number * 10) / 10;
}
