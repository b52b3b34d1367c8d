import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Assistant extends models.Model {
    _name = "crm.campaign.operation.assistant";

    lacks = fields.Json();

    _records = [
        {
            id: 1,
            lacks: [
                { code: "email", label: "No email address", count: 4 },
                { code: "post", label: "No postal address", count: 0 },
            ],
        },
    ];
    _views = { form: `<form><field name="lacks" widget="crm_campaign_lacks"/></form>` };
}

defineMailModels();
defineModels([Assistant]);

test("only those who lack something can be removed", async () => {
    await mountView({ type: "form", resModel: "crm.campaign.operation.assistant", resId: 1 });

    expect(queryAllTexts(".o_crm_campaign_lacks > div")).toEqual([
        "4\nNo email address\nRemove from the list",
        "0\nNo postal address",
    ]);
});

test("removing says which address is lacking and reads the list again", async () => {
    onRpc("crm.campaign.operation.assistant", "action_remove_lacking", ({ args, kwargs }) => {
        expect.step(`${args[0]} ${kwargs.context.lack}`);
        return false;
    });
    onRpc("crm.campaign.operation.assistant", "web_read", () => expect.step("read"));
    await mountView({ type: "form", resModel: "crm.campaign.operation.assistant", resId: 1 });
    expect.verifySteps(["read"]);

    await contains("[data-lack=email] button").click();

    expect.verifySteps(["1 email", "read"]);
});
