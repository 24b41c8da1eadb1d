import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("paydox_edms_director_agrees", {
    steps: () => [
        {
            content: "the document waits in the inbox; open it",
            trigger: ".o_list_view td[name=record_name]:contains(Tour supply contract)",
            run: "click",
        },
        {
            content: "the director sees the card, which he cannot edit",
            trigger: ".o_form_view button[name=action_agree][data-paydox=agree]",
        },
        {
            content: "the version is there",
            trigger: ".o_field_widget[name=version_ids] td:contains(contract.txt)",
        },
        {
            content: "agree",
            trigger: "button[name=action_agree][data-paydox=agree]",
            run: "click",
        },
        {
            content: "the status bar says approved",
            trigger: ".o_arrow_button_current[data-value=approved]",
        },
        {
            content: "nothing more to decide",
            trigger: ".o_form_view:not(:has(button[data-paydox=agree]))",
        },
    ],
});
