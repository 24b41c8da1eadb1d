import { Component } from "@odoo/owl";
import { CheckBox } from "@web/core/checkbox/checkbox";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { _t } from "@web/core/l10n/translation";
import { formatAmount, formatCount, formatDays, formatShare } from "./funnel_format";
import { FunnelPicture } from "./funnel_picture";
import { getBottleneck, getScale } from "./funnel_utils";

/** The server computes no more funnels at once. */
const MAX_SIDES = 20;

/** Funnels side by side, on one scale, and a table of their numbers. */
export class FunnelComparison extends Component {
    static template = "paydox_funnel.FunnelComparison";
    static components = { CheckBox, Dropdown, FunnelPicture };
    static props = { comparison: Object, label: String, openDeals: Function, choose: Function };

    setup() {
        this.rowSize = { row: 40, bar: 22 };
    }

    get sides() {
        return this.props.comparison.sides;
    }

    get isCohort() {
        return this.sides[0]?.funnel.mode === "cohort";
    }

    get scale() {
        return Math.max(0, ...this.sides.map((side) => getScale(side.funnel.layers)));
    }

    get style() {
        return `--o-funnel-row: ${this.rowSize.row}px; --o-funnel-bar: ${this.rowSize.bar}px;`;
    }

    getFacts({ funnel }) {
        const { cohort, domain, domains, lost, totals, won } = funnel;
        if (!this.isCohort) {
            return [
                { id: "cohort", name: _t("Open deals"), value: formatCount(cohort), domain },
                {
                    id: "amount",
                    name: _t("Amount"),
                    value: formatAmount(funnel.amount, funnel),
                    domain,
                },
            ];
        }
        return [
            { id: "cohort", name: _t("Deals created"), value: formatCount(cohort), domain },
            { id: "won", name: _t("Won"), value: formatCount(won.count), domain: won.domain },
            { id: "lost", name: _t("Lost"), value: formatCount(lost.count), domain: lost.domain },
            {
                id: "win_rate",
                name: _t("Win rate"),
                value: formatShare(totals.win_rate),
                domain: domains.win_rate,
            },
            {
                id: "cycle",
                name: _t("Median cycle"),
                value: formatDays(totals.median_cycle_days),
                domain: domains.median_cycle_days,
            },
        ];
    }

    getVerdict({ funnel }) {
        const bottleneck = getBottleneck(funnel.layers);
        return bottleneck
            ? _t("Bottleneck: %(share)s went on from “%(from)s”.", {
                  share: formatShare(bottleneck.from.stage_conversion),
                  from: bottleneck.from.name,
              })
            : "";
    }

    get rows() {
        const layers = this.sides[0]?.funnel.layers || [];
        return layers.map((layer, index) => ({
            layer,
            cells: this.sides.map((side) => {
                const own = side.funnel.layers[index];
                return {
                    side,
                    layer: own,
                    count: formatCount(own.count),
                    amount: formatAmount(own.amount, side.funnel),
                    reached: formatCount(own.reached),
                    conversion: formatShare(own.stage_conversion),
                    next: side.funnel.layers[index + 1],
                    days: formatDays(own.median_days),
                };
            }),
        }));
    }

    isChosen(choice) {
        return this.sides.some((side) => side.key === choice.key);
    }

    canToggle(choice) {
        return this.isChosen(choice) ? this.sides.length > 1 : this.sides.length < MAX_SIDES;
    }

    toggle(choice) {
        const keys = this.sides.map((side) => side.key);
        this.props.choose(
            this.isChosen(choice) ? keys.filter((key) => key !== choice.key) : [...keys, choice.key]
        );
    }

    /**
     * @param {Object} side
     * @param {Object} layer
     * @param {"count" | "reached" | "lost" | "stay"} what
     */
    openLayer(side, layer, what) {
        const domain = {
            count: layer.domain,
            reached: layer.reached_domain,
            lost: layer.lost_domain,
            stay: layer.stay_domain,
        }[what];
        const values = { side: side.name, status: layer.name };
        const title =
            {
                reached: _t("%(side)s: reached “%(status)s”", values),
                stay: _t("%(side)s: ever in “%(status)s”", values),
            }[what] || _t("%(side)s: in “%(status)s”", values);
        this.props.openDeals(domain, title);
    }

    openFact(side, fact) {
        this.props.openDeals(
            fact.domain,
            _t("%(side)s: %(what)s", { side: side.name, what: fact.name })
        );
    }
}
