import { Component, onMounted, onWillUnmount, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { download } from "@web/core/network/download";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";
import { useModel } from "@web/model/model";
import { useSetupAction } from "@web/search/action_hook";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { standardViewProps } from "@web/views/standard_view_props";

/** Milliseconds in which moves are gathered. */
const MOVES_DELAY = 2000;
/** Action whose views show the deals behind a number. */
const DEALS_ACTION = "paydox_funnel.crm_lead_action_funnel_deals";

export class FunnelController extends Component {
    static template = "paydox_funnel.FunnelView";
    static components = { CogMenu, Layout, SearchBar };
    static props = {
        ...standardViewProps,
        Model: Function,
        Renderer: Function,
        archInfo: Object,
    };

    setup() {
        this.actionService = useService("action");
        this.ui = useService("ui");
        this.model = useModel(this.props.Model, {
            mode: this.props.state?.mode || this.props.archInfo.mode,
        });
        useBus(this.model.bus, "update", () => this.render(true));
        // The bus is heard from here on: an answer that came earlier must not be missed.
        onMounted(() => this.render(true));
        this.followMoves();
        useSetupAction({
            rootRef: useRef("root"),
            getLocalState: () => ({ mode: this.model.mode }),
            getContext: () => ({ funnel_mode: this.model.mode }),
        });
        this.searchBarToggler = useSearchBarToggler();
    }

    /** Deals that move change the picture by itself: several at once make one question. */
    followMoves() {
        const busService = useService("bus_service");
        const refresh = debounce(() => this.model.reload({ isSilent: true }), MOVES_DELAY);
        busService.subscribe("paydox_funnel/moved", refresh);
        onWillUnmount(() => {
            busService.unsubscribe("paydox_funnel/moved", refresh);
            refresh.cancel();
        });
    }

    get modes() {
        return [
            {
                id: "cohort",
                name: _t("Created in period"),
                help: _t("Deals created in the period and how far they got, lost ones included"),
            },
            {
                id: "snapshot",
                name: _t("Open now"),
                help: _t("Open deals as they stand now, whenever they were created"),
            },
        ];
    }

    /** What the grouping of the search bar asks for and the funnel cannot show. */
    get ignoredGroupBy() {
        return this.model.ignoredGroupBy
            .map((name) => this.props.fields[name]?.string || name)
            .join(", ");
    }

    /**
     * Opens exactly the deals that a number counts.
     *
     * @param {Array} domain
     * @param {string} name
     * @param {string[]} [groupBy] fields to group the list by
     */
    async openDeals(domain, name, groupBy = []) {
        const action = await this.actionService.loadAction(DEALS_ACTION, this.props.context);
        await this.actionService.doAction(
            {
                ...action,
                name,
                display_name: name,
                domain,
                context: { active_test: false, create: false, group_by: groupBy },
            },
            { additionalContext: {} }
        );
    }

    /** Opens the window that sends the funnel on the screen. */
    async send() {
        const query = { ...this.model.buildQuery(), filters: this.model.getFacetTexts() };
        await this.actionService.doAction({
            type: "ir.actions.act_window",
            name: _t("Send the Funnel"),
            res_model: "paydox.funnel.send",
            views: [[false, "form"]],
            target: "new",
            context: { default_query: query },
        });
    }

    /**
     * @param {"pdf" | "xlsx"} format
     */
    async exportFile(format) {
        this.ui.block();
        try {
            const data = {
                ...this.model.buildQuery(),
                filters: this.model.getFacetTexts(),
                company_ids: user.context.allowed_company_ids,
            };
            await download({
                url: `/paydox_funnel/export/${format}`,
                data: { data: JSON.stringify(data) },
            });
        } finally {
            this.ui.unblock();
        }
    }
}
