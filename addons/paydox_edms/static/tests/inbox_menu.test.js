import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, runAllTimers } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    makeServerError,
    mockService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";

import { InboxMenu } from "@paydox_edms/components/inbox_menu/inbox_menu";
import { INBOX_NOTIFICATION } from "@paydox_edms/services/inbox_service";

class ApprovalLine extends models.Model {
    _name = "paydox.approval.line";
}

defineMailModels();
defineModels([ApprovalLine]);

describe.current.tags("desktop");

const LINES = [
    {
        id: 1,
        name: "Pumps",
        kind: "approve",
        kind_label: "Approve",
        step: "Lawyer",
        deadline: "2026-11-20 12:00:00",
        is_late: true,
    },
    {
        id: 2,
        name: "Valves",
        kind: "sign",
        kind_label: "Sign",
        step: "Director",
        deadline: false,
        is_late: false,
    },
];
let summary;

beforeEach(() => {
    summary = { count: 2, late: 1, lines: LINES };
    onRpc("paydox.approval.line", "get_inbox_summary", () => summary);
});

async function mountMenu() {
    await mountWithCleanup(InboxMenu);
    await animationFrame();
}

test("counter shows the lines, red when one of them is late", async () => {
    await mountMenu();

    expect(".o_paydox_inbox_counter").toHaveText("2");
    expect(".o_paydox_inbox_counter").toHaveClass("text-bg-danger");
    expect(".o_paydox_inbox").toHaveAttribute("aria-label", "To decide: 2, late: 1");
});

test("nothing to decide has no badge and says so", async () => {
    summary = { count: 0, late: 0, lines: [] };
    await mountMenu();

    expect(".o_paydox_inbox_counter").toHaveCount(0);
    await contains(".o_paydox_inbox").click();
    expect(".o_paydox_inbox_menu").toHaveText(/Nothing waits for your decision/);
});

test("a long list is not counted to its end", async () => {
    summary = { count: 1000, late: 0, lines: LINES };
    await mountMenu();

    expect(".o_paydox_inbox_counter").toHaveText("999+");
});

test("agree from the menu, and the list is fresh", async () => {
    onRpc("paydox.approval.line", "action_agree", ({ args }) => {
        expect.step(`agree ${args[0]}`);
        summary = { count: 1, late: 0, lines: LINES.slice(1) };
        return true;
    });
    await mountMenu();
    await contains(".o_paydox_inbox").click();
    expect(queryAllTexts(".o_paydox_inbox_line button")).toEqual(["Agree", "Sign"]);

    await contains(".o_paydox_inbox_line:first button").click();
    await animationFrame();

    expect.verifySteps(["agree 1"]);
    expect(".o_paydox_inbox_counter").toHaveText("1");
    expect(".o_paydox_inbox_line").toHaveCount(1);
});

test("signing opens its window", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(action.res_model);
        },
    });
    onRpc("paydox.approval.line", "action_agree", () => ({
        type: "ir.actions.act_window",
        res_model: "paydox.approval.sign",
    }));
    await mountMenu();
    await contains(".o_paydox_inbox").click();

    await contains(".o_paydox_inbox_line:last button").click();
    await animationFrame();

    expect.verifySteps(["paydox.approval.sign"]);
});

test("somebody decided meanwhile: the message is shown and the list is fresh", async () => {
    expect.errors(1);
    onRpc("paydox.approval.line", "action_agree", () => {
        summary = { count: 1, late: 0, lines: LINES.slice(1) };
        throw makeServerError({ message: "Pumps no longer waits for your decision." });
    });
    await mountMenu();
    await contains(".o_paydox_inbox").click();

    await contains(".o_paydox_inbox_line:first button").click();
    await animationFrame();

    expect(".o_paydox_inbox_counter").toHaveText("1");
    expect.verifyErrors([/no longer waits/]);
});

test("a push asks for the list again, once for many changes", async () => {
    let push;
    mockService("bus_service", {
        subscribe(type, callback) {
            if (type === INBOX_NOTIFICATION) {
                push = callback;
            }
        },
    });
    await mountMenu();
    onRpc("paydox.approval.line", "get_inbox_summary", () => {
        expect.step("refresh");
        return { count: 3, late: 0, lines: LINES };
    });
    for (let index = 0; index < 3; index++) {
        push({});
    }
    await runAllTimers();
    await animationFrame();

    expect.verifySteps(["refresh"]);
    expect(".o_paydox_inbox_counter").toHaveText("3");
});

test("keyboard goes through lines and buttons", async () => {
    await mountMenu();
    await contains(".o_paydox_inbox").click();

    await press("ArrowDown");
    await animationFrame();
    expect(".o_paydox_inbox_line:first .o-dropdown-item").toBeFocused();
    await press("ArrowDown");
    await animationFrame();
    expect(".o_paydox_inbox_line:first button").toBeFocused();
});

test("an error of the counter disturbs nobody", async () => {
    onRpc("paydox.approval.line", "get_inbox_summary", () => {
        throw makeServerError({ message: "no" });
    });
    await mountMenu();

    expect(".o_paydox_inbox").toHaveCount(1);
    expect(".o_paydox_inbox_counter").toHaveCount(0);
});
