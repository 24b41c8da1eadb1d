import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ActionHelper } from "@web/views/action_helper";
import { Domain } from "@web/core/domain";
import { FunnelBreakdown } from "./funnel_breakdown";
import { FunnelComparison } from "./funnel_comparison";
import {
    formatAmount,
    formatCount,
    formatDay,
    formatDays,
    formatMoment,
    formatPeriod,
    formatShare,
} from "./funnel_format";
import { FunnelInsights } from "./funnel_insights";
import { FunnelPicture } from "./funnel_picture";
import { FunnelTable } from "./funnel_table";
import { getBottleneck, getBreakdownSeries, getRowSize, getSeriesDomain } from "./funnel_utils";

export class FunnelRenderer extends Component {
    static template = "paydox_funnel.FunnelRenderer";
    static components = {
        ActionHelper,
        FunnelBreakdown,
        FunnelComparison,
        FunnelInsights,
        FunnelPicture,
        FunnelTable,
    };
    static props = {
        data: [Object, { value: null }],
        wallHeight: { type: Number, optional: true },
        breakdown: { type: [String, { value: null }], optional: true },
        breakdownLabel: String,
        comparison: { type: [Object, { value: null }], optional: true },
        comparisonLabel: { type: String, optional: true },
        chooseSides: { type: Function, optional: true },
        insights: { type: [Object, { value: null }], optional: true },
        periodText: String,
        hasPeriod: Boolean,
        error: [String, { value: null }],
        isLoading: Boolean,
        ignoredGroupBy: String,
        noContentHelp: { type: String, optional: true },
        openDeals: Function,
        retry: Function,
    };

    get isCohort() {
        return this.props.data.mode === "cohort";
    }

    get isEmpty() {
        const { cohort, layers } = this.props.data;
        return !cohort && layers.every((layer) => !layer.count && !layer.reached);
    }

    get rowSize() {
        return getRowSize(this.props.data.layers.length, this.props.wallHeight);
    }

    get style() {
        const { row, bar } = this.rowSize;
        return `--o-funnel-row: ${row}px; --o-funnel-bar: ${bar}px;`;
    }

    /** What is counted and over which period, in words. */
    get caption() {
        const { data } = this.props;
        if (!this.isCohort) {
            return _t("Open deals as they stand now, whenever they were created");
        }
        return _t("Deals created in the period and how far they got: %(period)s", {
            period: this.props.periodText || formatPeriod(data),
        });
    }

    get moment() {
        const { date_to: lastDay, generated_at: now, moment } = this.props.data;
        return moment
            ? _t("as of the end of %(day)s", { day: formatDay(lastDay) })
            : _t("as of %(moment)s", { moment: formatMoment(now) });
    }

    /** Deals that no layer counts, in words. */
    get outside() {
        const count = this.props.data.no_status?.count;
        return count
            ? _t("%(count)s more deals are in no status of the funnel.", {
                  count: formatCount(count),
              })
            : "";
    }

    /** Types of deals that do not stand in the common funnel. */
    get leftOut() {
        const names = this.props.data.left_out?.join(", ");
        return names ? _t("Not counted: deals of type %(names)s.", { names }) : "";
    }

    get missingRates() {
        const currencies = this.props.data.missing_rates?.join(", ");
        return currencies
            ? _t(
                  "There is no rate for %(currencies)s: amounts in it are left out of the sums. Add the rate in the settings of currencies.",
                  { currencies }
              )
            : "";
    }

    get series() {
        const { breakdownLabel, data } = this.props;
        return breakdownLabel ? getBreakdownSeries(data.layers, _t("Others")) : [];
    }

