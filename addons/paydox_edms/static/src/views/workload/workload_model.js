import { KeepLast } from "@web/core/utils/concurrency";
import { Model } from "@web/model/model";
import { shiftStart, WORKLOAD_SCALES } from "./workload_utils";

/** The load of people for the search bar, the days and the scale; keeps the former one until a new one came. */
export class WorkloadModel extends Model {
    setup(params) {
        this.keepLast = new KeepLast();
        this.scale = params.scale;
        /** @type {string | false} first day; the server begins with the present week */
        this.start = params.start || false;
        /** @type {Object | null} the last answer of `get_workload` */
        this.data = null;
        /** @type {string | null} why there is no newer answer */
        this.error = null;
        this.isLoading = true;
    }

    /**
     * @param {import("@web/search/search_model").SearchParams} searchParams
     */
    async load(searchParams) {
        this.searchParams = searchParams;
        const isFirst = !this.data;
        const promise = this.reload();
        if (!isFirst) {
            await promise;
        }
    }

    /**
     * @param {"day" | "week"} scale
     */
    async setScale(scale) {
        if (WORKLOAD_SCALES.includes(scale)) {
            this.scale = scale;
            await this.reload();
        }
    }

    /**
     * @param {-1 | 0 | 1} direction 0: to the present week
     */
    async move(direction) {
        this.start =
            direction && this.data ? shiftStart(this.data.start, this.scale, direction) : false;
        await this.reload();
    }

    async reload() {
        this.isLoading = true;
        this.notify();
        const query = {
            domain: this.searchParams.domain,
            start: this.start,
            scale: this.scale,
            context: this.searchParams.context,
        };
        // Errors become values: a stale one is dropped by KeepLast like a stale answer.
        const request = this.orm.call("paydox.instruction", "get_workload", [], query).then(
            (data) => ({ data }),
            (error) => ({ error })
        );
        const { data, error } = await this.keepLast.add(request);
        this.isLoading = false;
        this.error = error ? error.data?.message || error.message : null;
        if (data) {
            this.data = data;
        }
        this.notify();
    }
}
