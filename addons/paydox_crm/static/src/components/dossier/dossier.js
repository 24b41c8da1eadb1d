import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useLateFields } from "@paydox_crm/components/card/late";

const STATUSES = {
    present: { icon: "fa-check-circle", color: "text-success" },
    expiring: { icon: "fa-clock-o", color: "text-warning-emphasis" },
    expired: { icon: "fa-exclamation-circle", color: "text-danger" },
    missing: { icon: "fa-times-circle", color: "text-danger" },
};

/** @returns {Object} what the whole dossier is, in words and colours */
function getStates() {
    return {
        complete: { label: _t("Complete"), color: "text-bg-success" },
        missing: { label: _t("Missing"), color: "text-bg-danger" },
        expiring: { label: _t("Expiring"), color: "text-bg-warning" },
        expired: { label: _t("Expired"), color: "text-bg-danger" },
    };
}

/** What a counterparty must have, what is there, and the button that adds what is not. */
export class Dossier extends Component {
    static template = "paydox_crm.Dossier";
    static props = { ...standardWidgetProps };

    setup() {
        this.actionService = useService("action");
        this.late = useLateFields(["dossier_state", "dossier_percent", "dossier_checklist"]);
    }

    get state() {
        return getStates()[this.late.value?.dossier_state];
    }

    get percentText() {
        const percent = this.late.value.dossier_percent;
        return _t("%(percent)s % of what is required", { percent });
    }

    get items() {
        return (this.late.value?.dossier_checklist || []).map((item) => ({
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

registry.category("view_widgets").add("paydox_partner_dossier", { component: Dossier });
