import { deserializeDate, deserializeDateTime, serializeDate } from "@web/core/l10n/dates";

/**
 * Splits the bounds of one date field off a domain, so that the period of the search bar becomes
 * the two days that `get_funnel` expects. Bounds that are not whole days in the user's time zone,
 * or not one stretch of days, stay in the domain.
 *
 * @param {Array} domain
 * @param {string} [fieldName]
 * @returns {{ domain: Array, dateFrom: string | null, dateTo: string | null,
 *  isSplit: boolean }} `isSplit` is false when the remaining domain still bounds the field
 */
export function splitPeriod(domain, fieldName = "create_date") {
    const terms = parseDomain(domain).flatMap(flattenAnd);
    const rest = [];
    let period = { from: null, to: null };
    for (const term of terms) {
        const range = toRange(term, fieldName);
        if (range) {
            period = intersect(period, range);
        } else {
            rest.push(term);
        }
    }
    if (period.from && period.to && period.from > period.to) {
        return { domain: [...domain], dateFrom: null, dateTo: null, isSplit: false };
    }
    const restDomain = rest.flatMap(serializeNode);
    return {
        domain: restDomain,
        isSplit: !restDomain.some((token) => Array.isArray(token) && token[0] === fieldName),
        dateFrom: period.from && serializeDate(period.from),
        dateTo: period.to && serializeDate(period.to),
    };
}

/** Reads the prefix notation into trees; several trees are joined by "and". */
function parseDomain(domain) {
    let position = 0;
    const parseNode = () => {
        const token = domain[position++];
        if (token === "&" || token === "|") {
            return { operator: token, children: [parseNode(), parseNode()] };
        }
        if (token === "!") {
            return { operator: token, children: [parseNode()] };
        }
        return { leaf: token };
    };
    const nodes = [];
    while (position < domain.length) {
        nodes.push(parseNode());
    }
    return nodes;
}

function serializeNode(node) {
    return node.leaf ? [node.leaf] : [node.operator, ...node.children.flatMap(serializeNode)];
}

function flattenAnd(node) {
    return node.operator === "&" ? node.children.flatMap(flattenAnd) : [node];
}

/** The stretch of whole days that a tree describes, or null. */
function toRange(node, fieldName) {
    if (node.leaf) {
        return leafToRange(node.leaf, fieldName);
    }
    const ranges = node.children.map((child) => toRange(child, fieldName));
    if (node.operator === "!" || ranges.includes(null)) {
        return null;
    }
    return node.operator === "&" ? intersect(...ranges) : unite(...ranges);
}

function leafToRange(leaf, fieldName) {
    if (!Array.isArray(leaf) || leaf[0] !== fieldName || typeof leaf[2] !== "string") {
        return null;
    }
    const [, operator, value] = leaf;
    const isDay = /^\d{4}-\d\d-\d\d$/.test(value);
    if (!isDay && !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)) {
        return null;
    }
    const moment = isDay ? deserializeDate(value) : deserializeDateTime(value);
    const day = moment.startOf("day");
    const isStart = moment.equals(day);
    const isEnd = isDay || moment.equals(moment.endOf("day").startOf("second"));
    switch (operator) {
        case ">=":
            return isStart ? { from: day, to: null } : null;
        case ">":
            return isEnd ? { from: day.plus({ days: 1 }), to: null } : null;
        case "<=":
            return isEnd ? { from: null, to: day } : null;
        case "<":
            return isStart ? { from: null, to: day.minus({ days: 1 }) } : null;
    }
    return null;
}

function intersect(a, b) {
    return {
        from: !a.from || (b.from && b.from > a.from) ? b.from : a.from,
        to: !a.to || (b.to && b.to < a.to) ? b.to : a.to,
    };
}

/** Two stretches as one, if they overlap or touch. */
function unite(a, b) {
    const [first, second] =
        (a.from?.ts ?? -Infinity) <= (b.from?.ts ?? -Infinity) ? [a, b] : [b, a];
    if (first.to && second.from && second.from > first.to.plus({ days: 1 })) {
        return null;
    }
    const to = !first.to || !second.to ? null : first.to > second.to ? first.to : second.to;
    return { from: first.from, to };
}
