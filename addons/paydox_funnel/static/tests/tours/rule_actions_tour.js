import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** In the dialog that lies on top. */
const top = (selector) => `.o_dialog:not(.o_inactive_modal) ${selector}`;

function fill(content, field, text) {
    return { content, trigger: top(`.o_field_widget[name=${field}] input`), run: `edit ${text}` };
}

function select(content, field, label) {
    return [
        { content, trigger: top(`.o_field_widget[name=${field}] input`), run: "click" },
        { content: label, trigger: `.o_select_menu_item:contains(${label})`, run: "click" },
    ];
}

function choose(content, field, name) {
    return [
        fill(content, field, name),
        {
            content: name,
            trigger: `.o-autocomplete--dropdown-item a:contains(${name})`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("paydox_funnel_rule_actions", {
    steps: () => [
        {
            content: "add a rule to the draft",
            trigger: ".o_field_widget[name=rule_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        fill("name the rule", "name", "Tour paid"),
        ...select("when", "event_name", "Deal created"),
        ...select("then", "action", "Set the status"),
        ...choose("the status", "status_id", "Tour paid status"),
        {
            content: "and then",
            trigger: top(
                ".o_field_widget[name=child_ids] .o_field_x2many_list_row_add a:contains(Add an action)"
            ),
            run: "click",
        },
        {
            content: "an action is asked for nothing but what it does",
            trigger:
                ".o_dialog:not(.o_inactive_modal):not(:has([name=event_name], [name=domain], [name=child_ids])) .modal-body",
        },
        ...select("a task", "action", "Schedule an activity"),
        ...choose("of this type", "activity_type_id", "To-Do"),
        fill("what is to be done", "activity_summary", "Tour ship"),
        {
            content: "keep the action",
            trigger: top(".o_form_button_save"),
            run: "click",
        },
        {
            content: "the rule names it",
            trigger: top(".o_field_widget[name=child_ids] .o_data_row:contains(Tour ship)"),
        },
        {
            content: "keep the rule",
            trigger: top(".o_form_button_save"),
            run: "click",
        },
        {
            content: "the list says in a sentence all that the rule does",
            trigger:
                ".o_field_widget[name=rule_ids] .o_data_row:contains(Tour paid status):contains(Tour ship)",
        },
        ...stepUtils.saveForm(),
    ],
});
