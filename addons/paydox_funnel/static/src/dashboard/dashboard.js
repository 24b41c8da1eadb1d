import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { getCurrency } from "@web/core/currency";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** What the server says when something changed that stands here. */
const NOTIFICATIONS = ["paydox_funnel/moved", "paydox_edms.inbox"];
/** Milliseconds in which changes are gathered. */
const CHANGES_DELAY = 2000;
/** Milliseconds between two looks at the clock: terms pass without anybody doing anything. */
const CLOCK_DELAY = 60000;
const DEALS_ACTION = "paydox_funnel.crm_lead_action_funnel_deals";

/** The morning of a head: deals, what is overdue, what waits, also by department. Each number opens its records. */
export class PaydoxDashboard extends Component {
    static template = "paydox_funnel.Dashboard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({
            data: null,
            error: "",
            isLoading: true,
            departmentId: this.props.state?.departmentId || false,
        });
        useSetupAction({ getLocalState: () => ({ departmentId: this.state.departmentId }) });
        this.follow();
        onMounted(() => this.load());
    }

    /** What changes changes the numbers by itself. */
    follow() {
        const busService = useService("bus_service");
        const refresh = debounce(() => this.load({ isSilent: true }), CHANGES_DELAY);
        NOTIFICATIONS.forEach((name) => busService.subscribe(name, refresh));
        const timer = browser.setInterval(() => this.load({ isSilent: true }), CLOCK_DELAY);
        onWillUnmount(() => {
            NOTIFICATIONS.forEach((name) => busService.unsubscribe(name, refresh));
            refresh.cancel();
            browser.clearInterval(timer);
        });
    }

    /**
     * @param {Object} [options]
     * @param {boolean} [options.isSilent] the former numbers stay until the new ones are there
     */
    async load({ isSilent = false } = {}) {
        if (!isSilent) {
            this.state.isLoading = true;
        }
        const orm = isSilent ? this.orm.silent : this.orm;
        const request = orm
            .call("paydox.dashboard", "get_dashboard", [this.state.departmentId])
            .then(
                (data) => ({ data }),
                (error) => ({ error })
            );
        const { data, error } = await this.keepLast.add(request);
        this.state.isLoading = false;
        this.state.error = error ? error.data?.message || error.message : "";
        if (data) {
            this.state.data = data;
        }
    }

    async chooseDepartment(value) {
        this.state.departmentId = Number(value) || false;
        await this.load();
    }

    // --- numbers ---

    get tiles() {
        const { data } = this.state;
        return data.tiles.map((tile) => ({
            tile,
            count: formatInteger(tile.count),
            amount: tile.amount === null ? "" : this.formatAmount(tile.amount),
            isBad: tile.count > 0 && tile.code.endsWith("_late"),
        }));
    }

    get layers() {
        const { layers } = this.state.data.funnel;
        const most = Math.max(1, ...layers.map((layer) => layer.count));
        return layers
            .filter((layer) => layer.outcome === "open")
            .map((layer) => ({
                layer,
                count: formatInteger(layer.count),
                amount: this.formatAmount(layer.amount),
                width: `width: ${(100 * layer.count) / most}%`,
            }));
    }

    get columns() {
        const { rows, tiles } = this.state.data;
        return (rows[0]?.cells || []).map(({ code }) => tiles.find((tile) => tile.code === code));
    }

    get rows() {
        return this.state.data.rows.map((row) => ({
            row,
            cells: row.cells.map((cell, index) => ({
                cell,
                count: formatInteger(cell.count),
                tile: this.columns[index],
                isBad: cell.count > 0 && cell.code.endsWith("_late"),
            })),
        }));
    }

    /** That not every department has a row, in words. */
    get leftOut() {
        const count = this.state.data.rows_left_out;
        return count
            ? _t(
                  "%(count)s more departments have no row here. Choose one above to see its numbers.",
                  { count: formatInteger(count) }
              )
            : "";
    }

    get moment() {
        const moment = deserializeDateTime(this.state.data.generated_at);
        const format = `${localization.dateFormat} HH:mm`;
        return _t("as of %(moment)s", { moment: formatDateTime(moment, { format }) });
    }

    formatAmount(value) {
        const { currency, currency_id } = this.state.data.funnel;
        const currencyId = getCurrency(currency_id) && currency_id;
        const digits = [false, Math.abs(value) >= 1000 ? 1 : 0];
        const text = formatMonetary(value, { currencyId, digits, humanReadable: true });
        return currencyId ? text : `${text} ${currency || ""}`.trim();
    }

    // --- what opens ---

    /** Opens exactly the records that a number counts, in the list where they are worked with. */
    async open(actionId, domain, name) {
        const action = await this.actionService.loadAction(actionId, this.props.action.context);
        const context = { active_test: false, create: false };
        await this.actionService.doAction(
            { ...action, name, display_name: name, domain, context },
            { additionalContext: {} }
        );
    }

    openTile({ tile }) {
        return this.open(tile.action, tile.domain, tile.name);
    }

    openCell({ row }, { cell, tile }) {
        return this.open(tile.action, cell.domain, `${tile.name}: ${row.name}`);
    }

    openLayer({ layer }) {
        return this.open(
            DEALS_ACTION,
            layer.domain,
            _t("Funnel: in “%(status)s”", { status: layer.name })
        );
    }

    openFunnel() {
        return this.actionService.doAction("paydox_funnel.crm_lead_action_funnel");
    }
}

registry.category("actions").add("paydox_funnel.dashboard", PaydoxDashboard);
