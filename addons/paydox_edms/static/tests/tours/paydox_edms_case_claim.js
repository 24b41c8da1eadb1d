import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("paydox_edms_claim_is_worked_off_in_the_list", {
    steps: () => [
        {
            content: "the claim that the client filed waits in the list: take it",
            trigger: ".o_data_row:contains(Tour pump leaks) button[name=action_take]",
            run: "click",
        },
        {
            content: "it is in work",
            trigger: ".o_data_row:contains(Tour pump leaks) .o_field_badge:contains(In work)",
        },
        {
            content: "answer the client without opening the claim",
            trigger: ".o_data_row:contains(Tour pump leaks) button[name=action_reply]",
            run: "click",
        },
        {
            content: "the window shows what the client wrote",
            trigger: ".modal .o_field_widget[name=question]:contains(Since Monday)",
        },
        {
            content: "write the answer",
            trigger: ".modal .o_field_widget[name=text] textarea",
            run: "edit We send a new one tomorrow.",
        },
        {
            content: "send it",
            trigger: ".modal button[name=action_send]",
            run: "click",
        },
        {
            content: "nothing waits in the row any more",
            trigger:
                ".o_data_row:contains(Tour pump leaks):not(:has(button[name=action_reply])):not(:has(.modal))",
        },
    ],
});
