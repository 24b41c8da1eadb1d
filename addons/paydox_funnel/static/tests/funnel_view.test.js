import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { contains, defineModels, onRpc } from "@web/../tests/web_test_helpers";
import { parseXML } from "@web/core/utils/xml";
import { FunnelArchParser } from "@paydox_funnel/views/funnel/funnel_arch_parser";
import {
    BAD_NAME,
    Lead,
    makeFunnel,
    makeLayer,
    makeSnapshot,
    mountFunnel,
    watchActions,
} from "./funnel_test_helpers";

defineMailModels();
defineModels([Lead]);

describe.current.tags("desktop");

beforeEach(() => {
    mockDate("2026-11-21 12:00:00");
    onRpc("paydox.funnel", "get_funnel", ({ kwargs }) =>
        kwargs.mode === "snapshot" ? makeSnapshot() : makeFunnel()
    );
});

test("shows layers, numbers, conversions and what is counted over which period", async () => {
    await mountFunnel();

    expect(".o_funnel_layer").toHaveCount(3);
    expect(queryAllTexts(".o_funnel_count")).toEqual(["20", "30", "2"]);
    expect(queryAllTexts(".o_funnel_reached")).toEqual(["100 reached", "50 reached", "2 reached"]);
    expect(queryAllTexts(".o_funnel_conversion")).toEqual(["↓ 50%", "⚠ 4% bottleneck"]);
    expect("[data-paydox=funnel-caption]").toHaveText(
        /created in the period.*01\/01\/2026 – 12\/31\/2026/
    );
    expect("[data-paydox=funnel-tile-cohort]").toHaveText(/100/);
    expect("[data-paydox=funnel-tile-win_rate]").toHaveText(/10%/);
    expect("[data-paydox=funnel-tile-cycle]").toHaveText(/43\.5/);
    expect(queryAllTexts(".o_funnel_board tbody tr:eq(1) td")).toEqual([
        "30",
        "12.5k EUR",
        "50",
        "4%",
        "–",
        "18",
        "6.5",
    ]);
});

test("a period in the past is shown as it stood on its last day", async () => {
    onRpc("paydox.funnel", "get_funnel", () => makeFunnel({ moment: "2027-01-01 00:00:00" }));
    await mountFunnel();

    expect(".o_funnel_caption").toHaveText(/as of the end of 12\/31\/2026/);
});

test("names the bottleneck in a sentence and marks it not by colour alone", async () => {
    await mountFunnel();

    expect("[data-paydox=funnel-verdict]").toHaveText(
        `Bottleneck: Only 4% of the deals that reached “${BAD_NAME}” went on to “Won”.`
    );
    expect(".o_funnel_verdict .fa-exclamation-triangle").toHaveCount(1);
    expect(".o_funnel_connector.o_funnel_bad").toHaveCount(1);
    expect(".o_funnel_row_bad [aria-label=Bottleneck]").toHaveCount(1);
});

test("HTML in names is text", async () => {
    await mountFunnel({ groupBy: ["user_id"] });

    expect(".o_funnel_renderer img, .o_funnel_legend b").toHaveCount(0);
    expect(".o_funnel_name_text:eq(1)").toHaveText(BAD_NAME);
    expect(".o_funnel_legend_item:contains(<b>Ann</b>)").toHaveCount(1);
});

