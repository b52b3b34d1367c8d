import { readKey } from "@crm_campaign/call_cockpit/call_keys";
import { describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { contains } from "@web/../tests/web_test_helpers";
import {
    makeScript,
    NOTE,
    openCockpit,
    pressKey,
    server,
    stubServer,
    takeCall,
    TITLE,
} from "./call_cockpit_cases";

stubServer();

describe("keys", () => {
    test("one key ends the call, and the next one comes", async () => {
        await takeCall();
        expect(TITLE).toHaveText("Callee 11");
        expect(TITLE).toBeFocused();
        expect(".o_crm_campaign_call_dial").toHaveAttribute("href", "tel:+331990011");
        expect(".o_crm_campaign_call_clock b").toHaveText("6:00 PM");

        await contains(NOTE).edit("Wants a quote");
        queryFirst(NOTE).blur();
        await pressKey("1");

        expect.verifySteps(["outcome 1 of 11: Wants a quote"]);
        expect(server.values.token).toHaveLength(16);
        expect(TITLE).toHaveText("Callee 12");
        expect(NOTE).toHaveValue("");
        expect("[role=status][aria-live]").toHaveText("Call to Callee 12 Firm +331990012");
    });

    test("a digit that is typed ends nothing; Escape leaves the field", async () => {
        await takeCall();
        await pressKey("e");
        expect(NOTE).toBeFocused();
        await pressKey("4");
        await pressKey("n");
        expect.verifySteps([]);
        expect(TITLE).toHaveText("Callee 11");

        await pressKey("Escape");
        expect(TITLE).toBeFocused();
        await pressKey("4");
        expect.verifySteps(["outcome 4 of 11: 4n"]);
    });

    test("a digit that comes too early was meant for the call before", async () => {
        await openCockpit();
        await press("Enter");
        await animationFrame();
        await press("4");
        await animationFrame();
        expect.verifySteps([]);
        expect(TITLE).toHaveText("Callee 11");
    });

    test("Escape puts the call back, and Enter takes it again", async () => {
        await takeCall();
        await pressKey("Escape");
        expect.verifySteps(["put back 11"]);
        expect(TITLE).toHaveText("Paused");
        await pressKey("Enter");
        expect(TITLE).toHaveText("Callee 11");
    });

    test("the help lists the keys, and keys are off behind it", async () => {
        await takeCall();
        await pressKey("?");
        expect(".o_crm_campaign_call_help tr").toHaveCount(12);
        await pressKey("1");
        expect.verifySteps([]);
    });

    test("keys are read on every keyboard", () => {
        const read = (values) => readKey({ target: document.body, ...values });
        expect(read({ key: "1", code: "Numpad1" })).toBe("1");
        expect(read({ key: "é", code: "Digit2" })).toBe("2");
        expect(read({ key: "/", code: "Digit7", shiftKey: true })).toBe("note");
        expect(read({ key: "?", code: "Slash", shiftKey: true })).toBe("help");
        expect(read({ key: "N", code: "KeyN" })).toBe("next");
        expect(read({ key: "0", code: "Digit0" })).toBe("");
        expect(read({ key: "!", code: "Digit1", shiftKey: true })).toBe("");
        expect(read({ key: "1", code: "Digit1", ctrlKey: true })).toBe("");
        expect(read({ key: "1", code: "Digit1", repeat: true })).toBe("");
    });
});

describe("outcomes", () => {
    test("a promise says when, in the caller's zone, and who", async () => {
        await takeCall();
        await pressKey("3");
        expect(".o_crm_campaign_call_callback input:first").toBeFocused();

        await contains(".o_crm_campaign_call_callback button:contains(Tomorrow)").click();
        await contains(".o_crm_campaign_call_callback label:contains(Anyone) input").click();
        await contains(".o_crm_campaign_call_callback button[type=submit]").click();
        await advanceTime(500);

        expect.verifySteps(["outcome 3 of 11: "]);
        expect(server.values.callback_at).toBe("2026-03-11 09:00:00");
        expect(server.values.callback_by).toBe("anyone");
    });

    test("a call is passed over with a reason", async () => {
        await takeCall();
        await pressKey("s");
        await contains(".o_crm_campaign_call_skip button[type=submit]").click();
        expect(".o_crm_campaign_call_error").toHaveText("Say why you pass this call over.");

        await contains(".o_crm_campaign_call_skip input").edit("Lunch");
        expect.verifySteps(["skip 11: Lunch"]);
        expect(TITLE).toHaveText("Callee 12");
    });

    test("what the server refuses is said, and nothing is lost", async () => {
        server.refusal = "The call was ended by Ann.";
        await takeCall();
        await contains(NOTE).edit("Long talk");
        await contains(".o_crm_campaign_call_keys button[data-key='1']").click();

        expect(".o_crm_campaign_call_error").toHaveText("The call was ended by Ann.");
        expect(NOTE).toHaveValue("Long talk");
        expect(TITLE).toHaveText("Callee 11");
    });

    test("why nothing is left to call", async () => {
        server.calls = [];
        server.reasons = [
            {
                code: "promised",
                label: "Promised",
                count: 3,
                moment: "2026-03-10 14:30:00",
                names: [],
            },
            { code: "suspended", label: "Suspended", count: 7, moment: false, names: ["Spring"] },
        ];
        await takeCall();

        expect(TITLE).toHaveText("Nothing is left to call for now");
        expect(queryAllTexts(".o_crm_campaign_call_reasons li")).toEqual([
            "Promised\nas of 2:30 PM\n3",
            "Suspended\nSpring\n7",
        ]);
        expect(".o_crm_campaign_call_bar [name=overdue]").toHaveText("2");
        expect(".progress").toHaveAttribute("aria-valuenow", "25");
    });
});

describe("script", () => {
    test("an answer is stored at once and leads on; one goes back, too", async () => {
        server.script = makeScript();
        await takeCall();
        expect(".o_crm_campaign_call_text").toHaveText("May we?");
        await contains(".o_answer button[data-value=yes]").click();
        expect.verifySteps(["answer 21 of 11: true"]);
        expect(".o_crm_campaign_call_text").toHaveText("How many?");

        await contains(".o_answer input").edit("many", { confirm: "enter" });
        expect.verifySteps(["answer 22 of 11: many"]);
        expect(".o_crm_campaign_call_script .alert-danger").toHaveText(
            "Question 2 asks for a number."
        );
        await contains(".o_answer input").edit("12", { confirm: "enter" });
        expect.verifySteps(["answer 22 of 11: 12"]);
        expect(".o_script_end").toHaveText("The script ends here.");
        expect(queryAllTexts(".o_crm_campaign_call_answers button")).toEqual([
            "1\nMay we?\nYes",
            "2\nHow many?\n12",
        ]);

        await contains(".o_script_back").click();
        expect(".o_answer input").toHaveValue("12");
        await contains(".o_script_back").click();
        expect(".o_answer button[data-value=yes]").toHaveAttribute("aria-pressed", "true");
    });

    test("a call without a script tells what it is about", async () => {
        await takeCall();
        expect(".o_crm_campaign_call_script").toHaveText(/^Spring\s+What it is about$/);
    });
});
