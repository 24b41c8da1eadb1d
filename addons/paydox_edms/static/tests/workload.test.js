import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryFirst, waitFor } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    makeServerError,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { parseXML } from "@web/core/utils/xml";
import { WorkloadArchParser } from "@paydox_edms/views/workload/workload_arch_parser";
import {
    findCard,
    getCellState,
    getHiddenCount,
    getMove,
    getTargetDay,
    shiftStart,
} from "@paydox_edms/views/workload/workload_utils";

class Instruction extends models.Model {
    _name = "paydox.instruction";
    _views = { search: "<search/>", workload: "<workload/>" };
}

defineMailModels();
defineModels([Instruction]);

describe.current.tags("desktop");

const DAYS = ["2026-11-23", "2026-11-24", "2026-11-25"];
const BAD_NAME = "<img src=x onerror=alert(1)>";

function makeCell(key, values = {}) {
    return {
        key,
        count: (values.cards || []).length,
        capacity: 2,
        is_off: false,
        is_absent: false,
        holiday: "",
        substitute: "",
        events: [],
        cards: [],
        domain: [["day", "=", key]],
        ...values,
    };
}

function makeCard(id, day, values = {}) {
    return {
        id,
        name: `Card ${id}`,
        kind: "task",
        priority: "0",
        deadline: `${day} 12:00:00`,
        day,
        is_late: false,
        ...values,
    };
}

function makeRow(user_id, name, cells, values = {}) {
    return {
        user_id,
        name,
        department: "Sales",
        total: cells.reduce((sum, cell) => sum + cell.count, 0),
        late: 0,
        late_domain: [["late", "=", user_id]],
        undated: 0,
        undated_domain: [["undated", "=", user_id]],
        domain: [["executor_id", "=", user_id]],
        cells,
        ...values,
    };
}

function makeData() {
    const [monday, tuesday, wednesday] = DAYS;
    return {
        scale: "day",
        start: monday,
        today: tuesday,
        limit: 2,
        hidden: 0,
        columns: DAYS.map((key) => ({
            key,
            date_from: key,
            date_to: key,
            is_today: key === tuesday,
        })),
        rows: [
            makeRow(
                7,
                "Ann",
                [
                    makeCell(monday, { cards: [1, 2, 3].map((id) => makeCard(id, monday)) }),
                    makeCell(tuesday, { is_absent: true, capacity: 0, substitute: "Bob" }),
                    makeCell(wednesday, { is_off: true, capacity: 0, holiday: "St. Andrew" }),
                ],
                { late: 4, undated: 5 }
            ),
            makeRow(8, "Bob", [
                makeCell(monday, { cards: [makeCard(4, monday, { name: BAD_NAME })], count: 9 }),
                makeCell(tuesday, { events: [{ id: 1, name: "Fair" }] }),
                makeCell(wednesday),
            ]),
        ],
    };
}

let data;

beforeEach(() => {
    mockDate("2026-11-24 12:00:00");
    data = makeData();
    onRpc("paydox.instruction", "get_workload", ({ kwargs }) => {
        expect.step(`load ${kwargs.scale} ${kwargs.start}`);
        return data;
    });
});

async function mountWorkload() {
    await mountView({ type: "workload", resModel: "paydox.instruction" });
    await waitFor(".o_workload_renderer[aria-busy=false]");
    expect.verifySteps(["load day false"]);
}

const cell = (user, day) => `.o_workload_cell[data-user="${user}"][data-column="${day}"]`;

test("a step goes by a week of days or six weeks", () => {
    expect(shiftStart("2026-11-23", "day", 1)).toBe("2026-11-30");
    expect(shiftStart("2026-11-23", "week", -1)).toBe("2026-10-12");
});

test("another week keeps the day of the week", () => {
    expect(getTargetDay("2026-11-25", "2026-11-30", "week")).toBe("2026-12-02");
    expect(getTargetDay("2026-11-25", "2026-11-24", "day")).toBe("2026-11-24");
});

test("a cell is over, full, absent, off or free", () => {
    const state = (values) => getCellState({ count: 0, capacity: 2, cards: [], ...values });
    expect(state({ count: 3 })).toBe("over");
    expect(state({ count: 1, capacity: 0, is_absent: true })).toBe("over");
    expect(state({ count: 2 })).toBe("full");
    expect(state({ capacity: 0, is_absent: true })).toBe("absent");
    expect(state({ capacity: 0, is_off: true })).toBe("off");
    expect(state({ count: 1 })).toBe("free");
    expect(getHiddenCount({ count: 9, cards: [1] })).toBe(8);
});

test("a drop changes what is different, and nothing else", () => {
    const card = makeCard(1, "2026-11-23");
    const from = { userId: 7, key: "2026-11-23" };
    expect(getMove(card, from, from, "day")).toBe(null);
    expect(getMove(card, from, { userId: 8, key: "2026-11-23" }, "day")).toEqual({ user_id: 8 });
    expect(getMove(card, from, { userId: 7, key: "2026-11-25" }, "day")).toEqual({
        day: "2026-11-25",
    });
});

