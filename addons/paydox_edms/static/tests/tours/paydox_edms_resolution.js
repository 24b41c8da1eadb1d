import { registry } from "@web/core/registry";

function choosePerson(field, name) {
    return [
        {
            content: `look for ${name}`,
            trigger: `.o_field_widget[name=${field}] input`,
            run: `edit ${name}`,
        },
        {
            content: `choose ${name}`,
            trigger: `.o-autocomplete--dropdown-item:contains(${name})`,
            run: "click",
        },
        {
            content: `${name} is chosen`,
            trigger: `.o_field_widget[name=${field}] input:value(${name})`,
        },
    ];
}

function addCoExecutor(name) {
    return [
        {
            content: "one more co-executor",
            trigger: ".o_field_widget[name=co_executor_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: `look for ${name}`,
            trigger:
                ".o_field_widget[name=co_executor_ids] .o_selected_row [name=user_id] input:value(/^$/)",
            run: `edit ${name}`,
        },
        {
            content: `choose ${name}`,
            trigger: `.o-autocomplete--dropdown-item:contains(${name})`,
            run: "click",
        },
    ];
}

function inState(state) {
    return {
        content: `it is ${state}`,
        trigger: `.o_arrow_button_current[data-value=${state}]`,
    };
}

const CONFIRM = {
    content: "confirm",
    trigger: ".modal button[name=action_confirm]",
    run: "click",
};

registry.category("web_tour.tours").add("paydox_edms_head_writes_a_resolution", {
    steps: () => [
        {
            content: "write a resolution on the letter",
            trigger: "button[data-paydox=new_instruction]",
            run: "click",
        },
        ...choosePerson("executor_id", "Worker"),
        {
            content: "say what is to be done",
            trigger: ".o_field_widget[name=name] input",
            run: "edit Prepare the answer",
        },
        ...choosePerson("controller_id", "Controller"),
        {
            content: "in five working days",
            trigger: ".o_field_widget[name=term_days] input",
            run: "edit 5",
        },
        {
            content: "others help",
            trigger: "a[name=co_executors]",
            run: "click",
        },
        ...addCoExecutor("Helper"),
        ...addCoExecutor("Chief"),
        {
            content: "give it",
            trigger: "button[name=action_assign]",
            run: "click",
        },
        inState("assigned"),
    ],
});

registry.category("web_tour.tours").add("paydox_edms_helper_reports", {
    steps: () => [
        {
            content: "open what waits for me",
            trigger: ".o_data_cell:contains(Prepare the answer)",
            run: "click",
        },
        {
            content: "report on my part",
            trigger: ".o_form_view button[name=action_open_part]",
            run: "click",
        },
        {
            content: "write what was done",
            trigger: ".modal .o_field_widget[name=report] .odoo-editor-editable",
            run: "editor The figures are there",
        },
        CONFIRM,
        {
            content: "nothing more waits for me",
            trigger: "body:not(:has(.modal)) .o_form_view:not(:has(button[name=action_open_part]))",
        },
    ],
});

registry.category("web_tour.tours").add("paydox_edms_responsible_reports", {
    steps: () => [
        {
            content: "open what waits for me",
            trigger: ".o_data_cell:contains(Prepare the answer)",
            run: "click",
        },
        {
            content: "report",
            trigger: ".o_form_view button[name=action_open_report]",
            run: "click",
        },
        {
            content: "write what was done, and why without the second helper",
            trigger: ".modal .o_field_widget[name=report] .odoo-editor-editable",
            run: "editor The answer is ready",
        },
        CONFIRM,
        inState("reported"),
    ],
});

registry.category("web_tour.tours").add("paydox_edms_controller_returns_the_report", {
    steps: () => [
        {
            content: "open the report",
            trigger: ".o_data_cell:contains(Prepare the answer)",
            run: "click",
        },
        {
            content: "return it",
            trigger: "button[name=action_open_return]",
            run: "click",
        },
        {
            content: "say what is missing",
            trigger: ".modal .o_field_widget[name=text] textarea",
            run: "edit The annex is missing",
        },
        CONFIRM,
        inState("in_progress"),
    ],
});

registry.category("web_tour.tours").add("paydox_edms_controller_accepts_the_report", {
    steps: () => [
        {
            content: "open the report",
            trigger: ".o_data_cell:contains(Prepare the answer)",
            run: "click",
        },
        {
            content: "accept it",
            trigger: ".o_form_view button[name=action_finish]",
            run: "click",
        },
        inState("done"),
    ],
});
