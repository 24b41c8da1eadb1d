import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, mockDate, runAllTimers } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    getService,
    mockService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { REMINDER_NOTIFICATION } from "@paydox_edms/services/reminder_service";

const MODEL = "paydox.instruction.reminder.sent";

class Sent extends models.Model {
    _name = MODEL;
}

defineMailModels();
defineModels([Sent]);

describe.current.tags("desktop");

const POPUP = {
    id: 1,
    instruction_id: 5,
    name: "Call the client",
    kind: "call",
    term: "2026-11-24 12:15:00",
    is_late: false,
    note: "Ask for the order",
};
let answer;

beforeEach(() => {
    mockDate("2026-11-24 12:00:00", 0);
    answer = { popups: [POPUP], next: false };
    onRpc(MODEL, "get_popups", () => answer);
    for (const method of ["action_close", "action_snooze"]) {
        onRpc(MODEL, method, ({ args }) => {
            expect.step(`${method} ${args.flat().join(" ")}`);
            return true;
        });
    }
});

async function start() {
    await mountWithCleanup(MainComponentsContainer);
    await getService("paydox_edms.reminder").refresh();
    await animationFrame();
}

test("what came while the user was away is shown, once", async () => {
    await start();
    await getService("paydox_edms.reminder").refresh();
    await animationFrame();

    expect(".o_paydox_reminder").toHaveCount(1);
    expect(".o_paydox_reminder").toHaveText(/Call the client/);
    expect(".o_paydox_reminder").toHaveText(/The term ends on .*12:15.*Ask for the order/);
});

test("snoozed for ten minutes it disappears and comes again", async () => {
    await start();

    answer = { popups: [], next: 600 };
    await contains(".o_paydox_reminder button:contains(10 min)").click();
    await getService("paydox_edms.reminder").refresh();
    await animationFrame();
    expect.verifySteps(["action_snooze 1 10"]);
    expect(".o_paydox_reminder").toHaveCount(0);

    answer = { popups: [POPUP], next: false };
    await advanceTime(600_000);
    await animationFrame();
    expect(".o_paydox_reminder").toHaveCount(1);
});

test("closing is an answer", async () => {
    await start();

    await contains(".o_paydox_reminder .o_notification_close").click();

    expect.verifySteps(["action_close 1"]);
});

test("opening shows the instruction", async () => {
    mockService("action", {
        doAction: ({ res_model, res_id }) => expect.step(`${res_model} ${res_id}`),
    });
    await start();

    await contains(".o_paydox_reminder button:contains(Open)").click();
    await animationFrame();

    expect.verifySteps(["action_close 1", "paydox.instruction 5"]);
});

test("closed in another window it disappears here without an answer", async () => {
    let push;
    mockService("bus_service", {
        subscribe(type, callback) {
            if (type === REMINDER_NOTIFICATION) {
                push = callback;
            }
        },
    });
    await start();

    answer = { popups: [], next: false };
    push({});
    await runAllTimers();
    await animationFrame();

    expect(".o_paydox_reminder").toHaveCount(0);
    expect.verifySteps([]);
});
