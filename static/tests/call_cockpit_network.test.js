import { CallOutbox } from "@crm_campaign/call_cockpit/call_outbox";
import { CallStorage } from "@crm_campaign/call_cockpit/call_storage";
import { expect, test } from "@odoo/hoot";
import { queryFirst } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { contains } from "@web/../tests/web_test_helpers";
import { ConnectionLostError } from "@web/core/network/rpc";
import {
    makeScript,
    NOTE,
    pressKey,
    server,
    stubServer,
    takeCall,
    TITLE,
} from "./call_cockpit_cases";

stubServer();

test("an outcome waits for the network, is sent once, and then the next call comes", async () => {
    await takeCall();
    await contains(NOTE).edit("Rang for long");
    queryFirst(NOTE).blur();
    server.isOffline = true;
    await pressKey("4");

    expect.verifySteps([]);
    expect(".o_crm_campaign_call_offline").toHaveText(/1 sent once it is back/);
    expect(TITLE).toHaveText("Waiting for the network…");
    const [job] = new CallStorage().read("jobs");
    expect(job.args[1].note).toBe("Rang for long");

    server.isOffline = false;
    await advanceTime(10000);
    await animationFrame();
    expect.verifySteps(["outcome 4 of 11: Rang for long"]);
    expect(server.values.token).toBe(job.token);
    expect(new CallStorage().read("jobs")).toEqual([]);
    expect(".o_crm_campaign_call_offline").toHaveCount(0);
    expect(TITLE).toHaveText("Callee 12");
});

test("an answer waits for the network, and the script goes on after it", async () => {
    server.script = makeScript();
    await takeCall();
    server.isOffline = true;
    await contains(".o_answer button[data-value=yes]").click();
    expect(".o_crm_campaign_call_question").toHaveText(/The answer is kept/);

    server.isOffline = false;
    await advanceTime(5000);
    await animationFrame();
    expect.verifySteps(["answer 21 of 11: true"]);
    expect(".o_crm_campaign_call_text").toHaveText("How many?");
});

test("what was typed is there again after a reload", async () => {
    server.script = makeScript();
    server.script.next_id = 22;
    new CallStorage().writeDraft(11, {
        note: "Half a sen",
        answer: { questionId: 22, value: "1" },
        callbackAt: "2026-03-12 08:00:00",
        callbackBy: "anyone",
    });
    await takeCall();

    expect(NOTE).toHaveValue("Half a sen");
    expect(".o_answer input").toHaveValue("1");
    await pressKey("3");
    expect(".o_crm_campaign_call_callback input:first").toHaveValue("03/12/2026 08:00");
    expect(".o_crm_campaign_call_callback label:contains(Anyone) input").toBeChecked();
});

test("what is typed is kept as it is typed, and forgotten with the call", async () => {
    await takeCall();
    await contains(NOTE).edit("Call in May");
    expect(new CallStorage().readDraft(11).note).toBe("Call in May");
    queryFirst(NOTE).blur();
    await pressKey("1");
    expect(new CallStorage().readDraft(11)).toBe(undefined);
    expect.verifySteps(["outcome 1 of 11: Call in May"]);
});

test("what waited and is refused then is shown, and may be sent again", async () => {
    await takeCall();
    server.isOffline = true;
    await pressKey("1");
    server.isOffline = false;
    server.refusal = "The call is over.";
    await advanceTime(10000);
    await animationFrame();
    expect(".o_crm_campaign_call_refused").toHaveText(/Callee 11: Interested — The call is over/);

    server.refusal = "";
    await contains(".o_crm_campaign_call_refused button:contains(Send Again)").click();
    expect.verifySteps(["outcome 1 of 11: "]);
    expect(".o_crm_campaign_call_refused").toHaveCount(0);
});

test("all that waits is sent in order, each once, even by another page", async () => {
    const orm = { silent: { call: async () => Promise.reject(new ConnectionLostError("x")) } };
    const first = new CallOutbox(orm, new CallStorage(), () => {});
    for (const [token, method] of [
        ["a", "answer_question"],
        ["b", "record_outcome"],
    ]) {
        expect(await first.submit(method, 11, [], "", token)).toEqual({ sent: false });
    }
    first.stop();

    const call = async (model, method, args) => expect.step(`${method} ${args[0][0]}`);
    const second = new CallOutbox({ silent: { call } }, new CallStorage(), () => {});
    await second.flush();
    await second.flush();
    expect.verifySteps(["answer_question 11", "record_outcome 11"]);
    expect(second.jobs).toEqual([]);
});

test("a server that says nothing is a lost network", async () => {
    const orm = { silent: { call: () => new Promise(() => {}) } };
    const outbox = new CallOutbox(orm, new CallStorage(), () => {});
    const answered = outbox.submit("put_back", 11, [], "");
    await advanceTime(20000);
    expect(await answered).toEqual({ sent: false });
    expect(outbox.isOffline).toBe(true);
    outbox.stop();
});
