import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const row = (name) => `tr[data-person="${name}"]`;
const total = (name, count) => `${row(name)} [data-paydox=workload-total]:contains(/^${count}$/)`;
const card = (name) => `.o_workload_card[data-name="${name}"]`;

registry.category("web_tour.tours").add("paydox_edms_workload", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the documents",
            trigger: ".o_app[data-menu-xmlid='paydox_edms.paydox_edms_menu_root']",
            run: "click",
        },
        {
            content: "open the instructions",
            trigger: "[data-menu-xmlid='paydox_edms.paydox_instruction_menu_root']",
            run: "click",
        },
        {
            content: "open the load",
            trigger: "[data-menu-xmlid='paydox_edms.paydox_instruction_menu_workload']",
            run: "click",
        },
        {
            content: "the people of the department are there, with nothing this week",
            trigger: total("Bob", 0),
        },
        {
            content: "go to the next week",
            trigger: "[data-paydox=workload-later]",
            run: "click",
        },
        {
            content: "Ann has fourteen",
            trigger: total("Ann", 14),
        },
        {
            content: "her Wednesday is marked as an overload",
            trigger: `${row("Ann")} .o_workload_over [aria-label=Overload]`,
        },
        {
            content: "drag the first one to Bob",
            trigger: card("Visit 1"),
            run: `drag_and_drop(${row("Bob")} td:nth-of-type(3))`,
        },
        {
            content: "Bob has four",
            trigger: total("Bob", 4),
        },
        {
            content: "drag the second one to Bob, to another day",
            trigger: card("Visit 2"),
            run: `drag_and_drop(${row("Bob")} td:nth-of-type(4))`,
        },
        {
            content: "Bob has five",
            trigger: total("Bob", 5),
        },
        {
            content: "Ann has twelve",
            trigger: total("Ann", 12),
        },
        {
            content: "the third one is moved without dragging",
            trigger: `${card("Visit 3")} .o_workload_move`,
            run: "click",
        },
        {
            content: "the window asks for day and person; change nothing",
            trigger: ".modal button[special=cancel], .modal .btn-secondary",
            run: "click",
        },
        {
            content: "the load is there again",
            trigger: `body:not(:has(.modal)) ${total("Ann", 12)}`,
        },
    ],
});
