import { registry } from "@web/core/registry";

const inDialog = (selector) => `.modal:not(.o_inactive_modal) ${selector}`;

const confirm = (name) => [
    {
        content: `confirm: ${name}`,
        trigger: inDialog(`button[data-paydox=${name}]:enabled`),
        run: "click",
    },
    { content: "the window is closed", trigger: "body:not(:has(.modal))" },
];

const row = (name) => `.o_field_widget[name=step_ids] .o_data_row:has(td:contains(${name}))`;

// The salesman starts a case by a template and does the first step.
registry.category("web_tour.tours").add("paydox_edms_salesman_runs_a_case", {
    steps: () => [
        {
            content: "the menu of cases",
            trigger: "[data-menu-xmlid='paydox_edms.paydox_case_menu']",
            run: "click",
        },
        {
            content: "start a case",
            trigger: "[data-menu-xmlid='paydox_edms.paydox_case_menu_start']",
            run: "click",
        },
        {
            content: "choose the template",
            trigger: inDialog(".o_field_widget[name=template_id] input"),
            run: "edit Tour order",
        },
        {
            content: "take it",
            trigger: ".o-autocomplete--dropdown-item:contains(Tour order)",
            run: "click",
        },
        {
            content: "its data form and its goal are there",
            trigger: inDialog(".o_field_widget[name=goal]:contains(The goods are delivered)"),
        },
        {
            content: "start",
            trigger: inDialog("button[data-paydox=case_start]:enabled"),
            run: "click",
        },
        { content: "the case stands at 0 of 3", trigger: "[data-paydox=progress]:contains(0/3)" },
        { content: "the next action is named", trigger: "[data-paydox=next]:contains(Offer)" },
        {
            content: "the first action is done",
            trigger: `${row("Offer")} button[name=action_done]`,
            run: "click",
        },
        { content: "1 of 3", trigger: "[data-paydox=progress]:contains(1/3)" },
        { content: "the next one is named", trigger: "[data-paydox=next]:contains(Contract)" },
    ],
});

// The head adds a step, leaves one out, saves the case as a template, and moves it to the new revision.
registry.category("web_tour.tours").add("paydox_edms_head_changes_a_case", {
    steps: () => [
        {
            content: "add a step",
            trigger: "button[data-paydox=add_step]",
            run: "click",
        },
        {
            content: "say what",
            trigger: inDialog(".o_field_widget[name=name] input"),
            run: "edit Ask the lawyer",
        },
        ...confirm("step_add"),
        { content: "it is in the list", trigger: row("Ask the lawyer") },
        {
            content: "leave the delivery out",
            trigger: `${row("Delivery")} button:has(.fa-step-forward)`,
            run: "click",
        },
        {
            content: "say why",
            trigger: inDialog(".o_field_widget[name=reason] textarea"),
            run: "edit The customer fetches it",
        },
        ...confirm("confirm"),
        {
            content: "it is left out, with the reason",
            trigger: `${row("Delivery")}:contains(The customer fetches it)`,
        },
        {
            content: "save as a template",
            trigger: "button[data-paydox=save_template]",
            run: "click",
        },
        {
            content: "the draft waits for who manages templates",
            trigger: ".o_notification:contains(is saved)",
        },
        {
            content: "move to the current revision",
            trigger: "button[data-paydox=migrate]",
            run: "click",
        },
        {
            content: "what happens to each step is shown first",
            trigger: inDialog(".o_data_row:contains(Payment):contains(New in revision 2)"),
        },
        ...confirm("migrate_confirm"),
        { content: "the new step is there", trigger: row("Payment") },
    ],
});
