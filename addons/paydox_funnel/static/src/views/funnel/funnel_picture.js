import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatCount, formatShare } from "./funnel_format";
import {
    fitsInside,
    getBreakdownCells,
    getConnectorPoints,
    getFunnelGeometry,
} from "./funnel_utils";

/** Width of the box of the slanted parts; they stretch to the width of the picture. */
const CONNECTOR_WIDTH = 1000;

let nextId = 1;

export class FunnelPicture extends Component {
    static template = "paydox_funnel.FunnelPicture";
    static props = {
        data: Object,
        title: String,
        series: Array,
        rowSize: Object,
        open: Function,
        scale: { type: Number, optional: true },
    };

    setup() {
        this.connectorWidth = CONNECTOR_WIDTH;
        this.id = `o_funnel_picture_${nextId++}`;
    }

    get isCohort() {
        return this.props.data.mode === "cohort";
    }

    get height() {
        const { row, bar } = this.props.rowSize;
        return Math.max(1, this.props.data.layers.length * row - (row - bar) + 2);
    }

    /** All that the template draws, layer by layer. */
    get shapes() {
        const { layers, mode } = this.props.data;
        const { row, bar } = this.props.rowSize;
        return getFunnelGeometry(layers, mode, this.props.scale).map((geometry, index) => {
            const layer = layers[index];
            const count = formatCount(layer.count);
            const isInside = fitsInside(geometry.inner, count);
            const isCentered = isInside || !layer.count;
            return {
                layer,
                next: layers[index + 1],
                count,
                y: index * row + 1,
                gapY: index * row + bar + 1,
                gap: row - bar,
                outer: toBar(geometry.outer),
                segments: this.getSegments(layer, geometry.inner),
                countX: isCentered ? "50%" : toPercent((1 + geometry.inner) / 2 + 0.012),
                isInside,
                isCentered,
                points:
                    geometry.next !== null &&
                    getConnectorPoints(geometry.outer, geometry.next, CONNECTOR_WIDTH, row - bar),
                conversion: this.getConversion(layer, geometry),
                label: this.getLabel(layer),
                reachedLabel: this.isCohort ? this.getReachedLabel(layer) : "",
            };
        });
    }

    /** The solid part: one bar, or one piece for each key of the breakdown. */
    getSegments(layer, inner) {
        const cells = getBreakdownCells(layer, this.props.series).filter((cell) => cell.count);
        if (!cells.length) {
            return inner ? [{ key: "all", color: 0, ...toBar(inner) }] : [];
        }
        let x = (1 - inner) / 2;
        return cells.map(({ key, color, count }) => {
            const share = (inner * count) / layer.count;
            x += share;
            return { key, color, x: toPercent(x - share), width: toPercent(share) };
        });
    }

    getConversion(layer, geometry) {
        if (!this.isCohort || geometry.next === null || !Number.isFinite(layer.stage_conversion)) {
            return "";
        }
        const share = formatShare(layer.stage_conversion);
        return layer.bottleneck ? _t("⚠ %(share)s bottleneck", { share }) : `↓ ${share}`;
    }

    getReachedLabel(layer) {
        return _t("%(count)s reached", { count: formatCount(layer.reached) });
    }

    getLabel(layer) {
        const values = { status: layer.name, count: formatCount(layer.count) };
        if (!this.isCohort) {
            return _t("%(status)s: %(count)s open deals. Show them.", values);
        }
        return _t(
            "%(status)s: %(count)s deals are here now, %(reached)s reached it. Show those here now.",
            {
                ...values,
                reached: formatCount(layer.reached),
            }
        );
    }

    /** The picture in one sentence for those who do not see it. */
    get description() {
        return this.props.data.layers.map((layer) => this.getLabel(layer)).join(" ");
    }

    /**
     * @param {KeyboardEvent} ev
     */
    onKeydown(ev, layer) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.preventDefault();
            this.props.open(layer, "count");
        }
    }
}

function toPercent(share) {
    return `${Math.round(share * 10000) / 100}%`;
}

function toBar(share) {
    return { x: toPercent((1 - share) / 2), width: toPercent(share) };
}
