import { Component, onMounted, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";
import { useModel } from "@web/model/model";
import { useSetupAction } from "@web/search/action_hook";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { standardViewProps } from "@web/views/standard_view_props";

const MODEL = "paydox.instruction";

export class WorkloadController extends Component {
    static template = "paydox_edms.WorkloadView";
    static components = { CogMenu, Layout, SearchBar };
    static props = {
        ...standardViewProps,
        Model: Function,
        Renderer: Function,
        archInfo: Object,
    };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.model = useModel(this.props.Model, {
            scale: this.props.state?.scale || this.props.archInfo.scale,
            start: this.props.state?.start,
        });
        useBus(this.model.bus, "update", () => this.render(true));
        // The bus is heard from here on: an answer that came earlier must not be missed.
        onMounted(() => this.render(true));
        useSetupAction({
            rootRef: useRef("root"),
            getLocalState: () => ({ scale: this.model.scale, start: this.model.start }),
        });
        this.searchBarToggler = useSearchBarToggler();
    }

    get scales() {
        return [
            { id: "day", name: _t("By Day") },
            { id: "week", name: _t("By Week") },
        ];
    }

    /**
     * Opens exactly the instructions that a number counts.
     *
     * @param {Array} domain
     * @param {string} name
     */
    openList(domain, name) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: MODEL,
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain,
        });
    }

    /**
     * @param {{ id: number }} card
     */
    openCard(card) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: card.id,
            views: [[false, "form"]],
        });
    }

    /**
     * The window that does by keyboard or finger what dragging does.
     *
     * @param {{ id: number }} card
     */
    async openMove(card) {
        const action = await this.orm.call(MODEL, "action_open_plan", [[card.id]]);
        await this.action.doAction(action, { onClose: () => this.model.reload() });
    }

    /**
     * @param {{ id: number }} card
     * @param {{ user_id?: number, day?: string }} move
     */
    async move(card, move) {
        try {
            await this.orm.call(MODEL, "action_plan", [[card.id]], move);
        } finally {
            // A refusal is shown by the client; the picture says where the card really is.
            await this.model.reload();
        }
    }
}
