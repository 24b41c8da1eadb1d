import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("paydox_edms_search", {
    steps: () => [
        {
            content: "other forms of the words, without diacritics",
            trigger: ".o_paydox_document_search input[type=search]",
            run: "edit actiunile насосы",
        },
        {
            content: "look for them",
            trigger: ".o_paydox_document_search button:contains(Search)",
            run: "click",
        },
        {
            content: "the word in the subject is marked",
            trigger: ".o_paydox_search_hit:contains(Subject) mark:contains(насосов)",
        },
        {
            content: "the place in the file is named: show it",
            trigger: ".o_paydox_search_hit:contains(terms.txt, version 1) mark:contains(Acţiuni)",
            run: "click",
        },
        {
            content: "the text is shown as text, whatever stands in it",
            trigger: ".o_paydox_search_preview pre:contains(<b>Acţiuni</b> ale părţilor)",
        },
        {
            content: "a document of others is not found",
            trigger: ".o_paydox_document_search input[type=search]",
            run: "edit cinnamon",
        },
        {
            content: "look for it",
            trigger: ".o_paydox_document_search button:contains(Search)",
            run: "click",
        },
        {
            content: "nothing, and what to do",
            trigger: ".o_paydox_document_search:contains(Nothing was found)",
        },
    ],
});

registry.category("web_tour.tours").add("paydox_edms_preview", {
    steps: () => [
        {
            content: "show the file beside the list",
            trigger: ".o_data_row:contains(Tour pumps) .o_paydox_preview",
            run: "click",
        },
        {
            content: "its text is there, the list as well: open the card",
            trigger: ".o_paydox_preview_panel pre:contains(first terms)",
        },
        {
            content: "open the card",
            trigger: ".o_paydox_preview_panel button:contains(Open)",
            run: "click",
        },
        {
            content: "a program is refused with the reason",
            trigger: ".o_form_view .o_paydox_version_drop",
            run: async ({ anchor }) => {
                const files = new DataTransfer();
                files.items.add(new File(["MZ"], "virus.exe"));
                const input = anchor.querySelector("input[type=file]");
                input.files = files.files;
                input.dispatchEvent(new Event("change"));
            },
        },
        {
            content: "the reason",
            trigger: ".o_notification:contains(is a program)",
        },
        {
            content: "a document is taken",
            trigger: ".o_form_view .o_paydox_version_drop:has(button)",
            run: async ({ anchor }) => {
                const files = new DataTransfer();
                files.items.add(new File(["second terms"], "terms.txt"));
                const input = anchor.querySelector("input[type=file]");
                input.files = files.files;
                input.dispatchEvent(new Event("change"));
            },
        },
        {
            content: "it is the actual version, the former one is archived",
            trigger:
                ".o_form_view .o_field_widget[name=version_ids]:has(.fa-check-circle):has(.fa-archive)",
        },
        {
            content: "compare both",
            trigger: ".o_form_view button[name=action_compare]",
            run: "click",
        },
        {
            content: "what differs is marked",
            trigger: ".modal .bg-success-subtle:contains(second terms)",
        },
    ],
});
