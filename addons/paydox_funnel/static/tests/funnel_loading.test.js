import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { after, beforeEach, describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, waitFor } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    mockService,
    makeServerError,
    mountView,
    onRpc,
    toggleMenuItem,
    toggleSearchBarMenu,
} from "@web/../tests/web_test_helpers";
import { Lead, makeFunnel, makeLayer, makeSnapshot, mountFunnel } from "./funnel_test_helpers";

defineMailModels();
defineModels([Lead]);

describe.current.tags("desktop");

beforeEach(() => {
    mockDate("2026-11-21 12:00:00");
    onRpc("paydox.funnel", "get_funnel", ({ kwargs }) =>
        kwargs.mode === "snapshot" ? makeSnapshot() : makeFunnel()
    );
});

test("mode switch asks for the open deals and says so", async () => {
    onRpc("paydox.funnel", "get_funnel", ({ kwargs }) => {
        expect.step(kwargs.mode);
    });
    await mountFunnel();

    await contains("[data-paydox=funnel-mode-snapshot]").click();

    expect.verifySteps(["cohort", "snapshot"]);
    expect("[data-paydox=funnel-mode-snapshot]").toHaveAttribute("aria-pressed", "true");
    expect("[data-paydox=funnel-caption]").toHaveText(
        "Open deals as they stand now, whenever they were created"
    );
    expect(".o_funnel_conversion").toHaveCount(0);
    expect("[data-paydox=funnel-verdict]").toHaveCount(0);
    expect("[data-paydox=funnel-tile-cohort]").toHaveText(/Open deals\n50/);
});

test("the arch and a favourite set the mode", async () => {
    onRpc("paydox.funnel", "get_funnel", ({ kwargs }) => {
        expect.step(kwargs.mode);
    });

    await mountFunnel({ arch: `<funnel mode="snapshot"/>` });
    await mountFunnel({ context: { funnel_mode: "snapshot" } });
    await mountFunnel({ context: { funnel_mode: "hostile" } });

    expect.verifySteps(["snapshot", "snapshot", "cohort"]);
});

test("search bar gives period, domain and breakdown", async () => {
    onRpc("paydox.funnel", "get_funnel", ({ kwargs }) => {
        const { domain, date_from, date_to, breakdown } = kwargs;
        expect.step(JSON.stringify([domain, date_from, date_to, breakdown]));
    });
    await mountFunnel({ context: { search_default_created: 1 } });

    await toggleSearchBarMenu();
    await toggleMenuItem("High");
    await toggleMenuItem("By user");

    expect.verifySteps([
        `[[],"2026-01-01","2026-12-31",null]`,
        `[[["priority","=","3"]],"2026-01-01","2026-12-31",null]`,
        `[[["priority","=","3"]],"2026-01-01","2026-12-31","user_id"]`,
    ]);
    expect(".o_funnel_inner").toHaveCount(4);
    expect(queryAllTexts(".o_funnel_breakdown_table thead th")).toEqual([
        "Status",
        "<b>Ann</b>",
        "Not set",
    ]);
    expect(queryAllTexts(".o_funnel_breakdown_table tbody tr:eq(1) td")).toEqual([
        "20 10.0k EUR",
        "10 2.5k EUR",
    ]);
});

test("a grouping that the funnel cannot show is named, not obeyed", async () => {
    await mountFunnel({ groupBy: ["priority"] });

    expect(".o_funnel_caption").toHaveText(/cannot be broken down by Priority/);
    expect(".o_funnel_breakdown").toHaveCount(0);
});

test("a late answer to an old question is dropped", async () => {
    const late = new Deferred();
    let calls = 0;
    onRpc("paydox.funnel", "get_funnel", async ({ kwargs }) => {
        calls++;
        if (calls === 2) {
            await late;
        }
        return kwargs.mode === "snapshot" ? makeSnapshot() : makeFunnel({ cohort: calls });
    });
    await mountFunnel();

    await contains("[data-paydox=funnel-mode-snapshot]").click();
    expect(".o_funnel_layer").toHaveCount(3, { message: "the old picture stays meanwhile" });
    expect(".o_funnel_renderer").toHaveAttribute("aria-busy", "true");
    await contains("[data-paydox=funnel-mode-cohort]").click();
    late.resolve();
    await animationFrame();

    expect("[data-paydox=funnel-tile-cohort]").toHaveText(/Deals created\n3/);
    expect(".o_funnel_renderer").toHaveAttribute("aria-busy", "false");
});

test("before the first answer there is a placeholder", async () => {
    const answer = new Deferred();
    onRpc("paydox.funnel", "get_funnel", () => answer);
    await mountView({ type: "funnel", resModel: "crm.lead" });

    expect(".o_funnel_loading[role=status]").toHaveCount(1);
    answer.resolve(makeFunnel());
    await waitFor(".o_funnel_renderer[aria-busy=false]");

    expect(".o_funnel_loading").toHaveCount(0);
    expect(".o_funnel_layer").toHaveCount(3);
});

