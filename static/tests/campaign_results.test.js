import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
    preloadBundle,
} from "@web/../tests/web_test_helpers";

class Campaign extends models.Model {
    _name = "crm.campaign";

    title = fields.Char();

    _records = [
        { id: 1, title: "Spring" },
        { id: 2, title: "Autumn" },
    ];
    _views = {
        form: `
            <form>
                <field name="title"/>
                <widget name="crm_campaign_results"/>
            </form>`,
    };
}

class Operation extends models.Model {
    _name = "crm.campaign.operation";

    _records = [{ id: 1 }];
    _views = { form: `<form><widget name="crm_campaign_results"/></form>` };
}

defineMailModels();
defineModels([Campaign, Operation]);
preloadBundle("web.chartjs_lib");

const TILES = [
    makeTile("targeted", "Targeted", 2480, { opens: true }),
    makeTile("cost", "Cost", 5640.5, { kind: "monetary", alert: true, help: "All lines." }),
    makeTile("cost_per_lead", "Cost per Lead", 88.125, { kind: "monetary" }),
    makeTile("cost_per_reached", "Cost per Person", null, { kind: "monetary" }),
    makeTile("return", "Return", 0.25, { kind: "percentage" }),
];
const FUNNEL = [
    makeStep("targeted", "Targeted", 2480, 1, null),
    makeStep("leads", "Leads", 62, 0.025, 0.025),
    makeStep("won", "Won", 0, 0, 0),
];
const OPERATIONS = [
    makeOperation(7, "Mailing", { date: "2026-09-03 07:00:00", leads: 60, cost: 600, won: 2 }),
    makeOperation(8, "Calls", { date: "2026-10-01 07:00:00", leads: 2, cost: 400, won: 9 }),
    makeOperation(9, "Advert", { date: false, leads: 0, cost: 240 }),
];
const MONTHS = [
    { month: "2026-09", label: "Sep 2026", sent: 2105, responses: 3, leads: 1, cost: 9.5 },
    { month: "2026-10", label: "Oct 2026", sent: 0, responses: 9, leads: 61, cost: 0 },
].map((month) => ({ revenue_won: 0, ...month }));

let results;

beforeEach(() => {
    results = {
        currency_id: 1,
        tiles: TILES,
        funnel: FUNNEL,
        operations: OPERATIONS,
        months: MONTHS,
    };
    onRpc("get_results", ({ args }) => {
        expect.step(`results of ${args[0]}`);
        return results;
    });
    onRpc("action_view_result", ({ args }) => {
        expect.step(`list ${args[0]} ${args[1]}`);
        return { type: "ir.actions.act_window", res_model: "crm.lead" };
    });
    mockService("action", {
        doAction({ res_model, res_id }) {
            expect.step(`open ${res_model} ${res_id || ""}`);
        },
    });
});

function makeTile(name, label, value, options = {}) {
    return {
        name,
        label,
        value,
        kind: "integer",
        help: "",
        alert: false,
        opens: false,
        ...options,
    };
}

function makeStep(name, label, value, share, step) {
    return { name, label, value, share, step, opens: true };
}

function makeOperation(id, name, values) {
    const counts = { targeted: 0, reached: 0, responses: 0, leads: 0, won: 0 };
    const amounts = { revenue_won: 0, budget: 0, cost: 0 };
    const row = { id, name, type: "Mailing", state: "Finished", ...counts, ...amounts, ...values };
    return { ...row, cost_per_lead: row.leads ? row.cost / row.leads : null };
}

async function mountResults(resModel = "crm.campaign", resIds = [1]) {
    await mountView({ type: "form", resModel, resId: resIds[0], resIds });
    await animationFrame();
    expect.verifySteps([`results of ${resIds[0]}`]);
}

function getNames() {
    return queryAllTexts(".o_crm_campaign_results_operations tbody td[data-name=name] button");
}

test("figures are written in the user's language, and a dash where there is no denominator", async () => {
    await mountResults();

    expect(queryAllTexts(".o_crm_campaign_results_tile")).toEqual([
        "2,480\nTargeted",
        "$ 5,641\nCost",
        "$ 88.13\nCost per Lead",
        "–\nCost per Person",
        "25%\nReturn",
    ]);
    expect(".o_crm_campaign_results_tile[data-name=cost]").toHaveClass("text-danger");
    expect(".o_crm_campaign_results_tile[data-name=cost]").toHaveAttribute(
        "data-tooltip",
        "All lines."
    );
});

