import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("paydox_crm_registration_tour", {
    steps: () => [
        {
            content: "open the menu of registration",
            trigger: "[data-menu-xmlid='paydox_crm.paydox_partner_registration_menu_root']",
            run: "click",
        },
        {
            content: "open the assistant from the menu",
            trigger: "[data-menu-xmlid='paydox_crm.paydox_partner_registration_menu']",
            run: "click",
        },
        {
            content: "type a name",
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Tour Fresh Firm",
        },
        {
            content: "go on",
            trigger: ".modal button[name=action_next]",
            run: "click",
        },
        {
            content: "type a phone that is known in another format",
            trigger: ".modal .o_field_widget[name=phone] input",
            run: "edit 84951234567 && press Tab",
        },
        {
            content: "the firm is found, with the reason",
            trigger:
                ".modal [data-paydox=duplicate_list]:contains('Tour Known Firm'):contains('same phone')",
        },
        {
            content: "say why it is another one",
            trigger: ".modal .o_field_widget[name=duplicate_reason] input",
            run: "edit Two firms share a reception",
        },
        {
            content: "go on",
            trigger: ".modal button[name=action_next]",
            run: "click",
        },
        {
            content: "add a contact person",
            trigger: ".modal .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "type his name",
            trigger: ".modal .o_field_widget[name=contact_ids] .o_field_widget[name=name] input",
            run: "edit Tour Person",
        },
        {
            content: "go on",
            trigger: ".modal button[name=action_next]",
            run: "click",
        },
        {
            content: "the last step: register without a bank",
            trigger: ".modal:has(.o_field_widget[name=acc_number]) button[name=action_register]",
            run: "click",
        },
        {
            content: "the card is open",
            trigger: ".o_breadcrumb:contains('Tour Fresh Firm')",
        },
    ],
});
