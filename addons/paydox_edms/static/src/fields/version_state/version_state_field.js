import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The state of a version as an icon. */
export class VersionStateField extends Component {
    static template = "paydox_edms.VersionStateField";
    static props = { ...standardFieldProps };

    get isActual() {
        return this.props.record.data[this.props.name] === "actual";
    }

    get label() {
        return this.isActual ? _t("Actual version") : _t("Archived version");
    }
}

registry.category("fields").add("paydox_version_state", {
    component: VersionStateField,
    displayName: _t("State of a Version"),
    supportedTypes: ["selection"],
});
