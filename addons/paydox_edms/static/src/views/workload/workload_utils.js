import { deserializeDate, serializeDate } from "@web/core/l10n/dates";

/**
 * Pure calculations of the load of people: days, cells, moves.
 *
 * @typedef {{ id: number, name: string, day: string }} Card
 * @typedef {{ key: string, count: number, capacity: number, is_off: boolean, is_absent: boolean,
 *  cards: Card[] }} Cell
 */

export const WORKLOAD_SCALES = ["day", "week"];

/** Columns that one step to the left or right goes. */
const STEP_DAYS = { day: 7, week: 42 };

/**
 * The first day after one step to the left (-1) or right (1).
 *
 * @param {string} start day of the server
 * @param {"day" | "week"} scale
 * @param {-1 | 1} direction
 * @returns {string}
 */
export function shiftStart(start, scale, direction) {
    return serializeDate(deserializeDate(start).plus({ days: direction * STEP_DAYS[scale] }));
}

/**
 * Where a card of ``day`` comes when it is dropped in a column: a week keeps the day of the week.
 *
 * @param {string} day
 * @param {string} columnStart
 * @param {"day" | "week"} scale
 * @returns {string}
 */
export function getTargetDay(day, columnStart, scale) {
    if (scale === "day") {
        return columnStart;
    }
    const weekday = deserializeDate(day).weekday;
    return serializeDate(deserializeDate(columnStart).plus({ days: weekday - 1 }));
}

/**
 * @param {Cell} cell
 * @returns {"over" | "absent" | "off" | "full" | "free"} the one thing to know about the cell
 */
export function getCellState(cell) {
    if (cell.count > cell.capacity) {
        return "over";
    }
    if (cell.is_absent) {
        return "absent";
    }
    if (cell.is_off) {
        return "off";
    }
    return cell.count && cell.count === cell.capacity ? "full" : "free";
}

/**
 * Cards that are not shown one by one.
 *
 * @param {Cell} cell
 * @returns {number}
 */
export function getHiddenCount(cell) {
    return Math.max(0, cell.count - cell.cards.length);
}

/**
 * What a drop changes, or null when the card stays where it was.
 *
 * @param {Card} card
 * @param {{ userId: number, key: string }} from
 * @param {{ userId: number, key: string }} to
 * @param {"day" | "week"} scale
 * @returns {{ user_id?: number, day?: string } | null}
 */
export function getMove(card, from, to, scale) {
    const move = {};
    if (from.userId !== to.userId) {
        move.user_id = to.userId;
    }
    if (from.key !== to.key) {
        move.day = getTargetDay(card.day, to.key, scale);
    }
    return Object.keys(move).length ? move : null;
}

/**
 * The card of an id and where it is.
 *
 * @param {{ user_id: number, cells: Cell[] }[]} rows
 * @param {number} id
 * @returns {{ card: Card, userId: number, key: string } | null}
 */
export function findCard(rows, id) {
    for (const row of rows) {
        for (const cell of row.cells) {
            const card = cell.cards.find((card) => card.id === id && !card.is_part);
            if (card) {
                return { card, userId: row.user_id, key: cell.key };
            }
        }
    }
    return null;
}
