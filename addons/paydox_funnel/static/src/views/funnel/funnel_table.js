import { Component } from "@odoo/owl";
import { formatAmount, formatCount, formatDays, formatShare } from "./funnel_format";

/** The numbers of the picture, one line per layer. */
export class FunnelTable extends Component {
    static template = "paydox_funnel.FunnelTable";
    static props = { data: Object, open: Function };

    get isCohort() {
        return this.props.data.mode === "cohort";
    }

    get rows() {
        const { data } = this.props;
        return data.layers.map((layer, index) => ({
            layer,
            next: data.layers[index + 1],
            count: formatCount(layer.count),
            amount: formatAmount(layer.amount, data),
            fullAmount: formatAmount(layer.amount, data, false),
            reached: formatCount(layer.reached),
            stageConversion: formatShare(layer.stage_conversion),
            funnelConversion: formatShare(layer.funnel_conversion),
            lost: formatCount(layer.lost_here),
            days: formatDays(layer.median_days),
        }));
    }
}