test("a card is found where it is", () => {
    expect(findCard(makeData().rows, 4)).toMatchObject({ userId: 8, key: "2026-11-23" });
    expect(findCard(makeData().rows, 99)).toBe(null);
});

test("unknown scale is an error of the developer", () => {
    const parse = (arch) => new WorkloadArchParser().parse(parseXML(arch));
    expect(parse('<workload scale="week"/>').scale).toBe("week");
    expect(() => parse('<workload scale="year"/>')).toThrow(/day,week/);
});

test("shows people, numbers, overload, absence, holidays and all-day events", async () => {
    await mountWorkload();

    expect(queryAllTexts("[data-paydox=workload-total]")).toEqual(["3", "9"]);
    expect(`${cell(7, DAYS[0])}`).toHaveClass("o_workload_over");
    expect(`${cell(7, DAYS[0])} .o_workload_count`).toHaveText("3 / 2");
    expect(`${cell(7, DAYS[0])} [aria-label=Overload]`).toHaveCount(1);
    expect(`${cell(7, DAYS[1])} .o_workload_note`).toHaveText("Absent, substituted by Bob");
    expect(`${cell(7, DAYS[2])} .o_workload_note`).toHaveText("St. Andrew");
    expect(`${cell(8, DAYS[1])} .o_workload_event`).toHaveText("Fair");
    expect(`${cell(8, DAYS[0])}`).toHaveText(/8 more/);
    expect(".o_workload_head:first").toHaveAttribute(
        "aria-label",
        "Ann, 11/23/2026: 3 of 2, overload"
    );
});

test("HTML in names is text", async () => {
    await mountWorkload();

    expect(".o_workload_card img").toHaveCount(0);
    expect(".o_workload_card[data-id='4'] .o_workload_name").toHaveText(BAD_NAME);
});

test("every number opens what it counts, a card its record", async () => {
    mockService("action", {
        doAction: (action) => expect.step(JSON.stringify(action.domain || action.res_id)),
    });
    await mountWorkload();

    await contains(`${cell(7, DAYS[0])} .o_workload_count`).click();
    await contains("tr[data-person=Ann] button:contains(Overdue)").click();
    await contains("tr[data-person=Ann] button:contains(No term)").click();
    await contains(".o_workload_card[data-id='2']").click();
    queryFirst(".o_workload_card[data-id='3']").focus();
    await press("Enter");

    expect.verifySteps([
        '[["day","=","2026-11-23"]]',
        '[["late","=",7]]',
        '[["undated","=",7]]',
        "2",
        "3",
    ]);
});

test("a card dragged to another person and day is given to him with another term", async () => {
    onRpc("paydox.instruction", "action_plan", ({ args, kwargs }) => {
        const { day, user_id } = kwargs;
        expect.step(`plan ${args[0]} ${JSON.stringify({ day, user_id })}`);
        return true;
    });
    await mountWorkload();

    await contains(".o_workload_card[data-id='2']").dragAndDrop(cell(8, DAYS[2]));
    await animationFrame();

    expect.verifySteps(['plan 2 {"day":"2026-11-25","user_id":8}', "load day false"]);
});

test("a refusal is shown and the card is where it was", async () => {
    expect.errors(1);
    onRpc("paydox.instruction", "action_plan", () => {
        throw makeServerError({ message: "Only the author moves it." });
    });
    await mountWorkload();

    await contains(".o_workload_card[data-id='2']").dragAndDrop(cell(8, DAYS[0]));
    await animationFrame();

    expect.verifyErrors([/Only the author moves it/]);
    expect.verifySteps(["load day false"]);
    expect(`${cell(7, DAYS[0])} .o_workload_card[data-id='2']`).toHaveCount(1);
});

test("the keyboard moves a card by a window", async () => {
    onRpc("paydox.instruction", "action_open_plan", ({ args }) => {
        expect.step(`open plan ${args[0]}`);
        return { type: "ir.actions.act_window", res_model: "paydox.instruction.plan" };
    });
    mockService("action", { doAction: (action) => expect.step(action.res_model) });
    await mountWorkload();

    await contains(".o_workload_card[data-id='2'] .o_workload_move").focus();
    await press("Enter");
    await animationFrame();

    expect.verifySteps(["open plan 2", "paydox.instruction.plan"]);
});

test("weeks and other periods are asked for", async () => {
    await mountWorkload();

    await contains("[data-paydox=workload-scale-week]").click();
    await contains("[data-paydox=workload-later]").click();
    await contains("[data-paydox=workload-today]").click();

    expect.verifySteps(["load week false", "load week 2027-01-04", "load week false"]);
});

test("nobody to plan for is said", async () => {
    data.rows = [];
    await mountWorkload();

    expect(".o_view_nocontent").toHaveText(/Nobody to plan for/);
});

test("an error is shown with a way to try again", async () => {
    onRpc("paydox.instruction", "get_workload", () => {
        throw makeServerError({ message: "no" });
    });
    await mountView({ type: "workload", resModel: "paydox.instruction" });
    await animationFrame();

    expect(".alert-danger").toHaveText(/could not be computed. no/);
});
