import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const input = (field) => `.o_field_widget[name=${field}] input`;

/** A line of the list of stages: its name and the status that it stands for. */
function addStage(name, status) {
    return [
        {
            content: `add the stage ${name}`,
            trigger: ".o_field_widget[name=stage_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: `name it ${name}`,
            trigger: ".o_selected_row .o_field_widget[name=name] input",
            run: `edit ${name}`,
        },
        {
            content: `map it to ${status}`,
            trigger: ".o_selected_row .o_field_widget[name=status_id] input",
            run: `edit ${status}`,
        },
        {
            content: "choose the status",
            trigger: `.o-autocomplete--dropdown-item a:contains(${status})`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("paydox_funnel_new_type", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open CRM",
            trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
            run: "click",
        },
        {
            content: "open the configuration",
            trigger: "[data-menu-xmlid='crm.crm_menu_config']",
            run: "click",
        },
        {
            content: "open the deal types",
            trigger: "[data-menu-xmlid='paydox_funnel.paydox_deal_type_menu']",
            run: "click",
        },
        {
            content: "make a new type",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "name it",
            trigger: input("name"),
            run: "edit Tour Rent",
        },
        {
            content: "give it a code",
            trigger: input("code"),
            run: "edit tour_rent",
        },
        {
            content: "choose the control of stages",
            trigger: ".o_field_widget[name=stage_control] input",
            run: "click",
        },
        {
            content: "strict",
            trigger: ".o_select_menu_item:contains(Strict)",
            run: "click",
        },
        ...addStage("Tour ask", "Tour first"),
        ...addStage("Tour check", "Tour second"),
        {
            content: "switch the type on",
            trigger: ".o_field_widget[name=active] input",
            run: "click",
        },
        ...stepUtils.saveForm(),
    ],
});

registry.category("web_tour.tours").add("paydox_funnel_strict_deal", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open CRM",
            trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
            run: "click",
        },
        {
            content: "open the deal",
            trigger: ".o_kanban_record:contains(Tour rent of a hall)",
            run: "click",
        },
        {
            content: "the deal says what the next stage asks for",
            trigger: "div[name=next_stage_missing]:contains(Tour check)",
        },
        {
            content: "try to go on all the same",
            trigger: ".o_statusbar_status button:contains(Tour check)",
            run: "click",
        },
        {
            content: "the deal is stopped, and what is missing is named",
            trigger: ".o_paydox_stage_refused [role=alert]:contains(Tour check)",
        },
        {
            content: "the message leads to where it is added",
            trigger: "[data-paydox='stage-refused-link']",
        },
        {
            content: "close the message",
            trigger: ".o_paydox_stage_refused footer button, .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "enter what is missing",
            trigger: ".o_field_widget[name=expected_revenue] input",
            run: "edit 500",
        },
        ...stepUtils.saveForm(),
        {
            content: "with it the deal goes on",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Tour check)",
        },
    ],
});
