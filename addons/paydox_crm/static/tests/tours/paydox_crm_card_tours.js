import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("paydox_crm_salesman_tour", {
    steps: () => [
        {
            content: "look at the summary",
            trigger: ".o_notebook .nav-link[name=card_summary]",
            run: "click",
        },
        {
            content: "the summary tells of a call without a result",
            trigger: "[data-paydox=summary] [data-row=talk_no_result] .fw-bold:contains(1)",
        },
        {
            content: "look at the timeline",
            trigger: ".o_notebook .nav-link[name=card_timeline]",
            run: "click",
        },
        {
            content: "the letter is there: only messages",
            trigger: ".o_paydox_timeline [data-kind=message]",
            run: "click",
        },
        {
            content: "other kinds are gone",
            trigger:
                ".o_paydox_timeline:not(:has([data-source=created])) [data-source=message]:contains(Tour hello)",
        },
        {
            isActive: [".o-form-buttonbox .o_button_more"],
            content: "buttons that have no place are in a menu",
            trigger: ".o-form-buttonbox .o_button_more",
            run: "click",
        },
        {
            content: "open the work",
            trigger: "button[name=action_open_card_work]",
            run: "click",
        },
        {
            content: "the call asks what came of it",
            trigger: ".o_data_row:contains(Tour call) button[name=action_done]",
            run: "click",
        },
        {
            content: "enter it",
            trigger: ".modal .o_field_widget[name=result] textarea",
            run: "edit They sign on Monday",
        },
        {
            content: "save the result",
            trigger: ".modal .o_form_button_save, .modal footer button.btn-primary",
            run: "click",
        },
        {
            content: "agree with the document right in the list",
            trigger: ".o_list_view:not(:has(.modal)) .o_data_row button[name=action_agree]",
            run: "click",
        },
        {
            content: "nothing waits for a decision any more",
            trigger:
                ".o_list_view:not(:has(button[name=action_agree].oe_list_button)), .o_view_nocontent",
        },
    ],
});

registry.category("web_tour.tours").add("paydox_crm_lawyer_tour", {
    steps: () => [
        {
            content: "the old contract shows the requisites of its own day",
            trigger: ".o_notebook .nav-link[name=requisites]",
            run: "click",
        },
        {
            content: "the former name stands there",
            trigger: ".o_field_widget[name=requisites_compare]:contains(LLC Tour Old)",
        },
        {
            content: "follow the company",
            trigger: "button[name=action_open_partner_requisites]",
            run: "click",
        },
        {
            content: "the history tells when it was renamed",
            trigger: ".o_data_row:contains('LLC Tour Old'):contains('LLC Tour New')",
        },
    ],
});
