import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { Duration } = luxon;

/**
 * Time spent in a step, in its two largest units.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function formatSpent(seconds) {
    if (seconds < 60) {
        return "";
    }
    const units = ["days", "hours", "minutes"];
    const duration = Duration.fromObject({ seconds }).shiftTo(...units);
    const first = units.findIndex((unit) => duration[unit] >= 1);
    const shown = units.slice(first, first + 2).filter((unit) => duration[unit] >= 1);
    const values = Object.fromEntries(shown.map((unit) => [unit, Math.floor(duration[unit])]));
    return Duration.fromObject(values).toHuman({ unitDisplay: "short" });
}

/** The life of a document as a line of steps; a step opens to show who came there and when, and for how long. */
export class LifecycleField extends Component {
    static template = "paydox_edms.LifecycleField";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ open: false });
    }

    get steps() {
        return this.props.record.data[this.props.name] || [];
    }

    get openStep() {
        return this.steps.find((step) => step.key === this.state.open);
    }

    spent(seconds) {
        return formatSpent(seconds);
    }

    tooltip(step) {
        const spent = formatSpent(step.seconds);
        return [step.date, step.user, spent && _t("Time spent: %s", spent)]
            .filter(Boolean)
            .join(" · ");
    }

    toggle(step) {
        this.state.open = this.state.open === step.key || !step.visits.length ? false : step.key;
    }
}

export const lifecycleField = {
    component: LifecycleField,
    displayName: _t("Life cycle"),
    supportedTypes: ["json"],
};

registry.category("fields").add("paydox_lifecycle", lifecycleField);
