import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
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

class Check extends models.Model {
    _name = "crm.campaign.operation.check";

    findings = fields.Json();

    _records = [{ id: 1, findings: false }];
    _views = {
        form: `<form><field name="findings" widget="crm_campaign_content_check"/></form>`,
    };
}

const EMPTY = {
    index: 3,
    kind: "empty_field",
    level: "warning",
    label: "Merge field without value",
    detail: "object.partner_id.city",
    count: 12,
    person: "",
};

defineMailModels();
defineModels([Check]);

function report(done, values = {}) {
    return { done, total: 1000, pace: 250, findings: [], started: true, ...values };
}

async function mountCheck(reports) {
    onRpc("crm.campaign.operation.check", "read_check", () => report(0, { started: false }));
    onRpc("crm.campaign.operation.check", "check_next", () => {
        expect.step("check_next");
        return reports.shift();
    });
    await mountView({ type: "form", resModel: "crm.campaign.operation.check", resId: 1 });
}

test("calls the server until every message is checked", async () => {
    await mountCheck([report(500), report(1000, { findings: [EMPTY] })]);

    await contains(".o_crm_campaign_check").click();
    await animationFrame();

    expect.verifySteps(["check_next", "check_next"]);
    expect(".o_crm_campaign_progress").toHaveText("1000 of 1000 messages checked (250 per second)");
    expect(queryAllTexts("tr[data-kind=empty_field] td")).toEqual([
        "Merge field without value",
        "object.partner_id.city",
        "12",
    ]);
    expect(".o_crm_campaign_check").toHaveText("Check Again");
});

test("says so when there is nothing to report", async () => {
    await mountCheck([report(1000)]);

    await contains(".o_crm_campaign_check").click();
    await animationFrame();

    expect.verifySteps(["check_next"]);
    expect(".alert-success").toHaveText("Nothing to report.");
});

test("stops when it is asked to, and goes on from there", async () => {
    const slow = new Deferred();
    await mountCheck([slow, report(1000)]);

    await contains(".o_crm_campaign_check").click();
    await contains(".o_crm_campaign_stop").click();
    slow.resolve(report(500));
    await animationFrame();

    expect.verifySteps(["check_next"]);
    expect(".o_crm_campaign_check").toHaveText("Continue");
    await contains(".o_crm_campaign_check").click();
    await animationFrame();
    expect.verifySteps(["check_next"]);
    expect(".o_crm_campaign_check").toHaveText("Check Again");
});

test("checks again from the beginning", async () => {
    onRpc("crm.campaign.operation.check", "restart_check", () => {
        expect.step("restart_check");
        return report(1000);
    });
    await mountCheck([report(1000)]);

    await contains(".o_crm_campaign_check").click();
    await animationFrame();
    await contains(".o_crm_campaign_check").click();
    await animationFrame();

    expect.verifySteps(["check_next", "restart_check"]);
});

test("a figure opens the list of its people", async () => {
    onRpc("crm.campaign.operation.check", "action_view_finding", ({ args }) => {
        expect.step(`finding ${args[1]}`);
        return { type: "ir.actions.act_window_close" };
    });
    mockService("action", {
        doAction(action) {
            expect.step(action.type);
        },
    });
    await mountCheck([report(1000, { findings: [EMPTY] })]);

    await contains(".o_crm_campaign_check").click();
    await animationFrame();
    await contains("tr[data-kind=empty_field] button").click();

    expect.verifySteps(["check_next", "finding 3", "ir.actions.act_window_close"]);
});
