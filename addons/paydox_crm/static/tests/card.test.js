import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { Deferred, animationFrame } from "@odoo/hoot-mock";
import {
    clickSave,
    contains,
    makeMockServer,
    makeServerError,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

defineMailModels();

describe.current.tags("desktop");

const ARCH = `
    <form>
        <div name="button_box">
            <button name="action_work" type="object" class="oe_stat_button">
                <widget name="paydox_card_number" options="{'name': 'card_work_count'}"/>
            </button>
            <button name="action_papers" type="object" class="oe_stat_button">
                <widget name="paydox_card_number" options="{'name': 'card_paper_count'}"/>
            </button>
        </div>
        <sheet>
            <widget name="paydox_card_context"/>
            <field name="name"/>
        </sheet>
    </form>`;
// the web client draws the buttons twice, for wide and narrow screens
const NUMBERS = ".o-form-buttonbox:first [data-number]";
let head;

beforeEach(() => {
    head = {
        numbers: { card_work_count: 3, card_paper_count: 0 },
        work: { last_contact: "Today: Hello", stage: false, next_step: false, has_work: true },
    };
    onRpc("res.partner", "get_card_head", ({ args }) => {
        expect.step(`head ${args[0]}`);
        return head;
    });
});

async function mountCard(names = ["Firm"]) {
    const { env } = await makeMockServer();
    const ids = names.map((name) => env["res.partner"].create({ name }));
    await mountView({
        type: "form",
        resModel: "res.partner",
        resId: ids[0],
        resIds: ids,
        arch: ARCH,
    });
    return ids;
}

test("the form does not wait for the numbers, and they are asked for once", async () => {
    const answer = new Deferred();
    onRpc("res.partner", "get_card_head", () => answer);
    const [id] = await mountCard();

    expect(".o_field_widget[name=name]").toHaveCount(1);
    expect(queryAllTexts(NUMBERS)).toEqual(["…", "…"]);
    expect("[data-number=card_work_count]").toHaveAttribute("aria-busy", "true");

    answer.resolve(head);
    await animationFrame();

    expect(queryAllTexts(NUMBERS)).toEqual(["3", "0"]);
    expect("[data-work=last_contact]").toHaveText(/Today: Hello/);
    expect("[data-paydox=no_next_step]").toHaveCount(1);
    expect(id).toBeGreaterThan(0);
});

test("numbers are fresh after saving", async () => {
    const [id] = await mountCard();
    await animationFrame();
    expect(queryAllTexts(NUMBERS)).toEqual(["3", "0"]);
    await contains(".o_field_widget[name=name] input").edit("Firm 2");
    expect.verifySteps([`head ${id}`]);

    head = { ...head, numbers: { card_work_count: 4, card_paper_count: 1 } };
    await clickSave();
    await animationFrame();

    expect(queryAllTexts(NUMBERS)).toEqual(["4", "1"]);
    expect.verifySteps([`head ${id}`]);
});

test("the next card never shows the numbers of the one before", async () => {
    const ids = await mountCard(["A", "B"]);
    await animationFrame();
    const answer = new Deferred();
    onRpc("res.partner", "get_card_head", () => answer);

    await contains(".o_pager_next").click();
    expect(queryAllTexts(NUMBERS)).toEqual(["…", "…"]);
    answer.resolve({ ...head, numbers: { card_work_count: 9, card_paper_count: 9 } });
    await animationFrame();

    expect(queryAllTexts(NUMBERS)).toEqual(["9", "9"]);
    expect.verifySteps([`head ${ids[0]}`]);
});

test("an error is told once, and the form stays", async () => {
    expect.errors(1);
    onRpc("res.partner", "get_card_head", () => {
        throw makeServerError({ message: "Not for you." });
    });
    await mountCard();
    await animationFrame();

    expect.verifyErrors([/Not for you/]);
    expect(queryAllTexts(NUMBERS)).toEqual(["…", "…"]);
    expect("[data-number=card_work_count]").toHaveAttribute("aria-busy", "false");
    expect(".o_field_widget[name=name]").toHaveCount(1);
});