test("an error is told and can be retried", async () => {
    let isBroken = true;
    onRpc("paydox.funnel", "get_funnel", () => {
        if (isBroken) {
            throw makeServerError({ message: "The period ends before it starts." });
        }
    });
    await mountFunnel();

    expect(".o_funnel_renderer .alert").toHaveText(/The period ends before it starts\./);
    isBroken = false;
    await contains("[data-paydox=funnel-retry]").click();

    expect(".o_funnel_renderer .alert").toHaveCount(0);
    expect(".o_funnel_layer").toHaveCount(3);
});

test("no deals: helpful words instead of an empty picture", async () => {
    const layers = [makeLayer(1, "New"), makeLayer(2, "Won")];
    onRpc("paydox.funnel", "get_funnel", () => makeFunnel({ cohort: 0, layers }));
    await mountFunnel({ context: { search_default_created: 1 } });

    expect(".o_nocontent_help").toHaveText(/No deals were created in this period/);
    expect(".o_nocontent_help").toHaveText(/01\/01\/2026 – 12\/31\/2026/);
    expect(".o_funnel_svg").toHaveCount(0);
});

test("deals that move refresh the picture once and without flicker", async () => {
    const answer = new Deferred();
    let isMoved = false;
    let onMoved = null;
    mockService("bus_service", {
        subscribe: (type, callback) => {
            onMoved = type === "paydox_funnel/moved" ? callback : onMoved;
        },
    });
    onRpc("paydox.funnel", "get_funnel", async () => {
        expect.step("get_funnel");
        if (isMoved) {
            await answer;
            return makeFunnel({ cohort: 123 });
        }
    });
    await mountFunnel();
    expect.verifySteps(["get_funnel"]);

    isMoved = true;
    for (let move = 0; move < 3; move++) {
        onMoved();
    }
    await advanceTime(5000);

    expect.verifySteps(["get_funnel"]);
    expect(".o_funnel_renderer").toHaveAttribute("aria-busy", "false");
    expect("[data-paydox=funnel-tile-cohort]").toHaveText(/100/);
    answer.resolve();
    await animationFrame();
    expect("[data-paydox=funnel-tile-cohort]").toHaveText(/123/);
});

test("funnels stand side by side, each with its own deals", async () => {
    onRpc("paydox.funnel", "get_comparison", ({ kwargs }) => {
        expect.step(`${kwargs.by} ${JSON.stringify(kwargs.keys)}`);
        const keys = kwargs.keys || [1, 2];
        return {
            by: kwargs.by,
            sides: keys.map((key) => ({
                key,
                name: `<b>${key}</b>`,
                funnel: makeFunnel({ cohort: key }),
            })),
            choices: [1, 2, 3].map((key) => ({ key, name: `<b>${key}</b>`, count: 10 - key })),
        };
    });
    await mountFunnel();

    await contains("[data-paydox=funnel-compare]").click();
    await contains("[data-paydox=funnel-compare-user_id]").click();
    await waitFor("[data-paydox=funnel-comparison]");
    expect(".o_funnel_side").toHaveCount(2);
    expect(queryAllTexts(".o_funnel_side h4")).toEqual(["<b>1</b>", "<b>2</b>"]);

    await contains("[data-paydox=funnel-compare-choose]").click();
    await contains(".o_funnel_choices input:eq(2)").click();
    await waitFor(".o_funnel_side:eq(2)");

    expect.verifySteps(["user_id null", "user_id [1,2,3]"]);
});

test("reasons, trend and stuck deals come after the picture", async () => {
    const late = new Deferred();
    onRpc("paydox.funnel", "get_insights", async () => {
        await late;
        return {
            losses: [
                {
                    reason_id: 1,
                    name: "<i>Price</i>",
                    count: 18,
                    share: 1,
                    amount: 5,
                    domain: [],
                    layers: [{ status_id: 1, count: 18, domain: [] }],
                },
            ],
            trend: [],
            trend_step: "month",
            stuck: [{ status_id: 1, name: "New", norm_days: 6, count: 2, domain: [] }],
        };
    });
    await mountFunnel();
    expect("[data-paydox=funnel-losses]").toHaveCount(0);

    late.resolve();
    await waitFor("[data-paydox=funnel-losses]");

    expect("[data-paydox=funnel-losses] tbody th").toHaveText("<i>Price</i>");
    expect("[data-paydox=funnel-stuck]").toHaveText(/2 in “New” longer than 6/);
});

test("on a wall screen the funnel stands alone and Escape ends it", async () => {
    await mountFunnel();

    await contains("[data-paydox=funnel-wall]").click();
    expect(".o_funnel_wall").toHaveCount(1);
    expect(".o_control_panel").toHaveCount(0);
    // Odoo's hotkeys keep Escape to themselves.
    const keep = (ev) => ev.stopPropagation();
    document.addEventListener("keydown", keep);
    after(() => document.removeEventListener("keydown", keep));
    await press("Escape");
    await animationFrame();
    expect(".o_funnel_wall").toHaveCount(0);

    await contains("[data-paydox=funnel-wall]").click();
    await contains("[data-paydox=funnel-wall-exit]").click();
    expect(".o_funnel_wall").toHaveCount(0);
    expect(".o_control_panel").toHaveCount(1);
});
