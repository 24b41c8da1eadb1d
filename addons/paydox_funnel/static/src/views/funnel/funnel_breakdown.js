import { Component } from "@odoo/owl";
import { formatAmount, formatCount } from "./funnel_format";
import { getBreakdownCells } from "./funnel_utils";

/** Deals of each layer by the keys of the breakdown. */
export class FunnelBreakdown extends Component {
    static template = "paydox_funnel.FunnelBreakdown";
    static props = { data: Object, series: Array, label: String, open: Function };

    get rows() {
        const { data } = this.props;
        return data.layers.map((layer) => ({
            layer,
            cells: getBreakdownCells(layer, this.props.series).map((cell) => ({
                key: cell.key,
                count: formatCount(cell.count),
                isZero: !cell.count,
                amount: cell.count ? formatAmount(cell.amount, data) : "",
            })),
        }));
    }

    get totals() {
        const { data } = this.props;
        return this.props.series.map(({ key, count, amount }) => ({
            key,
            count: formatCount(count),
            amount: formatAmount(amount, data),
        }));
    }
}
