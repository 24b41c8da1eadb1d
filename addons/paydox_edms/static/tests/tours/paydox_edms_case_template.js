import { registry } from "@web/core/registry";

const STEPS = ["Call", "Offer", "Contract", "Delivery", "Acceptance", "Payment"];

function choose(field, label) {
    return [
        {
            content: `open the choices of ${field}`,
            trigger: `.modal .o_field_widget[name=${field}] .o_select_menu_toggler`,
            run: "click",
        },
        {
            content: `choose ${label}`,
            trigger: `.o_select_menu_item:contains(${label})`,
            run: "click",
        },
    ];
}

function addStep(name, index) {
    const isLast = index === STEPS.length - 1;
    return [
        {
            content: `name the step ${name}`,
            trigger: ".modal .o_field_widget[name=name] input:value(/^$/)",
            run: `edit ${name}`,
        },
        ...(name === "Call" ? choose("kind", "Call") : []),
        {
            content: isLast ? "that was the last step" : "one more step",
            trigger: `.modal ${isLast ? ".o_form_button_save" : ".o_form_button_save_new"}`,
            run: "click",
        },
    ];
}

function openStep(name) {
    return {
        content: `open the step ${name}`,
        trigger: `.o_field_widget[name=step_ids] .o_data_row:contains(${name}) td[name=name]`,
        run: "click",
    };
}

const SAVE_STEP = {
    content: "take the step over",
    trigger: ".modal .o_form_button_save",
    run: "click",
};

const SAVE = [
    {
        content: "save the template",
        trigger: "body:not(:has(.modal)) .o_form_button_save",
        run: "click",
    },
    { content: "it is saved", trigger: ".o_form_saved" },
];

registry.category("web_tour.tours").add("paydox_edms_administrator_builds_a_template", {
    steps: () => [
        {
            content: "a new template",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "its name",
            trigger: ".o_field_widget[name=name] input",
            run: "edit Tour order",
        },
        {
            content: "its code",
            trigger: ".o_field_widget[name=code] input",
            run: "edit TOUR",
        },
        {
            content: "the form says that there is no step",
            trigger: ".alert-warning:contains(no step yet)",
        },
        {
            content: "the first step",
            trigger: ".o_field_widget[name=step_ids] .o_field_x2many_list_row_add a:contains(step)",
            run: "click",
        },
        ...STEPS.flatMap(addStep),
        {
            content: "nothing is missing now",
            trigger: "body:not(:has(.modal)) .alert-success:contains(Nothing is missing)",
        },
        {
            content: "the data form",
            trigger: ".o_notebook a[name=form]",
            run: "click",
        },
        {
            content: "a field",
            trigger:
                ".o_field_widget[name=field_ids] .o_field_x2many_list_row_add a:contains(field)",
            run: "click",
        },
        {
            content: "its label",
            trigger: ".o_field_widget[name=field_ids] .o_selected_row [name=name] input",
            run: "edit Delivery region",
        },
        {
            content: "back to the steps",
            trigger: ".o_notebook a[name=steps]",
            run: "click",
        },
        ...SAVE,
        openStep("Offer"),
        ...choose("start_rule", "After chosen steps"),
        {
            content: "look for a later step",
            trigger: ".modal .o_field_widget[name=predecessor_ids] input",
            run: "edit Delivery",
        },
        {
            content: "choose it by mistake",
            trigger: ".o-autocomplete--dropdown-item:contains(Delivery)",
            run: "click",
        },
        SAVE_STEP,
        {
            content: "the form names the circle at once",
            trigger:
                "body:not(:has(.modal)) .alert-warning:contains(Offer → Contract → Delivery → Offer)",
        },
        {
            content: "publish all the same",
            trigger: "button[name=action_publish]",
            run: "click",
        },
        {
            content: "it is refused, the steps are named",
            trigger: ".modal:contains(Offer → Contract → Delivery → Offer) .btn-primary",
            run: "click",
        },
        openStep("Offer"),
        ...choose("start_rule", "After the step before it"),
        SAVE_STEP,
        {
            content: "mended",
            trigger: "body:not(:has(.modal)) .alert-success:contains(Nothing is missing)",
        },
        {
            content: "look at the picture",
            trigger: ".o_notebook a[name=picture]",
            run: "click",
        },
        {
            content: "all steps are drawn",
            trigger: ".o_paydox_case_picture .o_paydox_case_step:contains(Payment)",
        },
        {
            content: "publish",
            trigger: "button[name=action_publish]",
            run: "click",
        },
        {
            content: "cases can be started by it",
            trigger: ".o_arrow_button_current[data-value=published]",
        },
    ],
});
