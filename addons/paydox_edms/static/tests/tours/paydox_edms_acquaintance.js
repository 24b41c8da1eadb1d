import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("paydox_edms_clerk_sends_for_acquaintance", {
    steps: () => [
        {
            content: "what is done more rarely is under More",
            trigger: ".o_form_statusbar button.o_paydox_more_toggle",
            run: "click",
        },
        {
            content: "the order is in force: send it to its readers",
            trigger: "button[data-paydox=acquaint]",
            run: "click",
        },
        {
            content: "the kind names five readers",
            trigger: ".modal .o_field_widget[name=people_count]:contains(5)",
        },
        {
            content: "send",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "the sheet shows that nobody has read yet",
            trigger: ".o_form_view .o_field_widget[name=people_count]:contains(5)",
        },
        {
            content: "who has not read is one press away",
            trigger: "button[name=action_open_people]:contains(Not Yet)",
            run: "click",
        },
        {
            content: "all five are named",
            trigger: ".o_list_view .o_data_row:nth-of-type(5)",
        },
    ],
});

registry.category("web_tour.tours").add("paydox_edms_reader_confirms", {
    steps: () => [
        {
            content: "the first press opens the file, since it must be read first",
            trigger: ".o_list_view .o_data_row:contains(Tour order) button.o_paydox_read",
            run: "click",
        },
        {
            content: "the version is shown",
            trigger: ".modal .o_field_widget[name=filename]:contains(order.txt)",
        },
        {
            content: "close it",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "the second press confirms",
            trigger:
                "body:not(:has(.modal)) .o_list_view .o_data_row:contains(Tour order) button.o_paydox_read",
            run: "click",
        },
        {
            content: "nothing more to read",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Tour order)))",
        },
    ],
});
