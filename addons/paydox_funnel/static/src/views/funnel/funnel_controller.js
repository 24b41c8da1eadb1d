import { Component, onMounted, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { download } from "@web/core/network/download";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";
import { useModel } from "@web/model/model";
import { useSetupAction } from "@web/search/action_hook";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { standardViewProps } from "@web/views/standard_view_props";

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
        useSetupAction({
            rootRef: useRef("root"),
            getLocalState: () => ({ mode: this.model.mode }),
            getContext: () => ({ funnel_mode: this.model.mode }),
        });
        this.searchBarToggler = useSearchBarToggler();
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
     */
    async openDeals(domain, name) {
        const action = await this.actionService.loadAction(DEALS_ACTION, this.props.context);
        await this.actionService.doAction(
            {
                ...action,
                name,
                display_name: name,
                domain,
                context: { active_test: false, create: false },
            },
            { additionalContext: {} }
        );
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
