import { drawScript, breakText } from "@crm_campaign/script_graph/script_drawing";
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

class Script extends models.Model {
    _name = "crm.campaign.script";

    problems = fields.Json();
    graph = fields.Json();

    _records = [
        {
            id: 1,
            problems: [
                { code: "no_start", level: "danger", question_id: false, text: "No start." },
                { code: "incomplete", level: "warning", question_id: 7, text: "Question 1: gap." },
            ],
            graph: {
                nodes: [
                    makeNode("7", 1, 0, { question_id: 7, is_start: true }),
                    makeNode("8", 2, 1, { question_id: 8 }),
                    makeNode("9", 3, 2, { question_id: 9, is_lost: true }),
                ],
                edges: [
                    { source: "7", target: "8", label: "≥ 10" },
                    { source: "7", target: "8", label: "Other" },
                    { source: "8", target: "7", label: "Back" },
                    { source: "8", target: false, label: "Quit" },
                ],
            },
        },
    ];
    _views = {
        "form,problems": `<form><field name="problems" widget="crm_campaign_script_problems"/></form>`,
        "form,graph": `<form><field name="graph" widget="crm_campaign_script_graph"/></form>`,
    };
}

class Simulate extends models.Model {
    _name = "crm.campaign.script.simulate";

    answer = fields.Char();
    answer_type = fields.Char();
    choices = fields.Json();

    _records = [
        { id: 1, answer_type: "yes_no" },
        { id: 2, answer_type: "choice", choices: ["Price", "Electric"], answer: "Price" },
        { id: 3, answer_type: "number" },
    ];
    _views = {
        form: `<form>
            <field name="answer_type" invisible="1"/><field name="choices" invisible="1"/>
            <field name="answer" widget="crm_campaign_script_answer"
                options="{'type_field': 'answer_type', 'choices_field': 'choices'}"/>
        </form>`,
    };
}

defineMailModels();
defineModels([Script, Simulate]);

function makeNode(key, number, level, values = {}) {
    return { key, number, level, rank: 0, text: `Question ${key}?`, ...values };
}

function stubQuestion() {
    onRpc("crm.campaign.script", "action_open_question", ({ args }) => {
        expect.step(`open ${args[1]}`);
        return { type: "ir.actions.act_window" };
    });
    mockService("action", {
        doAction(action, { onClose }) {
            expect.step(action.type);
            return onClose();
        },
    });
}

async function mountSimulate(resId) {
    await mountView({ type: "form", resModel: "crm.campaign.script.simulate", resId });
}

async function saveAnswer(step) {
    onRpc("crm.campaign.script.simulate", "web_save", ({ args }) => {
        expect.step(args[1].answer);
    });
    await contains(".o_form_button_save").click();
    expect.verifySteps([step]);
}

test("a problem opens its question; one of the whole script opens nothing", async () => {
    stubQuestion();
    await mountView({
        type: "form",
        resModel: "crm.campaign.script",
        resId: 1,
        viewId: "problems",
    });

    expect(queryAllTexts(".o_crm_campaign_script_problems li")).toEqual([
        "No start.",
        "Question 1: gap.",
    ]);
    expect("li[data-code=no_start] button").toHaveCount(0);
    expect(".o_crm_campaign_script_problems").toHaveClass("alert-danger");

    await contains("li[data-code=incomplete] button").click();
    expect.verifySteps(["open 7", "ir.actions.act_window"]);
});

test("the drawing marks the start and what cannot be reached; a box opens its question", async () => {
    stubQuestion();
    await mountView({ type: "form", resModel: "crm.campaign.script", resId: 1, viewId: "graph" });

    expect(".o_crm_campaign_box").toHaveCount(3);
    expect(".o_crm_campaign_box.o_start").toHaveAttribute("data-number", "1");
    expect(".o_crm_campaign_box.o_lost").toHaveAttribute("data-number", "3");
    expect(".o_crm_campaign_arrow").toHaveCount(3);
    expect(".o_crm_campaign_end").toHaveCount(1);

    await contains(".o_crm_campaign_box[data-number='2']").click();
    expect.verifySteps(["open 8", "ir.actions.act_window"]);
});

test("arrows between the same boxes are one, with all labels", () => {
    const { arrows } = drawScript(Script._records[0].graph);

    expect(arrows.map(({ label }) => label)).toEqual(["≥ 10 · Other", "Back", "Quit"]);
});

test("a level is a row below the one before, and a drawing holds its boxes", () => {
    const nodes = [makeNode("a", 1, 0), makeNode("b", 2, 1), makeNode("c", 3, 1, { rank: 1 })];
    const { boxes, width, height } = drawScript({ nodes, edges: [] });

    const [a, b, c] = boxes;
    expect(a.y).toBeLessThan(b.y);
    expect(b.y).toBe(c.y);
    expect(b.x).toBeLessThan(c.x);
    expect(a.x).toBe((b.x + c.x) / 2);
    for (const box of boxes) {
        expect(box.x + 224).toBeLessThan(width);
        expect(box.y + 62).toBeLessThan(height);
    }
});

test("nothing to draw is no error", () => {
    expect(drawScript({ nodes: [], edges: [] }).boxes).toEqual([]);
});

test("a text is broken into two lines", () => {
    expect(breakText("one two three", 7)).toEqual(["one two", "three"]);
    expect(breakText("one two three four five", 9)).toEqual(["one two", "three…"]);
    expect(breakText("incomprehensible", 7)).toEqual(["incomp…"]);
});

test("yes and no are buttons; a second click takes the answer away", async () => {
    await mountSimulate(1);

    expect(queryAllTexts(".o_crm_campaign_script_answer button")).toEqual(["Yes", "No"]);
    await contains("button[data-value=no]").click();
    expect("button[data-value=no]").toHaveClass("btn-primary");
    await contains("button[data-value=no]").click();
    expect("button[data-value=no]").toHaveClass("btn-secondary");
    await contains("button[data-value=yes]").click();
    await saveAnswer("yes");
});

test("choices are buttons", async () => {
    await mountSimulate(2);

    expect("button[data-value=Price]").toHaveClass("btn-primary");
    await contains("button[data-value=Electric]").click();
    await saveAnswer("Electric");
});

test("a number is kept as it was typed", async () => {
    await mountSimulate(3);

    await contains(".o_crm_campaign_script_answer input").edit("12,5");
    await saveAnswer("12,5");
});
