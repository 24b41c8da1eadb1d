import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** What a manager looks at before a meeting; each figure opens the list behind it. */
export class PartnerSummary extends Component {
    static template = "paydox_crm.PartnerSummary";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ blocks: [] });
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((nextProps) => this.load(nextProps.record.resId));
    }

    /** @param {number | false} resId */
    async load(resId) {
        if (!resId) {
            this.state.blocks = [];
            return;
        }
        const summary = await this.keepLast.add(
            this.orm.call("res.partner", "get_card_summary", [[resId]])
        );
        this.state.blocks = summary.blocks;
    }

    async open(row) {
        const action = await this.orm.call("res.partner", "action_open_summary", [
            [this.props.record.resId],
            row.code,
        ]);
        return this.action.doAction(action);
    }
}

registry.category("view_widgets").add("paydox_partner_summary", { component: PartnerSummary });
