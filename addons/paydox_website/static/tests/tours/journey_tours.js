import { inputFiles } from "@web/../tests/utils";
import { registry } from "@web/core/registry";

// The story of one order across all addons: tests/test_journeys.py starts these tours one after the other.

registry.category("web_tour.tours").add("paydox_journey_manager", {
    steps: () => [
        {
            content: "the deal of the order is in the first status of the reference",
            trigger: ".o_form_view .o_field_widget[name=deal_status_id]:contains(New)",
        },
        {
            content: "draw up a document from the deal",
            trigger: "button[name=action_new_document]",
            run: "click",
        },
        {
            content: "choose the kind",
            trigger: ".o_field_widget[name=kind_id] input",
            run: "edit Journey contract",
        },
        {
            content: "it is found",
            trigger: ".o-autocomplete--dropdown-item a:contains(Journey contract)",
            run: "click",
        },
        {
            content: "say what it is about",
            trigger: ".o_field_widget[name=name] textarea",
            run: "edit Tour supply contract",
        },
        {
            content: "save the card",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "the card shows the requisites of its day",
            trigger: ".o_form_saved .o_notebook .nav-link[name=requisites]",
            run: "click",
        },
        {
            content: "they are those of the renamed counterparty",
            trigger: ".o_notebook .tab-pane.active:contains(LLC Tour Lotos)",
        },
        {
            content: "add the file",
            trigger: "button[name=action_open_add_version]",
            run: "click",
        },
        {
            content: "choose it",
            trigger: ".modal .o_field_widget[name=file]",
            async run() {
                const text = new File(["Supply of televisions"], "contract.txt", {
                    type: "text/plain",
                });
                await inputFiles(".modal .o_field_widget[name=file] input[type=file]", [text]);
            },
        },
        {
            content: "the file is there",
            trigger: ".modal .o_field_widget[name=file] input[type=text]:value(contract.txt)",
        },
        {
            content: "add it",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "register the contract",
            trigger: "body:not(:has(.modal)) button[name=action_register]",
            run: "click",
        },
        {
            content: "it has a number; send it on its route",
            trigger:
                ".o_form_view:has(.o_field_widget[name=number]:visible) button[name=action_submit]",
            run: "click",
        },
        {
            content: "the status bar says that it is on approval",
            trigger: ".o_arrow_button_current[data-value=review]",
        },
    ],
});

registry.category("web_tour.tours").add("paydox_journey_head", {
    steps: () => [
        {
            content: "the agreed deal has its layer in the picture",
            trigger: ".o_funnel_layer:has(title:contains('Journey agreed:'))",
            run: "click",
        },
        {
            content: "the list holds this one deal",
            trigger: ".o_list_view .o_data_row:contains(Television 75)",
        },
        {
            content: "and no other",
            trigger: ".o_list_view .o_pager_limit:contains(/^1$/)",
        },
    ],
});
