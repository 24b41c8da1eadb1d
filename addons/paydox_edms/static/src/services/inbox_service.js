import { reactive } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { debounce } from "@web/core/utils/timing";

export const INBOX_NOTIFICATION = "paydox_edms.inbox";
const PAUSE = 400;

/**
 * What waits for the decision of the user: one short question to the server when the client is there, another one
 * whenever the server says that something changed.
 */
export const inboxService = {
    dependencies: ["bus_service", "orm"],

    start(env, { bus_service: busService, orm }) {
        const state = reactive({ count: 0, late: 0, lines: [], isLoaded: false, isFailed: false });
        const keepLast = new KeepLast();

        async function refresh() {
            try {
                const summary = await keepLast.add(
                    orm.silent.call("paydox.approval.line", "get_inbox_summary", [])
                );
                Object.assign(state, summary, { isLoaded: true, isFailed: false });
            } catch {
                // The counter is a courtesy: the list itself says what is wrong.
                state.isFailed = true;
            }
        }

        busService.subscribe(INBOX_NOTIFICATION, debounce(refresh, PAUSE));
        busService.start();
        return { state, refresh };
    },
};

registry.category("services").add("paydox_edms.inbox", inboxService);
