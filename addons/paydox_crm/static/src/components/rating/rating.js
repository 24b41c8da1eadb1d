import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useLateFields } from "@paydox_crm/components/card/late";
import { getChart } from "@paydox_crm/components/rating/rating_utils";

const WIDTH = 320;
const HEIGHT = 64;

/** The rating of a counterparty: the number, what it is made of, and how it went. */
export class Rating extends Component {
    static template = "paydox_crm.Rating";
    static props = { ...standardWidgetProps };

    setup() {
        this.actionService = useService("action");
        this.orm = useService("orm");
        this.late = useLateFields(["rating_card"]);
        this.width = WIDTH;
        this.height = HEIGHT;
    }

    get card() {
        return this.late.value?.rating_card || { factors: [], history: [] };
    }

    get hasScore() {
        return (
            this.card.score !== false && this.card.score !== null && this.card.score !== undefined
        );
    }

    get factors() {
        return this.card.factors.map((factor) => ({ ...factor, ...this.getTexts(factor) }));
    }

    get chart() {
        return getChart(this.card.history, WIDTH, HEIGHT);
    }

    get chartTitle() {
        const known = this.chart.points.map(({ month, score }) => `${month}: ${score}`);
        return _t("Rating by month: %(months)s", { months: known.join(", ") });
    }

    get overrideText() {
        const { until, user, reason } = this.card.override;
        const day = formatDate(deserializeDate(until));
        return _t("Set by hand until %(day)s by %(user)s: %(reason)s", { day, user, reason });
    }

    get originText() {
        const day = formatDate(deserializeDate(this.card.date));
        return _t("By the formula %(formula)s, since %(day)s", { formula: this.card.formula, day });
    }

    get satisfactionText() {
        const { average, count, before } = this.card.satisfaction;
        if (average === false) {
            return _t("No client answered in the last year; before: %(before)s of 5.", { before });
        }
        if (before === false) {
            return _t("Clients of the last year: %(average)s of 5 (%(count)s).", {
                average,
                count,
            });
        }
        return _t(
            "Clients of the last year: %(average)s of 5 (%(count)s), the year before %(before)s.",
            {
                average,
                count,
                before,
            }
        );
    }

    /**
     * @param {Object} factor
     * @returns {Object} the figure in words, and how the bar is drawn
     */
    getTexts({ share, good, total, weight }) {
        if (share === null) {
            return {
                text: _t("no data"),
                tone: "",
                weightText: _t("weight %(weight)s %", { weight }),
            };
        }
        const tone = share >= 70 ? "bg-success" : share >= 40 ? "bg-warning" : "bg-danger";
        return {
            text: _t("%(share)s % (%(good)s of %(total)s)", { share, good, total }),
            tone,
            weightText: _t("weight %(weight)s %", { weight }),
        };
    }

    async openFacts(factor) {
        const ids = [this.props.record.resId];
        const action = await this.orm.call("res.partner", "action_open_rating_facts", [
            ids,
            factor.code,
        ]);
        return this.actionService.doAction(action);
    }
}

registry.category("view_widgets").add("paydox_partner_rating", { component: Rating });
