import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { Model } from "@web/model/model";
import { splitPeriod } from "./funnel_period";
import { BREAKDOWN_FIELDS, COMPARISONS, FUNNEL_MODES, PERIOD_COMPARISONS } from "./funnel_utils";

/**
 * Numbers of the funnel for the search bar and the mode; keeps the former ones until new ones came.
 */
export class FunnelModel extends Model {
    setup(params) {
        this.keepLast = new KeepLast();
        this.mode = params.mode;
        this.contextMode = undefined;
        /** @type {Object | null} the last answer of `get_funnel` */
        this.data = null;
        /** @type {string | null} why there is no newer answer */
        this.error = null;
        this.isLoading = true;
        this.query = null;
        /** What stands side by side: a value of `COMPARISONS` and, when chosen, the keys of the sides. */
        this.compare = params.compare || { by: null, keys: null };
        this.contextCompare = undefined;
        /** @type {Object | null} the last answer of `get_comparison` */
        this.comparison = null;
        /** @type {Object | null} the last answer of `get_insights` */
        this.insights = null;
        this.keepLastInsights = new KeepLast();
        this.ignoredGroupBy = [];
        this.hasPeriod = false;
        /** The period in the words of the search bar, when it is no plain stretch of days. */
        this.periodText = "";
    }

    /**
     * @param {import("@web/search/search_model").SearchParams} searchParams
     */
    async load(searchParams) {
        const { funnel_mode: contextMode } = searchParams.context;
        // A favourite brings its mode once; later the choice of the user counts.
        if (contextMode !== this.contextMode && FUNNEL_MODES.includes(contextMode)) {
            this.mode = contextMode;
        }
        this.contextMode = contextMode;
        const { funnel_compare: contextCompare } = searchParams.context;
        const saved = JSON.stringify(contextCompare);
        if (saved !== this.contextCompare && COMPARISONS.includes(contextCompare?.by)) {
            this.compare = { by: contextCompare.by, keys: contextCompare.keys || null };
        }
        this.contextCompare = saved;
        this.searchParams = searchParams;
        const isFirst = !this.data;
        const promise = this.reload();
        if (!isFirst) {
            await promise;
        }
    }

    /**
     * @param {"cohort" | "snapshot"} mode
     */
    async setMode(mode) {
        this.mode = mode;
        if (mode === "snapshot" && PERIOD_COMPARISONS.includes(this.compare.by)) {
            this.compare = { by: null, keys: null };
        }
        await this.reload();
    }

    /**
     * @param {string | null} by what stands side by side
     * @param {Array | null} [keys] the chosen sides, by default those with most deals
     */
    async setCompare(by, keys = null) {
        this.compare = { by, keys };
        await this.reload();
    }

    /**
     * @param {Object} [options]
     * @param {boolean} [options.isSilent] the former picture stays as it is until the answer comes
     */
    async reload({ isSilent = false } = {}) {
        const query = this.buildQuery();
        if (!isSilent) {
            this.isLoading = true;
            this.notify();
        }
        // Errors become values: a stale one is dropped by KeepLast like a stale answer.
        const request = this.fetch(query).then(
            (answers) => answers,
            (error) => ({ error })
        );
        const { data, comparison, error } = await this.keepLast.add(request);
        this.isLoading = false;
        this.error = error ? error.data?.message || error.message : null;
        if (data) {
            this.data = data;
            this.comparison = comparison;
            this.query = query;
        }
        this.notify();
        if (data) {
            await this.reloadInsights(query);
        }
    }

    /** The funnel and what stands beside it. */
    async fetch(query) {
        const { by, keys } = this.compare;
        const [data, comparison] = await Promise.all([
            this.orm.call("paydox.funnel", "get_funnel", [], query),
            by
                ? this.orm.call(
                      "paydox.funnel",
                      "get_comparison",
                      [],
                      this.buildComparison(query, by, keys)
                  )
                : null,
        ]);
        return { data, comparison };
    }

    buildComparison({ domain, date_from, date_to, mode }, by, keys) {
        return { domain, date_from, date_to, mode, by, keys };
    }

    /** They come after the picture, which does not wait for them; without them it says all the same. */
    async reloadInsights({ domain, date_from, date_to, mode }) {
        const request = this.orm.silent
            .call("paydox.funnel", "get_insights", [], { domain, date_from, date_to, mode })
            .catch(() => null);
        this.insights = await this.keepLastInsights.add(request);
        this.notify();
    }

    /** Arguments of the files and of what is sent: the query, the words of the search bar, what stands side by side. */
    buildExport() {
        const { by, keys } = this.compare;
        return { ...this.buildQuery(), filters: this.getFacetTexts(), ...(by ? { by, keys } : {}) };
    }

    /**
     * Arguments of `get_funnel` for the present search and mode.
     *
     * @returns {{ domain: Array, date_from: string | null, date_to: string | null, mode: string,
     *  breakdown: string | null }}
     */
    buildQuery() {
        const { domain, dateFrom, dateTo, isSplit } = splitPeriod(this.searchParams.domain);
        this.hasPeriod = Boolean(dateFrom || dateTo);
        this.periodText = isSplit ? "" : this.getFacetTexts("create_date").join(", ");
        const groupBy = this.searchParams.groupBy.map((spec) => spec.split(":")[0]);
        const breakdown = groupBy.find((name) => BREAKDOWN_FIELDS.includes(name)) || null;
        this.ignoredGroupBy = groupBy.filter((name) => name !== breakdown);
        return { domain, date_from: dateFrom, date_to: dateTo, mode: this.mode, breakdown };
    }

    /**
     * Active filters in the words of the search bar.
     *
     * @param {string} [fieldName] only those on this field
     * @returns {string[]}
     */
    getFacetTexts(fieldName) {
        return this.env.searchModel.facets
            .filter((facet) => facet.type !== "groupBy")
            .filter((facet) => !fieldName || (facet.domain || "").includes(`"${fieldName}"`))
            .map((facet) => {
                const values = facet.values.join(` ${facet.separator} `);
                return facet.title
                    ? _t("%(field)s: %(values)s", { field: facet.title, values })
                    : values;
            });
    }
}