test("a figure opens its list by a click or by the keyboard; others are no buttons", async () => {
    await mountResults();
    expect("button.o_crm_campaign_results_tile").toHaveCount(1);

    await contains(".o_crm_campaign_results_tile[data-name=targeted]").click();
    expect.verifySteps(["list 1 targeted", "open crm.lead "]);

    queryFirst(".o_crm_campaign_funnel_step[data-name=leads]").focus();
    await press("Enter");
    await animationFrame();
    expect.verifySteps(["list 1 leads", "open crm.lead "]);
});

test("the funnel shows shares, and nothing where nobody is left", async () => {
    await mountResults();

    expect(queryAllTexts(".o_crm_campaign_funnel_value")).toEqual(["2,480", "62", "0"]);
    expect(queryAllTexts(".o_crm_campaign_funnel_share")).toEqual(["", "2.5%", "0%"]);
    expect(
        [...document.querySelectorAll(".o_crm_campaign_funnel_bar")].map((bar) => bar.style.width)
    ).toEqual(["100%", "2.5%", "0%"]);
});

test("a step larger than the first one stays within the page", async () => {
    results.funnel = [
        makeStep("targeted", "Targeted", 0, null, null),
        makeStep("responses", "Responses", 12, null, null),
    ];
    await mountResults();

    expect(
        [...document.querySelectorAll(".o_crm_campaign_funnel_bar")].map((bar) => bar.style.width)
    ).toEqual(["0%", "100%"]);
    expect(queryAllTexts(".o_crm_campaign_funnel_share")).toEqual(["", ""]);
});

test("operations are sorted by a click; the total is a ratio of sums", async () => {
    await mountResults();
    expect(getNames()).toEqual(["Mailing", "Calls", "Advert"]);
    const total = ".o_crm_campaign_results_operations tfoot td";
    expect(`${total}[data-name=cost]`).toHaveText("$ 1,240.00");
    expect(`${total}[data-name=cost_per_lead]`).toHaveText("$ 20.00");

    await contains("th[data-name=won] button").click();
    expect(getNames()).toEqual(["Calls", "Mailing", "Advert"]);
    expect("th[data-name=won]").toHaveAttribute("aria-sort", "descending");

    await contains("th[data-name=cost_per_lead] button").click();
    await contains("th[data-name=cost_per_lead] button").click();
    expect(getNames()).toEqual(["Mailing", "Calls", "Advert"], {
        message: "what has no value is last in both directions",
    });
});

test("a line opens its operation", async () => {
    await mountResults();

    await contains("tr[data-id='8'] td[data-name=name] button").click();

    expect.verifySteps(["open crm.campaign.operation 8"]);
});

test("charts are told to whoever does not see them; no chart without anything in it", async () => {
    await mountResults();
    expect("canvas").toHaveCount(2);
    expect("canvas:first").toHaveAttribute(
        "aria-label",
        "Sep 2026: Sends 2,105, Responses 3, Leads 1; Oct 2026: Sends 0, Responses 9, Leads 61"
    );

    results = { ...results, months: MONTHS.map((month) => ({ ...month, cost: 0 })) };
    await contains(".o_crm_campaign_results_refresh").click();
    expect.verifySteps(["results of 1"]);
    expect("canvas").toHaveCount(1);
});

test("before anything has left the page says what it will show", async () => {
    results.funnel = FUNNEL.map((step) => ({ ...step, value: 0, share: null, step: null }));
    results.tiles = [makeTile("targeted", "Targeted", 0), makeTile("budget", "Committed", 50)];
    await mountResults();

    expect(".o_crm_campaign_results_empty").toHaveCount(1);
    expect(queryAllTexts(".o_crm_campaign_results_tile")).toEqual(["50\nCommitted"]);
    expect("canvas, .o_crm_campaign_funnel, table").toHaveCount(0);
});

test("an operation has no table of operations", async () => {
    await mountResults("crm.campaign.operation");

    expect(".o_crm_campaign_funnel").toHaveCount(1);
    expect("table").toHaveCount(0);
});

test("another record and a saved change are counted again", async () => {
    await mountResults("crm.campaign", [1, 2]);

    await contains(".o_pager_next").click();
    expect.verifySteps(["results of 2"]);

    await contains("[name=title] input").edit("Winter");
    expect.verifySteps([]);
    await contains(".o_form_button_save").click();
    expect.verifySteps(["results of 2"]);
});
