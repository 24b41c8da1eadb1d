import {
    Component,
    onMounted,
    onWillUnmount,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
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
import { PERIOD_COMPARISONS } from "./funnel_utils";

/** Milliseconds in which moves are gathered. */
const MOVES_DELAY = 2000;
/** Milliseconds between two looks of a wall screen at the clock. */
const WALL_DELAY = 60000;
/** Action whose views show the deals behind a number. */
const DEALS_ACTION = "paydox_funnel.crm_lead_action_funnel_deals";

export class FunnelController extends Component {
    static template = "paydox_funnel.FunnelView";
    static components = { CogMenu, Dropdown, DropdownItem, Layout, SearchBar };
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
            compare: this.props.state?.compare,
        });
        useBus(this.model.bus, "update", () => this.render(true));
        // The bus is heard from here on: an answer that came earlier must not be missed.
        onMounted(() => this.render(true));
        this.followMoves();
        this.rootRef = useRef("root");
        this.setupWall();
        useSetupAction({
            rootRef: this.rootRef,
            getLocalState: () => ({ mode: this.model.mode, compare: { ...this.model.compare } }),
            getContext: () => ({
                funnel_mode: this.model.mode,
                ...(this.model.compare.by ? { funnel_compare: { ...this.model.compare } } : {}),
            }),
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

    /** The wall screen: the funnel alone, kept up to date and awake, until Escape or the button ends it. */
    setupWall() {
        this.wall = useState({ isOn: false, height: 0 });
        useExternalListener(document, "fullscreenchange", () => {
            if (!document.fullscreenElement) {
                this.wall.isOn = false;
            }
        });
        useExternalListener(window, "resize", () => {
            this.wall.height = window.innerHeight;
        });
        // Before Odoo's own hotkeys, which keep Escape to themselves.
        const leave = (ev) => {
            if (ev.key === "Escape" && this.wall.isOn) {
                this.setWall(false);
            }
        };
        useExternalListener(window, "keydown", leave, { capture: true });
        // Moves are told by the bus; the clock is for the days that pass and for a connection that was lost.
        const timer = browser.setInterval(() => {
            if (this.wall.isOn) {
                this.model.reload({ isSilent: true });
            }
        }, WALL_DELAY);
        onWillUnmount(() => {
            browser.clearInterval(timer);
            this.setWall(false);
        });
    }

    /**
     * @param {boolean} isOn
     */
    async setWall(isOn) {
        this.wall.isOn = isOn;
        this.wall.height = window.innerHeight;
        try {
            if (isOn) {
                await this.rootRef.el.requestFullscreen?.();
                this.wakeLock = await browser.navigator.wakeLock?.request("screen");
            } else {
                await this.wakeLock?.release();
                this.wakeLock = null;
                if (document.fullscreenElement) {
                    await document.exitFullscreen();
                }
            }
        } catch {
            // Not allowed by the browser: the funnel fills the window all the same.
        }
    }

    get display() {
        return this.wall.isOn ? { ...this.props.display, controlPanel: false } : this.props.display;
    }

    /** What can stand side by side. */
    get comparisons() {
        const periods = this.model.mode === "cohort" ? PERIOD_COMPARISONS : [];
        const names = {
            previous_period: _t("Period before"),
            previous_year: _t("Same period a year ago"),
            deal_type_id: _t("All deal types"),
            department_id: _t("Departments"),
            user_id: _t("Employees"),
            team_id: _t("Teams"),
        };
        return [
            { id: null, name: _t("Nothing") },
            ...[...periods, "deal_type_id", "department_id", "user_id", "team_id"].map((id) => ({
                id,
                name: names[id],
            })),
        ];
    }

    get comparisonLabel() {
        const { by } = this.model.comparison || {};
        return (
            this.comparisons.find((item) => item.id === by)?.name ||
            this.props.fields[by]?.string ||
            ""
        );
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
        const query = this.model.buildExport();
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
                ...this.model.buildExport(),
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
