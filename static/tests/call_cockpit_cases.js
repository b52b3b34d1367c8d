import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import {
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError, rpc } from "@web/core/network/rpc";
import { WebClient } from "@web/webclient/webclient";

const MODEL = "crm.campaign.call";
export const NOTE = ".o_crm_campaign_call_note";
export const TITLE = ".o_crm_campaign_call_title";
const OUTCOMES = [
    { id: 1, name: "Interested", key: "1", color: 10, asks_callback: false },
    { id: 3, name: "Call Back", key: "3", color: 4, asks_callback: true },
    { id: 4, name: "No Answer", key: "4", color: 3, asks_callback: false },
];
const DAY = { objective: 20, done: 5, reached: 3, successes: 1, left: 9, overdue: 2, promised: 1 };

/** What the stubbed server has and got: a test changes it. */
export const server = {};

/** Have each test of a file begin with a server that has two calls, 11 and 12. */
export function stubServer() {
    defineMailModels();
    beforeEach(resetServer);
}

function resetServer() {
    mockDate("2026-03-10 09:00:00", 0);
    browser.localStorage.clear();
    Object.assign(server, { calls: [11, 12], isOffline: false, refusal: "" });
    Object.assign(server, { script: false, reasons: [], values: undefined });
    onRpc(MODEL, "open_cockpit", () => ({
        outcomes: OUTCOMES,
        queue: getQueue(),
        current: false,
        tz: "UTC",
    }));
    onRpc(MODEL, "get_queue", getQueue);
    onRpc(MODEL, "take_next", () => server.calls.length > 0 && { id: server.calls[0] });
    onRpc(MODEL, "get_card", ({ args }) => makeCard(args[0][0]));
    onRpc(MODEL, "record_outcome", ({ args: [[id], outcomeId, values] }) => {
        if (server.refusal) {
            throw makeServerError({ message: server.refusal });
        }
        expect.step(`outcome ${outcomeId} of ${id}: ${values.note}`);
        server.values = values;
        server.calls.shift();
        return {};
    });
    onRpc(MODEL, "skip", ({ args: [[id], reason] }) => {
        expect.step(`skip ${id}: ${reason}`);
        server.calls.shift();
        return true;
    });
    onRpc(MODEL, "put_back", ({ args: [[id]] }) => {
        expect.step(`put back ${id}`);
        return true;
    });
    onRpc(MODEL, "answer_question", ({ args: [[id], questionId, value] }) => {
        expect.step(`answer ${questionId} of ${id}: ${value}`);
        return answer(questionId, value);
    });
    patchWithCleanup(rpc, {
        _rpc(url, params, settings) {
            if (server.isOffline && url.includes(MODEL)) {
                return Promise.reject(new ConnectionLostError(url));
            }
            return super._rpc(url, params, settings);
        },
    });
}

function getQueue() {
    const ready = { code: "ready", label: "Ready", count: server.calls.length, names: [] };
    return { day: DAY, reasons: server.calls.length ? [ready] : server.reasons };
}

function makeCard(id) {
    return {
        call: { id, subject: "Spring", phone: `+3319900${id}`, attempt_count: 0 },
        operation: { id: 1, name: "Spring Calls", description: "<p>What it is about</p>" },
        contact: {
            partner_id: id,
            name: `Callee ${id}`,
            function: "Buyer",
            company: "Firm",
            phones: [{ number: `+33 1 99 00 ${id}`, tel: `+3319900${id}`, is_company: false }],
            email: "",
            address: "",
            country: "",
            time_zone: "Asia/Tokyo",
            tags: [],
        },
        attempts: [],
        communications: [],
        opportunities: [],
        lead: false,
        script: server.script,
    };
}

export function makeScript() {
    const question = { hint: "", choices: [] };
    return {
        id: 1,
        name: "Survey",
        questions: [
            { ...question, id: 21, number: 1, text: "May we?", type: "yes_no" },
            { ...question, id: 22, number: 2, text: "How many?", type: "number" },
        ],
        way: [],
        next_id: 21,
        outcome: "question",
        answers: [],
    };
}

/** Answer as the server does: yes leads to the second question, which is the last one. */
function answer(questionId, value) {
    if (questionId === 22 && !/^\d+$/.test(value)) {
        throw makeServerError({ message: "Question 2 asks for a number." });
    }
    const first = { question_id: 21, value: true, text: "Yes" };
    const second = { question_id: 22, value, text: value };
    return questionId === 21
        ? { way: [21], next_id: 22, outcome: "question", answers: [first] }
        : { way: [21, 22], next_id: false, outcome: "quit", answers: [first, second] };
}

export async function openCockpit() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "crm_campaign_call_cockpit",
    });
}

export async function takeCall() {
    await openCockpit();
    await pressKey("Enter");
}

/** Press a key, once a call that has just come may be ended. */
export async function pressKey(key) {
    await press(key);
    await animationFrame();
    await advanceTime(500);
    await animationFrame();
}
