/**
 * Events one after the other, put under the days on which they were.
 *
 * @template T
 * @param {T[]} items newest first
 * @param {(item: T) => string} getDay
 * @returns {{ day: string, items: T[] }[]}
 */
export function groupByDay(items, getDay) {
    const days = [];
    for (const item of items) {
        const day = getDay(item);
        const last = days.at(-1);
        if (last?.day === day) {
            last.items.push(item);
        } else {
            days.push({ day, items: [item] });
        }
    }
    return days;
}
