import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { formatAmount, formatCount, formatDays, formatShare } from "./funnel_format";

/** What one asks after the funnel: why deals are lost, how it goes from month to month, which ones are stuck. */
export class FunnelInsights extends Component {
    static template = "paydox_funnel.FunnelInsights";
    static props = { insights: Object, data: Object, openDeals: Function };

    get losses() {
        const { data, insights } = this.props;
        const most = Math.max(1, ...insights.losses.map((loss) => loss.count));
        return insights.losses.map((loss) => ({
            loss,
            count: formatCount(loss.count),
            share: formatShare(loss.share),
            amount: formatAmount(loss.amount, data),
            width: `width: ${(100 * loss.count) / most}%`,
            layers: loss.layers
                .map((layer, index) => ({ layer, name: data.layers[index]?.name || "" }))
                .filter(({ layer }) => layer.count),
        }));
    }

    get trend() {
        const { data, insights } = this.props;
        const most = Math.max(1, ...insights.trend.map((point) => point.created));
        return insights.trend.map((point) => ({
            point,
            name: this.getName(point),
            created: formatCount(point.created),
            won: formatCount(point.won),
            lost: formatCount(point.lost),
            winRate: formatShare(point.win_rate),
            amount: formatAmount(point.won_amount, data),
            width: `width: ${(100 * point.created) / most}%`,
            wonWidth: `width: ${(100 * point.won) / most}%`,
        }));
    }

    get stuck() {
        return this.props.insights.stuck
            .filter((part) => part.count)
            .map((part) => ({
                part,
                text: _t("%(count)s in “%(status)s” longer than %(days)s days", {
                    count: formatCount(part.count),
                    status: part.name,
                    days: formatDays(part.norm_days),
                }),
            }));
    }

    getName({ date_from: from, date_to: to }) {
        const begin = deserializeDate(from);
        switch (this.props.insights.trend_step) {
            case "month":
                return begin.toFormat("LLL yyyy");
            case "week":
                return _t("%(from)s – %(to)s", {
                    from: formatDate(begin),
                    to: formatDate(deserializeDate(to)),
                });
        }
        return formatDate(begin);
    }

    openLoss({ loss }) {
        this.props.openDeals(
            loss.domain,
            _t("Funnel: lost because of “%(reason)s”", { reason: loss.name })
        );
    }

    openLossLayer({ loss }, { layer, name }) {
        this.props.openDeals(
            layer.domain,
            _t("Funnel: lost at “%(status)s” because of “%(reason)s”", {
                status: name,
                reason: loss.name,
            })
        );
    }

    openPoint({ point, name }, what) {
        const [domain, title] = {
            created: [point.domain, _t("Created: %(period)s", { period: name })],
            won: [point.won_domain, _t("Won, created: %(period)s", { period: name })],
            lost: [point.lost_domain, _t("Lost, created: %(period)s", { period: name })],
            closed: [point.closed_domain, _t("Closed, created: %(period)s", { period: name })],
        }[what];
        this.props.openDeals(domain, title);
    }

    openStuck({ part }) {
        this.props.openDeals(part.domain, _t("Stuck in “%(status)s”", { status: part.name }));
    }
}
