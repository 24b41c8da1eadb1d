import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("paydox_crm_renew_tour", {
    steps: () => [
        {
            content: "the contract warns of the charter: look at the papers",
            trigger: ".alert:contains('Tour charter') button[name=action_open_partner_papers]",
            run: "click",
        },
        {
            content: "open the charter that has ended",
            trigger: ".o_data_row .o_data_cell[name=name]:contains('Charter of the tour')",
            run: "click",
        },
        {
            content: "renew it",
            trigger: ".o_form_view button[name=action_renew_paper]",
            run: "click",
        },
        {
            content: "the next one replaces it",
            trigger: ".o_form_view:not(:has(button[name=action_renew_paper]))",
        },
        {
            content: "nothing is left to save",
            trigger: ".o_form_saved",
        },
    ],
});