    get tiles() {
        const { data } = this.props;
        const { cohort, domain, domains, lost, totals, won } = data;
        if (!this.isCohort) {
            return [
                { id: "cohort", name: _t("Open deals"), value: formatCount(cohort), domain },
                {
                    id: "amount",
                    name: _t("Amount"),
                    value: formatAmount(data.amount, data),
                    domain,
                },
            ];
        }
        return [
            { id: "cohort", name: _t("Deals created"), value: formatCount(cohort), domain },
            {
                id: "won",
                name: _t("Won"),
                value: formatCount(won.count),
                note: formatAmount(won.amount, data),
                isNoteNumber: true,
                domain: won.domain,
            },
            {
                id: "lost",
                name: _t("Lost"),
                value: formatCount(lost.count),
                note: formatAmount(lost.amount, data),
                isNoteNumber: true,
                domain: lost.domain,
            },
            {
                id: "win_rate",
                name: _t("Win rate"),
                value: formatShare(totals?.win_rate),
                note: _t("of closed deals"),
                domain: domains?.win_rate,
            },
            {
                id: "velocity",
                name: _t("Velocity"),
                value: formatAmount(totals?.velocity ?? undefined, data),
                note: _t("a day"),
                domain: domains?.velocity,
                help: _t(
                    "What the open deals bring in a day if they go as the closed ones: open deals × win rate × mean amount of a won deal / median cycle"
                ),
            },
            {
                id: "cycle",
                name: _t("Median cycle"),
                value: formatDays(totals?.median_cycle_days),
                note: _t("days from creation to won"),
                domain: domains?.median_cycle_days,
            },
        ];
    }

    /** The bottleneck in a sentence, or why there is none. */
    get verdict() {
        const bottleneck = getBottleneck(this.props.data.layers);
        if (!bottleneck) {
            return _t(
                "No bottleneck to name yet: it takes a status that at least 5 deals reached."
            );
        }
        const { from, to } = bottleneck;
        const values = {
            share: formatShare(from.stage_conversion),
            from: from.name,
            to: to.name,
        };
        return from.stage_conversion < 1
            ? _t("Only %(share)s of the deals that reached “%(from)s” went on to “%(to)s”.", values)
            : _t("%(share)s of the deals that reached “%(from)s” went on to “%(to)s”.", values);
    }

    get hasBottleneck() {
        return Boolean(getBottleneck(this.props.data.layers));
    }

    /**
     * @param {Object} layer
     * @param {"count" | "reached" | "lost" | "stay"} what
     */
    openLayer(layer, what) {
        const { name } = layer;
        const [domain, title] = {
            count: [layer.domain, _t("Funnel: in “%(status)s”", { status: name })],
            reached: [layer.reached_domain, _t("Funnel: reached “%(status)s”", { status: name })],
            lost: [layer.lost_domain, _t("Funnel: lost at “%(status)s”", { status: name })],
            stay: [layer.stay_domain, _t("Funnel: ever in “%(status)s”", { status: name })],
        }[what];
        // Where deals are lost, the reasons are what one asks next.
        this.props.openDeals(domain, title, what === "lost" ? ["lost_reason_id"] : []);
    }

    /**
     * @param {Object | null} layer null for all of them
     * @param {any} key of the breakdown
     */
    openCut(layer, key) {
        const item = this.series.find((candidate) => candidate.key === key);
        const layers = layer ? [layer] : this.props.data.layers;
        const domain = Domain.and([
            Domain.or(layers.map((one) => one.domain)),
            getSeriesDomain(this.props.breakdown, item, this.series),
        ]).toList();
        const title = layer
            ? _t("Funnel: in “%(status)s”, %(key)s", { status: layer.name, key: item.name })
            : _t("Funnel: %(what)s", { what: item.name });
        this.props.openDeals(domain, title);
    }

    openOutside() {
        this.props.openDeals(this.props.data.no_status.domain, _t("Funnel: outside the statuses"));
    }

    openTile(tile) {
        const groupBy = tile.id === "lost" ? ["lost_reason_id"] : [];
        this.props.openDeals(tile.domain, _t("Funnel: %(what)s", { what: tile.name }), groupBy);
    }
}
