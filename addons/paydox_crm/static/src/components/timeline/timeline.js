import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Layout } from "@web/search/layout";

import { groupByDay } from "./timeline_utils";

const PAGE = 40;

/** Everything that happened with a counterparty, newest first: kinds to choose from, and more on demand. */
export class Timeline extends Component {
    static template = "paydox_crm.Timeline";
    static props = { partnerId: { type: [Number, Boolean] } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ items: [], kinds: [], chosen: [], next: false, isLoading: false });
        onWillStart(() => this.load(this.props.partnerId));
        onWillUpdateProps((nextProps) => {
            if (nextProps.partnerId !== this.props.partnerId) {
                this.state.chosen = [];
            }
            return this.load(nextProps.partnerId);
        });
    }

    get days() {
        return groupByDay(this.state.items, (item) => formatDate(deserializeDateTime(item.moment)));
    }

    /** @param {number | boolean} partnerId */
    async load(partnerId, after = false) {
        if (!partnerId) {
            Object.assign(this.state, { items: [], kinds: [], next: false });
            return;
        }
        this.state.isLoading = true;
        try {
            const page = await this.keepLast.add(
                this.orm.call("res.partner", "get_timeline", [[partnerId]], {
                    kinds: [...this.state.chosen],
                    after,
                    limit: PAGE,
                })
            );
            const items = after ? [...this.state.items, ...page.items] : page.items;
            Object.assign(this.state, { items, kinds: page.kinds, next: page.next });
        } finally {
            this.state.isLoading = false;
        }
    }

    loadMore() {
        return this.load(this.props.partnerId, this.state.next);
    }

    /** @param {string} code */
    toggle(code) {
        const chosen = this.state.chosen;
        this.state.chosen = chosen.includes(code)
            ? chosen.filter((other) => other !== code)
            : [...chosen, code];
        return this.load(this.props.partnerId);
    }

    clear() {
        this.state.chosen = [];
        return this.load(this.props.partnerId);
    }

    icon(item) {
        return this.state.kinds.find(({ code }) => code === item.kind)?.icon || "fa-circle-o";
    }

    /** @param {{ moment: string }} item */
    moment(item) {
        return formatDateTime(deserializeDateTime(item.moment));
    }

    time(item) {
        return deserializeDateTime(item.moment).toFormat("HH:mm");
    }

    openLabel(item) {
        return _t("Open %(title)s", { title: item.title || item.text });
    }

    open(item) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: item.res_model,
            res_id: item.res_id,
            views: [[false, "form"]],
        });
    }
}

/** On the card of a counterparty. */
export class PartnerTimeline extends Component {
    static template = "paydox_crm.PartnerTimeline";
    static components = { Timeline };
    static props = { ...standardWidgetProps };
}

/** Over the whole screen. */
export class TimelineAction extends Component {
    static template = "paydox_crm.TimelineAction";
    static components = { Layout, Timeline };
    static props = { ...standardActionServiceProps };

    setup() {
        const partnerId = this.props.action.params?.partner_id;
        this.partnerId = Number.isInteger(partnerId) ? partnerId : false;
        this.display = { controlPanel: {} };
    }
}

registry.category("view_widgets").add("paydox_partner_timeline", { component: PartnerTimeline });
registry.category("actions").add("paydox_crm.timeline", TimelineAction);
