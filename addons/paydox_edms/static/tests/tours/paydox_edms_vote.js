import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("paydox_edms_author_starts_a_secret_vote", {
    steps: () => [
        {
            content: "what is done more rarely is under More",
            trigger: ".o_form_statusbar button.o_paydox_more_toggle",
            run: "click",
        },
        {
            content: "put the document to the vote",
            trigger: "button[data-paydox=start_vote]",
            run: "click",
        },
        {
            content: "the question",
            trigger: ".modal .o_field_widget[name=question] input",
            run: "edit Shall we adopt the budget?",
        },
        ...["Legal", "Chief", "Director"].flatMap((name) => [
            {
                content: `look for ${name}`,
                trigger: ".modal .o_field_widget[name=user_ids] input",
                run: `edit ${name}`,
            },
            {
                content: `choose ${name}`,
                trigger: `.o-autocomplete--dropdown-item:contains(${name})`,
                run: "click",
            },
        ]),
        {
            content: "the ballot is secret",
            trigger: ".modal .o_field_widget[name=is_secret] input",
            run: "click",
        },
        {
            content: "start",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "the vote is open, nobody has voted, no counts are shown",
            trigger:
                ".o_form_view:has(.o_arrow_button_current[data-value=open]) .o_field_widget[name=people_count]:contains(3)",
        },
    ],
});

registry.category("web_tour.tours").add("paydox_edms_voter_votes", {
    steps: () => [
        {
            content: "vote from the inbox",
            trigger: ".o_list_view .o_data_row:contains(Tour budget) button.o_paydox_vote",
            run: "click",
        },
        {
            content: "the window says that the ballot is secret and final; choose",
            trigger: ".modal .alert:contains(secret)",
        },
        {
            content: "vote for",
            trigger: ".modal .o_kanban_record:contains(For) button[data-paydox=vote]",
            run: "click",
        },
        {
            content: "sure",
            trigger: ".modal .modal-footer .btn-primary:contains(Ok)",
            run: "click",
        },
        {
            content: "the window closes, and nothing more waits for the voter",
            trigger:
                "body:not(:has(.modal)):not(:has(.o_data_row:contains(Tour budget))) .o_list_view",
        },
    ],
});

registry.category("web_tour.tours").add("paydox_edms_author_reads_the_protocol", {
    steps: () => [
        {
            content: "the result is drawn",
            trigger:
                ".o_form_view:has(.o_arrow_button_current[data-value=adopted]) .o_kanban_record:contains(For) .progress-bar",
        },
        {
            content: "open the protocol",
            trigger: "button[name=action_open_protocol]",
            run: "click",
        },
        {
            content: "its text is the content of a document",
            trigger: ".o_form_view .nav-link[name=content]",
            run: "click",
        },
        {
            content: "the result stands there",
            trigger: ".o_field_widget[name=note]:contains(Adopted)",
        },
    ],
});
