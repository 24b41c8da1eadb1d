import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { getDefaultConfig } from "@web/views/view";
import { PaydoxDashboard } from "@paydox_funnel/dashboard/dashboard";

defineMailModels();

function makeDashboard(values = {}) {
    const tile = (code, name, count, amount = null) => ({
        code,
        name,
        help: "",
        count,
        amount,
        domain: [["tile", "=", code]],
        action: "some.action",
    });
    return {
        department_id: false,
        generated_at: "2026-11-21 10:00:00",
        departments: [
            { id: 1, name: "<b>East</b>" },
            { id: 2, name: "West" },
        ],
        tiles: [tile("deals", "Open deals", 7, 1500), tile("deals_late", "Closing overdue", 2)],
        funnel: {
            currency: "EUR",
            currency_id: false,
            layers: [
                {
                    status_id: 5,
                    name: "New",
                    outcome: "open",
                    count: 7,
                    amount: 1500,
                    domain: [["at", "=", 5]],
                },
                { status_id: 6, name: "Won", outcome: "won", count: 0, amount: 0, domain: [] },
            ],
        },
        rows: [
            {
                department_id: 1,
                name: "<b>East</b>",
                parents: "Sales",
                cells: [
                    { code: "deals", count: 7, domain: [["cell", "=", 1]] },
                    { code: "deals_late", count: 2, domain: [["cell", "=", 2]] },
                ],
            },
        ],
        rows_left_out: 0,
        ...values,
    };
}

async function mountDashboard() {
    await mountWithCleanup(PaydoxDashboard, {
        env: await makeMockEnv({ config: getDefaultConfig() }),
        props: { action: {}, actionId: 1, className: "" },
    });
    await animationFrame();
}

test("every number opens exactly its records", async () => {
    onRpc("paydox.dashboard", "get_dashboard", () => makeDashboard());
    mockService("action", {
        loadAction: (xmlId) => ({
            xmlId,
            type: "ir.actions.act_window",
            context: { search_default_x: 1 },
        }),
        doAction: ({ domain, name, context }) => {
            expect(context).toEqual({ active_test: false, create: false });
            expect.step(`${name} ${JSON.stringify(domain)}`);
        },
    });
    await mountDashboard();

    await contains("[data-paydox=dashboard-deals]").click();
    await contains("[data-paydox=dashboard-layer-5]").click();
    await contains("[data-paydox=dashboard-deals_late-1]").click();

    expect.verifySteps([
        `Open deals [["tile","=","deals"]]`,
        `Funnel: in “New” [["at","=",5]]`,
        `Closing overdue: <b>East</b> [["cell","=",2]]`,
    ]);
});

test("what is overdue is marked not by colour alone, and HTML in names is text", async () => {
    onRpc("paydox.dashboard", "get_dashboard", () => makeDashboard());
    await mountDashboard();

    expect("[data-paydox=dashboard-deals_late] .fa-exclamation-triangle").toHaveCount(1);
    expect("[data-paydox=dashboard-deals] .fa-exclamation-triangle").toHaveCount(0);
    expect(".o_paydox_dashboard th b").toHaveCount(0);
    expect(queryAllTexts("[data-paydox=dashboard-departments] tbody th")).toEqual([
        "Sales / <b>East</b>",
    ]);
    expect("[data-paydox=dashboard-funnel] tbody tr").toHaveCount(1);
});

test("departments that have no row are told", async () => {
    onRpc("paydox.dashboard", "get_dashboard", () => makeDashboard());
    await mountDashboard();
    expect("[data-paydox=dashboard-left-out]").toHaveCount(0);

    onRpc("paydox.dashboard", "get_dashboard", () => makeDashboard({ rows_left_out: 12 }));
    await contains("[data-paydox=dashboard-department]").select("2");
    await animationFrame();

    expect("[data-paydox=dashboard-left-out]").toHaveText(/^12 more departments/);
});

test("a department is asked for, and what changes changes the numbers by itself", async () => {
    let count = 7;
    let onMoved = null;
    mockService("bus_service", {
        subscribe: (type, callback) => {
            onMoved = type === "paydox_funnel/moved" ? callback : onMoved;
        },
    });
    onRpc("paydox.dashboard", "get_dashboard", ({ args }) => {
        expect.step(String(args[0]));
        const data = makeDashboard();
        data.tiles[0].count = count;
        return data;
    });
    await mountDashboard();
    await contains("[data-paydox=dashboard-department]").select("2");
    await animationFrame();
    expect.verifySteps(["false", "2"]);

    count = 8;
    onMoved();
    onMoved();
    await advanceTime(3000);
    await animationFrame();

    expect.verifySteps(["2"]);
    expect("[data-paydox=dashboard-deals] .o_paydox_dashboard_count").toHaveText("8");
});

test("an error is told, and the numbers come when it is tried again", async () => {
    let isBroken = true;
    onRpc("paydox.dashboard", "get_dashboard", () => {
        if (isBroken) {
            throw new Error("no");
        }
        return makeDashboard();
    });
    await mountDashboard();
    expect(".o_paydox_dashboard [role=alert]").toHaveCount(1);

    isBroken = false;
    await contains("[data-paydox=dashboard-retry]").click();
    await animationFrame();

    expect(".o_paydox_dashboard [role=alert]").toHaveCount(0);
    expect(".o_paydox_dashboard_tile").toHaveCount(2);
});
