import { Component, onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Who may be the same counterparty, why, and what to do about it. */
export class Duplicates extends Component {
    static template = "paydox_crm.Duplicates";
    static props = {
        ...standardFieldProps,
        onCard: { type: Boolean, optional: true },
        choose: { type: String, optional: true },
    };

    setup() {
        this.actionService = useService("action");
        this.orm = useService("orm");
        onWillStart(async () => {
            this.mayEdit = this.props.onCard && (await user.hasGroup("base.group_partner_manager"));
        });
    }

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    get canAnswer() {
        return this.mayEdit && Boolean(this.props.record.resId);
    }

    open(row) {
        return this.actionService.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: row.id,
            views: [[false, "form"]],
        });
    }

    /** Tells the record, by the method that the view names, that this is the one. */
    async choose(row) {
        const { record } = this.props;
        if (await record.save()) {
            await this.orm.call(record.resModel, this.props.choose, [[record.resId], row.id]);
            await record.load();
        }
    }

    noteDistinct(row) {
        return this.actionService.doAction("paydox_crm.paydox_partner_distinct_reason_action", {
            additionalContext: {
                default_partner_id: this.props.record.resId,
                default_other_id: row.id,
            },
            onClose: () => this.props.record.load(),
        });
    }

    merge(row) {
        return this.actionService.doAction("base.action_partner_merge", {
            additionalContext: {
                active_model: "res.partner",
                active_ids: [this.props.record.resId, row.id],
            },
        });
    }
}

export const duplicates = {
    component: Duplicates,
    displayName: _t("Duplicates"),
    supportedTypes: ["json"],
    extractProps: ({ options }) => ({
        onCard: Boolean(options.on_card),
        choose: options.choose,
    }),
};

registry.category("fields").add("paydox_duplicates", duplicates);
