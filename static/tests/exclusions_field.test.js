import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Execution extends models.Model {
    _name = "crm.campaign.execution";

    exclusion_summary = fields.Json();

    _records = [
        {
            id: 1,
            exclusion_summary: [
                { reason: "archived", label: "Archived", count: 3 },
                { reason: "duplicate", label: "Duplicate Address", count: 12 },
            ],
        },
        { id: 2, exclusion_summary: [] },
    ];
    _views = {
        form: `<form><field name="exclusion_summary" widget="crm_campaign_exclusions"/></form>`,
    };
}

defineMailModels();
defineModels([Execution]);

test("each reason shows its figure, in the order of the checks", async () => {
    await mountView({ type: "form", resModel: "crm.campaign.execution", resId: 1 });

    expect(queryAllTexts(".o_crm_campaign_exclusions button")).toEqual([
        "− 3\nArchived",
        "− 12\nDuplicate Address",
    ]);
});

test("nobody left out shows nothing", async () => {
    await mountView({ type: "form", resModel: "crm.campaign.execution", resId: 2 });

    expect(".o_crm_campaign_exclusions button").toHaveCount(0);
});

test("a figure opens the list of its people", async () => {
    onRpc("crm.campaign.execution", "action_view_recipients", ({ args, kwargs }) => {
        expect.step(`${args[0]} ${kwargs.context.recipient_figure}`);
        return { type: "ir.actions.act_window_close" };
    });
    mockService("action", {
        doAction(action) {
            expect.step(action.type);
        },
    });
    await mountView({ type: "form", resModel: "crm.campaign.execution", resId: 1 });

    await contains("button[data-reason=duplicate]").click();

    expect.verifySteps(["1 duplicate", "ir.actions.act_window_close"]);
});
