import { registry } from "@web/core/registry";

const choose = (field, text) => [
    {
        content: `look for ${text}`,
        trigger: `.o_form_view .o_field_widget[name=${field}] input`,
        run: `edit ${text}`,
    },
    {
        content: `take ${text}`,
        trigger: `.o-autocomplete--dropdown-item:contains(${text})`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("paydox_edms_clerk_registers", {
    steps: () => [
        {
            content: "a letter came in",
            trigger: ".o_list_view .o_list_button_add, .o_control_panel .o_list_button_add",
            run: "click",
        },
        ...choose("kind_id", "Tour Incoming"),
        {
            content: "its subject",
            trigger: ".o_form_view .o_field_widget[name=name] textarea",
            run: "edit Tour request for an offer",
        },
        ...choose("partner_id", "Tour Sender"),
        {
            content: "the number of the sender",
            trigger: ".o_form_view .o_field_widget[name=sender_number] input",
            run: "edit 17/A",
        },
        {
            content: "leave the number, so that it is looked up",
            trigger: ".o_form_view .o_field_widget[name=name] textarea",
            run: "click",
        },
        {
            content:
                "the same letter is in the registry already: the clerk is told before he saves",
            trigger: ".o_form_view .alert[name=duplicates] a:contains(Tour first letter)",
        },
        {
            content: "it was the second one of the sender",
            trigger: ".o_form_view .o_field_widget[name=sender_number] input",
            run: "edit 18/A",
        },
        {
            content: "leave the number",
            trigger: ".o_form_view .o_field_widget[name=name] textarea",
            run: "click",
        },
        {
            content: "no warning any more",
            trigger: ".o_form_view:not(:has(.alert[name=duplicates]))",
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "register",
            trigger:
                ".o_form_saved button[name=action_register], .o_form_view button[name=action_register]",
            run: "click",
        },
        {
            content: "the number is there",
            trigger: ".o_form_view .o_field_widget[name=number]:contains(TIN-0002)",
        },
        {
            content: "answer it",
            trigger: ".o_form_view button[name=action_reply]",
            run: "click",
        },
        {
            content: "the answer is filled in",
            trigger: ".o_form_view .o_field_widget[name=kind_id] input:value(Tour Outgoing)",
        },
        {
            content: "save the answer",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "look at its links",
            trigger: ".o_form_saved .o_notebook .nav-link[name=links]",
            run: "click",
        },
        {
            content: "it names the letter that it answers; open the letter from the breadcrumb",
            trigger:
                ".o_form_view .o_field_widget[name=link_ids] td:contains(Tour request for an offer)",
        },
        {
            content: "back to the letter",
            trigger: ".o_breadcrumb .o_back_button a, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "its links",
            trigger:
                ".o_form_view:has(.o_field_widget[name=number]:contains(TIN-0002)) .o_notebook .nav-link[name=links]",
            run: "click",
        },
        {
            content: "the letter says by what it was answered",
            trigger: ".o_form_view .o_field_widget[name=backlink_ids] td:contains(Answered by)",
        },
    ],
});
