import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Disables the button while the order is on its way. The server makes one deal of a double click without it too. */
export class OrderForm extends Interaction {
    static selector = "form.o_paydox_order_form";
    dynamicContent = {
        _root: { "t-on-submit": () => this.setSending(true) },
        // back from the next page by the history: the button must work again
        _window: { "t-on-pageshow": () => this.setSending(false) },
        "button[type=submit]": {
            "t-att-disabled": () => this.sending,
            "t-att-aria-busy": () => (this.sending ? "true" : undefined),
        },
    };

    setup() {
        this.sending = false;
    }

    setSending(sending) {
        this.sending = sending;
    }
}

registry.category("public.interactions").add("paydox_website.order_form", OrderForm);
