import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The documents above and below the one of the form; each opens its card. */
export class DocumentTree extends Component {
    static template = "paydox_edms.DocumentTree";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ nodes: [], isCut: false });
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((nextProps) => this.load(nextProps.record.resId));
    }

    /** @param {number | false} resId */
    async load(resId) {
        if (!resId) {
            Object.assign(this.state, { nodes: [], isCut: false });
            return;
        }
        const tree = await this.keepLast.add(
            this.orm.call("paydox.document", "get_tree", [[resId]])
        );
        Object.assign(this.state, { nodes: tree.nodes, isCut: tree.is_cut });
    }

    amount(node) {
        return node.amount ? formatMonetary(node.amount, { currencyId: node.currency_id }) : "";
    }

    date(node) {
        return node.date ? formatDate(deserializeDate(node.date)) : "";
    }

    badgeClass(node) {
        if (["approved", "signed", "done"].includes(node.state)) {
            return "text-bg-success";
        }
        return node.state === "review" ? "text-bg-info" : "text-bg-secondary";
    }

    open(node) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "paydox.document",
            res_id: node.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("paydox_document_tree", { component: DocumentTree });
