import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const STATUSES = {
    present: { icon: "fa-check-circle", color: "text-success" },
    expiring: { icon: "fa-clock-o", color: "text-warning-emphasis" },
    expired: { icon: "fa-exclamation-circle", color: "text-danger" },
    missing: { icon: "fa-times-circle", color: "text-danger" },
};

/** What a counterparty must have, what is there, and the button that adds what is not. */
export class Dossier extends Component {
    static template = "paydox_crm.Dossier";
    static props = { ...standardFieldProps };

    setup() {
        this.actionService = useService("action");
    }

    get items() {
        return (this.props.record.data[this.props.name] || []).map((item) => ({
            ...item,
            ...STATUSES[item.status],
            text: this.getText(item),
        }));
    }

    /**
     * @param {Object} item
     * @returns {string} the state in words: colour and icon alone say nothing to some people
     */
    getText({ status, valid_to: validTo, note }) {
        const day = validTo ? formatDate(deserializeDate(validTo)) : "";
        const texts = {
            present: day ? _t("valid until %(day)s", { day }) : _t("valid, without term"),
            expiring: _t("ends on %(day)s", { day }),
            expired: _t("ended on %(day)s", { day }),
            missing: note ? _t("refused: %(reason)s", { reason: note }) : _t("missing"),
        };
        return texts[status];
    }

    openPaper(item) {
        return this.actionService.doAction({
            type: "ir.actions.act_window",
            res_model: "paydox.document",
            res_id: item.paper_id,
            views: [[false, "form"]],
        });
    }

    addPaper(item) {
        return this.actionService.doAction({
            type: "ir.actions.act_window",
            name: item.name,
            res_model: "paydox.document",
            views: [[false, "form"]],
            context: {
                default_kind_id: item.kind_id,
                default_partner_id: this.props.record.resId,
                default_name: item.name,
            },
        });
    }
}

export const dossier = {
    component: Dossier,
    displayName: _t("Dossier"),
    supportedTypes: ["json"],
};

registry.category("fields").add("paydox_dossier", dossier);
