import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/**
 * Requisites of a counterparty on the days of a document, side by side; what differs is marked.
 */
export class RequisitesCompareField extends Component {
    static template = "paydox_crm.RequisitesCompareField";
    static props = { ...standardFieldProps };

    get comparison() {
        return this.props.record.data[this.props.name] || { columns: [], rows: [], warning: false };
    }
}

export const requisitesCompareField = {
    component: RequisitesCompareField,
    supportedTypes: ["json"],
};

registry.category("fields").add("paydox_requisites_compare", requisitesCompareField);
