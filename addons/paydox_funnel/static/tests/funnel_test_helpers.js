import { expect } from "@odoo/hoot";
import { waitFor } from "@odoo/hoot-dom";
import { fields, mockService, models, mountView } from "@web/../tests/web_test_helpers";

export class Lead extends models.Model {
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

export const BAD_NAME = `<img src=x onerror="alert(1)">Offer`;

export function makeLayer(id, name, values = {}) {
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
        stay_domain: [["ever", "=", id]],
        ...values,
    };
}

export function makeFunnel(values = {}) {
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
        totals: {
            win_rate: 0.1,
            median_cycle_days: 43.5,
            velocity: 12,
        },
        domains: {
            win_rate: [["closed", "=", true]],
            median_cycle_days: [["cycle", "=", true]],
            velocity: [["running", "=", true]],
        },
        ...values,
    };
}

export function makeSnapshot() {
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
export function watchActions() {
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
export async function mountFunnel(params = {}) {
    await mountView({ type: "funnel", resModel: "crm.lead", ...params });
    await waitFor(".o_funnel_renderer[aria-busy=false]");
}