test("every number opens exactly its deals", async () => {
    watchActions();
    await mountFunnel();

    await contains("[data-paydox=funnel-layer-1]").click();
    await contains("[data-paydox=funnel-reached-1]").click();
    await contains("[data-paydox=funnel-lost-2]").click();
    await contains("[data-paydox=funnel-tile-won] .o_funnel_tile_value").click();
    await contains("[data-paydox=funnel-tile-lost] .o_funnel_tile_note").click();
    await contains("[data-paydox=funnel-tile-win_rate] button").click();
    await contains("[data-paydox=funnel-tile-velocity] button").click();
    await contains("[data-paydox=funnel-tile-cycle] button").click();
    await contains("[data-paydox=funnel-days-2]").click();
    await contains("[data-paydox=funnel-conversion-1]").click();

    const action = "paydox_funnel.crm_lead_action_funnel_deals";
    expect.verifySteps([
        action,
        `Funnel: in “New” [["status","=",1]]`,
        action,
        `Funnel: reached “New” [["reached",">=",1]]`,
        action,
        `Funnel: lost at “${BAD_NAME}” [["lost_at","=",2]]`,
        action,
        `Funnel: Won [["won","=",true]]`,
        action,
        `Funnel: Lost [["lost","=",true]]`,
        action,
        `Funnel: Win rate [["closed","=",true]]`,
        action,
        `Funnel: Velocity [["running","=",true]]`,
        action,
        `Funnel: Median cycle [["cycle","=",true]]`,
        action,
        `Funnel: ever in “${BAD_NAME}” [["ever","=",2]]`,
        action,
        `Funnel: reached “${BAD_NAME}” [["reached",">=",2]]`,
    ]);
});

test("layers are reached and opened by keyboard", async () => {
    watchActions();
    await mountFunnel();
    const layer = queryFirst("[data-paydox=funnel-layer-3]");

    expect(layer).toHaveAttribute("tabindex", "0");
    expect(layer).toHaveAttribute("role", "button");
    expect(layer).toHaveAttribute(
        "aria-label",
        "Won: 2 deals are here now, 2 reached it. Show those here now."
    );
    layer.focus();
    await press("Enter");
    await animationFrame();

    expect.verifySteps([
        "paydox_funnel.crm_lead_action_funnel_deals",
        `Funnel: in “Won” [["status","=",3]]`,
    ]);
});

test("the picture has a title and a description for those who do not see it", async () => {
    await mountFunnel();
    const svg = queryFirst(".o_funnel_svg");
    const [titleId, descId] = svg.getAttribute("aria-labelledby").split(" ");

    expect(svg.querySelector(`#${titleId}`).textContent).toMatch(/Deals created in the period/);
    expect(svg.querySelector(`#${descId}`).textContent).toMatch(/New: 20 deals are here now/);
});

test("deals outside the statuses are not hidden", async () => {
    watchActions();
    const no_status = { count: 4, amount: 0, domain: [["deal_status_id", "=", false]] };
    onRpc("paydox.funnel", "get_funnel", () => makeFunnel({ no_status }));
    await mountFunnel();

    expect("[data-paydox=funnel-outside]").toHaveText(
        "4 more deals are in no status of the funnel."
    );
    await contains("[data-paydox=funnel-outside]").click();

    expect.verifySteps([
        "paydox_funnel.crm_lead_action_funnel_deals",
        `Funnel: outside the statuses [["deal_status_id","=",false]]`,
    ]);
});

test("sixty statuses are drawn, long names are cut with the whole in the tooltip", async () => {
    const name = "Very long name ".repeat(14);
    const layers = [...Array(60).keys()].map((id) =>
        makeLayer(id + 1, name, { count: 1, reached: 60 - id })
    );
    onRpc("paydox.funnel", "get_funnel", () => makeFunnel({ layers }));
    await mountFunnel();

    expect(".o_funnel_layer").toHaveCount(60);
    expect(".o_funnel_name_text:first").toHaveAttribute("title", name);
    const content = queryFirst(".o_content");
    expect(content.scrollWidth).toBe(content.clientWidth);
});

test("exports can be switched off by the arch", async () => {
    await mountFunnel();
    expect("[data-paydox=funnel-export-pdf]").toHaveCount(1);
    expect("[data-paydox=funnel-export-xlsx]").toHaveCount(1);

    expect(new FunnelArchParser().parse(parseXML(`<funnel export="0"/>`)).exportable).toBe(false);
    expect(() => new FunnelArchParser().parse(parseXML(`<funnel mode="x"/>`))).toThrow(/mode/);
});
