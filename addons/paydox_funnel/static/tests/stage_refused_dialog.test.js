import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import {
    contains,
    makeDialogMockEnv,
    mockService,
    mountWithCleanup,
} from "@web/../tests/web_test_helpers";
import { StageRefusedDialog } from "@paydox_funnel/stage_refused_dialog/stage_refused_dialog";

defineMailModels();

test("what is missing is told without its links, and a link leaves the form without saving it", async () => {
    mockService("action", {
        doAction: (action, options) => expect.step([action, options.forceLeave]),
    });
    await mountWithCleanup(StageRefusedDialog, {
        env: await makeDialogMockEnv(),
        props: {
            close: () => expect.step("close"),
            data: {
                message: "Not yet: <b>contract</b>",
                context: { links: [{ label: "New document", action: "there" }] },
            },
        },
    });
    expect(".o_paydox_stage_refused p").toHaveText("Not yet: <b>contract</b>");

    await contains("[data-paydox=stage-refused-link]").click();

    expect.verifySteps(["close", ["there", true]]);
});
