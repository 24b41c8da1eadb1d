import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Those who decide at the counterparty of a deal, each with the colleagues who know him. */
export class DecisionMakers extends Component {
    static template = "paydox_funnel.DecisionMakers";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get people() {
        return this.props.record.data[this.props.name] || [];
    }

    open(person) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: person.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("paydox_decision_makers", {
    component: DecisionMakers,
    displayName: _t("Decision Makers"),
    supportedTypes: ["json"],
});
