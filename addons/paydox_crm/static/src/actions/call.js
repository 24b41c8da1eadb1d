import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const PROTOCOLS = ["tel:", "sip:", "callto:"];

/** Hands a number to the program that makes calls, then asks what came of it. */
export function dial(env, { params }) {
    if (PROTOCOLS.some((protocol) => params.url.startsWith(protocol))) {
        browser.location.assign(params.url);
    }
    return params.next;
}

registry.category("actions").add("paydox_crm.call", dial);
