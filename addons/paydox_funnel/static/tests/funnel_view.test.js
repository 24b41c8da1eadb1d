import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryFirst, waitFor } from "@odoo/hoot-dom";
import { animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    makeServerError,
    mockService,
    models,
    mountView,
    onRpc,
    toggleMenuItem,
    toggleSearchBarMenu,
} from "@web/../tests/web_test_helpers";
import { parseXML } from "@web/core/utils/xml";
import { FunnelArchParser } from "@paydox_funnel/views/funnel/funnel_arch_parser";

class Lead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    create_date = fields.Datetime();
    user_id = fields.Many2one({ relation: "res.users", string: "Salesperson" });
    priority = fields.Char({ string: "Priority" });

    _views = {
        funnel: `<funnel/>`,
        search: `
            <search>
                <filter name="high" string="High" domain="[('priority', '=', '3')]"/>
                <separator/>
                <filter name="created" string="Created" date="create_date" default_period="year"/>
                <filter name="by_user" string="By user" context="{'group_by': 'user_id'}"/>
                <filter name="by_priority" string="By priority" context="{'group_by': 'priority'}"/>
            </search>`,
    };
}

defineMailModels();
defineModels([Lead]);

const BAD_NAME = `<img src=x onerror="alert(1)">Offer`;

function makeLayer(id, name, values = {}) {
    return {
        status_id: id,
        name,
        sequence: id * 10,
        color: 0,
        outcome: "open",
        count: 0,
        amount: 0,
        reached: 0,
        stage_conversion: null,
        funnel_conversion: null,
        lost_here: 0,
        median_days: null,
        bottleneck: false,
        breakdown: [],
        domain: [["status", "=", id]],
        reached_domain: [["reached", ">=", id]],
        lost_domain: [["lost_at", "=", id]],
        ...values,
    };
}

function makeFunnel(values = {}) {
    return {
        mode: "cohort",
        date_from: "2026-01-01",
        date_to: "2026-12-31",
        moment: null,
        cohort: 100,
        amount: 3000,
        domain: [["cohort", "=", true]],
        currency: "EUR",
        currency_id: false,
        generated_at: "2026-11-21 10:00:00",
        layers: [
            makeLayer(1, "New", { count: 20, amount: 2000, reached: 100, stage_conversion: 0.5 }),
            makeLayer(2, BAD_NAME, {
                count: 30,
                amount: 12500,
                reached: 50,
                stage_conversion: 0.04,
                bottleneck: true,
                lost_here: 18,
                median_days: 6.5,
                breakdown: [
                    { key: 7, name: "<b>Ann</b>", count: 20, amount: 10000 },
                    { key: false, name: "Not set", count: 10, amount: 2500 },
                ],
            }),
            makeLayer(3, "Won", { count: 2, amount: 900, reached: 2, outcome: "won" }),
        ],
        won: { count: 2, amount: 900, domain: [["won", "=", true]] },
        lost: { count: 18, amount: 700, domain: [["lost", "=", true]] },
        no_status: { count: 0, amount: 0, domain: [["id", "in", []]] },
        totals: { win_rate: 0.1, median_cycle_days: 43.5 },
        ...values,
    };
}

function makeSnapshot() {
    const layers = makeFunnel().layers.map((layer) => ({
        ...layer,
        reached: null,
        stage_conversion: null,
        lost_here: null,
        bottleneck: false,
    }));
    return makeFunnel({ mode: "snapshot", date_from: null, date_to: null, cohort: 50, layers });
}

/** Records what is opened instead of opening it. */
function watchActions() {
    mockService("action", {
        loadAction: (xmlId) => {
            expect.step(xmlId);
            return { type: "ir.actions.act_window", res_model: "crm.lead", views: [[1, "list"]] };
        },
        doAction: ({ domain, name, context, views }) => {
            expect(context.active_test).toBe(false);
            expect(views).toEqual([[1, "list"]]);
            expect.step(`${name} ${JSON.stringify(domain)}`);
        },
    });
}

/** Shows the view and waits for its first numbers. */
async function mountFunnel(params = {}) {
    await mountView({ type: "funnel", resModel: "crm.lead", ...params });
    await waitFor(".o_funnel_renderer[aria-busy=false]");
}

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
    expect("[data-paydox=funnel-caption]").toHaveText(/created in the period.*01\/01\/2026 – 12\/31\/2026/);
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
    await contains("[data-paydox=funnel-tile-won] button").click();

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
    await mountFunnel();

    expect(".o_nocontent_help").toHaveText(/No deals were created in this period/);
    expect(".o_nocontent_help").toHaveText(/01\/01\/2026 – 12\/31\/2026/);
    expect(".o_funnel_svg").toHaveCount(0);
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
