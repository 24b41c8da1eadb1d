import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { useCardHead } from "./late";

/** A number on a button of the card: `<widget name="paydox_card_number" options="{'name': 'card_work_count'}"/>`. */
export class CardNumber extends Component {
    static template = "paydox_crm.CardNumber";
    static props = { ...standardWidgetProps, name: String };

    setup() {
        this.card = useCardHead();
    }

    get number() {
        const number = this.card.value?.numbers[this.props.name];
        return number === undefined ? "…" : formatInteger(number);
    }
}

/** Last contact, stage and next step: what a substitute has to know at once. */
export class CardContext extends Component {
    static template = "paydox_crm.CardContext";
    static props = { ...standardWidgetProps };

    setup() {
        this.card = useCardHead();
    }

    get work() {
        return this.card.value?.work || {};
    }
}

registry.category("view_widgets").add("paydox_card_number", {
    component: CardNumber,
    extractProps: ({ options }) => ({ name: options.name }),
});
registry.category("view_widgets").add("paydox_card_context", { component: CardContext });
