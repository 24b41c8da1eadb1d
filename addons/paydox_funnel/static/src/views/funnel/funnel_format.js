import { getCurrency } from "@web/core/currency";
import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    formatDateTime,
} from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import {
    formatFloat,
    formatInteger,
    formatMonetary,
    formatPercentage,
} from "@web/views/fields/formatters";
import { getPercentDigits } from "./funnel_utils";

/** Written where there is no number. */
const NOTHING = "–";

/**
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function formatCount(value) {
    return Number.isFinite(value) ? formatInteger(value) : NOTHING;
}

/**
 * @param {number | null | undefined} share
 * @returns {string}
 */
export function formatShare(share) {
    if (!Number.isFinite(share)) {
        return NOTHING;
    }
    return formatPercentage(share, { digits: [false, getPercentDigits(share)] });
}

/**
 * @param {number | null | undefined} days
 * @returns {string}
 */
export function formatDays(days) {
    return Number.isFinite(days) ? formatFloat(days, { digits: [false, 1] }) : NOTHING;
}

/**
 * @param {number | null | undefined} value
 * @param {{ currency: string, currency_id?: number }} data the answer of `get_funnel`
 * @param {boolean} [isCompact] 1.5M instead of 1,500,000
 * @returns {string}
 */
export function formatAmount(value, data, isCompact = true) {
    if (!Number.isFinite(value)) {
        return NOTHING;
    }
    const currencyId = getCurrency(data.currency_id) && data.currency_id;
    const digits = isCompact ? [false, Math.abs(value) >= 1000 ? 1 : 0] : undefined;
    const text = formatMonetary(value, { currencyId, digits, humanReadable: isCompact });
    return currencyId ? text : `${text} ${data.currency || ""}`.trim();
}

/**
 * @param {string} value day of the server
 * @returns {string}
 */
export function formatDay(value) {
    return formatDate(deserializeDate(value));
}

/**
 * @param {{ date_from?: string | null, date_to?: string | null }} data
 * @returns {string} the period in words
 */
export function formatPeriod({ date_from: from, date_to: to }) {
    if (from && to) {
        return from === to
            ? formatDay(from)
            : _t("%(from)s – %(to)s", { from: formatDay(from), to: formatDay(to) });
    }
    if (from) {
        return _t("since %(day)s", { day: formatDay(from) });
    }
    return to ? _t("until %(day)s", { day: formatDay(to) }) : _t("all time");
}

/**
 * @param {string} value UTC moment of the server
 * @returns {string}
 */
export function formatMoment(value) {
    const moment = deserializeDateTime(value.replace("T", " ").slice(0, 19));
    return formatDateTime(moment, {
        format: `${localization.dateFormat} HH:mm`,
    });
}
