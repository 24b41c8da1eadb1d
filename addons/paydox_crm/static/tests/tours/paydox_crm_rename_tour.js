import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("paydox_crm_rename_tour", {
    steps: () => [
        {
            content: "open the requisites",
            trigger: ".o_notebook .nav-link[name=requisites]",
            run: "click",
        },
        {
            content: "rename the counterparty",
            trigger: ".o_field_widget[name=legal_name] textarea",
            run: "edit LLC Tour Lotos",
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "the card is saved",
            trigger: ".o_form_saved",
        },
        {
            content: "open the history",
            trigger: "button[name=action_open_requisites_history]",
            run: "click",
        },
        {
            content: "the new state tells the old name and the new one",
            trigger: ".o_data_row:contains('LLC Tour Romashka'):contains('LLC Tour Lotos')",
        },
        {
            content: "the first state is there as well: open it",
            trigger: ".o_data_row:not(:contains('LLC Tour Lotos')) td[name=valid_from]",
            run: "click",
        },
        {
            content: "it shows the former name",
            trigger: ".o_form_view .o_paydox_requisites:contains('LLC Tour Romashka')",
        },
        {
            content: "nothing of the history is edited",
            trigger: ".o_form_saved",
        },
    ],
});
