import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    getWeeks,
    getRange,
    dealLanes,
    drag,
    shift,
} from "@crm_campaign/planning_timeline/planning_timeline_layout";
import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryFirst, queryRect } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate, mockTimeZone } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    makeServerError,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const { DateTime } = luxon;

class Campaign extends models.Model {
    _name = "crm.campaign";
    name = fields.Char();
    _records = [
        { id: 1, name: "Spring" },
        { id: 2, name: "Club" },
    ];
}

class Operation extends models.Model {
    _name = "crm.campaign.operation";
    name = fields.Char();
    _records = [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }, { id: 5 }, { id: 6 }];
}

class Task extends models.Model {
    _name = "crm.campaign.task";
    name = fields.Char();
    _records = [{ id: 7, name: "Birthdays" }];
}

function row(id, values) {
    const isRun = Boolean(values.task_id);
    return {
        id,
        kind: isRun ? "run" : "operation",
        category: isRun ? "task" : "mailing",
        color: isRun ? 11 : 4,
        operation_id: isRun ? false : id / 2,
        campaign_id: isRun ? false : 1,
        campaign_start: isRun ? false : "2027-03-10",
        campaign_end: isRun ? false : "2027-04-20",
        state: isRun ? false : "draft",
        is_movable: !isRun,
        ...values,
    };
}

class Planning extends models.Model {
    _name = "crm.campaign.planning";

    name = fields.Char();
    kind = fields.Selection({
        selection: [
            ["operation", "Operation"],
            ["run", "Run"],
        ],
    });
    category = fields.Selection({
        selection: [
            ["mailing", "Mailing"],
            ["press", "Press"],
            ["task", "Automatic Task"],
        ],
    });
    color = fields.Integer();
    operation_id = fields.Many2one({ relation: "crm.campaign.operation" });
    task_id = fields.Many2one({ relation: "crm.campaign.task" });
    campaign_id = fields.Many2one({ relation: "crm.campaign" });
    campaign_start = fields.Date();
    campaign_end = fields.Date();
    state = fields.Selection({
        selection: [
            ["draft", "New"],
            ["running", "Running"],
        ],
    });
    date_start = fields.Datetime();
    date_stop = fields.Datetime();
    is_all_day = fields.Boolean();
    is_movable = fields.Boolean();

    _records = [
        row(2, {
            name: "Newsletter",
            date_start: "2027-03-26 08:00:00",
            date_stop: "2027-03-26 09:00:00",
        }),
        row(4, {
            name: "Calls",
            date_start: "2027-03-15 08:00:00",
            date_stop: "2027-03-19 17:00:00",
            state: "running",
            is_movable: false,
        }),
        row(6, {
            name: "Fair",
            campaign_id: 2,
            date_start: "2027-03-18 08:00:00",
            date_stop: "2027-03-20 17:00:00",
        }),
        row(8, {
            name: "Advert",
            category: "press",
            campaign_id: 2,
            date_start: "2027-03-24 12:00:00",
            date_stop: "2027-03-24 13:00:00",
            is_all_day: true,
        }),
        row(10, { name: "Survey" }),
        row(11, {
            name: "Birthdays",
            task_id: 7,
            date_start: "2027-03-22 08:00:00",
            date_stop: "2027-03-22 08:15:00",
        }),
        row(13, {
            name: "Birthdays",
            task_id: 7,
            date_start: "2027-03-29 07:00:00",
            date_stop: "2027-03-29 07:15:00",
        }),
        row(12, {
            name: "Next Year",
            date_start: "2028-03-01 08:00:00",
            date_stop: "2028-03-01 09:00:00",
        }),
    ];
    _views = {
        search: `
            <search>
                <filter
                    name="operations"
                    string="Operations"
                    domain="[('kind', '=', 'operation')]"
                />
            </search>`,
        campaign_timeline: `
            <campaign_timeline
                date_start="date_start"
                date_stop="date_stop"
                all_day="is_all_day"
                movable="is_movable"
                color="color"
                group_field="campaign_id"
            >
                <field name="name"/>
                <field name="kind"/>
                <field name="category"/>
                <field name="operation_id"/>
                <field name="task_id"/>
                <field name="campaign_start"/>
                <field name="campaign_end"/>
                <field name="state"/>
            </campaign_timeline>`,
    };

    get_pressure(weeks) {
        return weeks.map(([start]) => ({
            people: start === "2027-03-13 23:00:00" ? 12 : 0,
            targeted: 40,
            most: 3,
            names: ["Calls", "Fair"],
            is_partial: false,
        }));
    }
}

defineMailModels();
defineModels([Campaign, Operation, Task, Planning]);

const ROW = ".o_crm_campaign_planning_row";

/** Show March 2027 in Paris, where clocks change on the 28th. */
async function mountTimeline(params = {}) {
    mockTimeZone("Europe/Paris");
    mockDate("2027-03-17 10:00:00");
    await mountView({
        type: "campaign_timeline",
        resModel: "crm.campaign.planning",
        ...params,
    });
    await animationFrame();
}

/** Drag something by days, or parts of them, in the month that is shown: 35 days wide. */
async function dragDays(selector, days) {
    const width = queryRect(
        ".o_crm_campaign_planning_pressure .o_crm_campaign_planning_cells"
    ).width;
    const { x, y } = queryRect(selector);
    const { drop, moveTo } = await contains(selector).drag({ position: { x: x + 2, y: y + 8 } });
    const position = { x: x + 2 + (days * width) / 35, y: y + 8 };
    await moveTo(document.body, { position });
    await drop(document.body, { position });
    await animationFrame();
}

test("campaigns, tasks and what has no date are drawn, each type in its color", async () => {
    await mountTimeline();

    expect(".o_crm_campaign_planning_title").toHaveText("March 2027");
    expect(queryAllTexts(".o_crm_campaign_planning_toggle")).toEqual([
        "Spring2",
        "Club2",
        "Automatic Tasks1",
    ]);
    expect(queryAllTexts(`${ROW} .o_name`)).toEqual(["Newsletter", "Calls", "Fair", "Advert"]);
    expect(`${ROW}.o_crm_campaign_color_4`).toHaveCount(4);
    expect(".o_crm_campaign_planning_run.o_crm_campaign_color_11").toHaveCount(2);
    expect(".o_crm_campaign_planning_chip").toHaveText("SurveySpring");
    expect(".o_crm_campaign_planning_band").toHaveCount(2);
    expect(".o_crm_campaign_planning_now").toHaveCount(1);
    expect(".o_crm_campaign_planning_stripe.o_weekend").toHaveCount(10);
});

test("only what is visible is asked for, in whole weeks of the user's time zone", async () => {
    onRpc("crm.campaign.planning", "search_read", ({ kwargs }) => {
        expect.step(kwargs.domain.slice(-2).flatMap(([, , moment]) => moment));
    });
    await mountTimeline();
    await contains(".scale_button_selection").click();
    await contains(".o_scale_button_quarter").click();
    await contains(".o_crm_campaign_planning_next").click();

    expect.verifySteps([
        ["2027-04-03 22:00:00", "2027-02-27 23:00:00"],
        ["2027-04-03 22:00:00", "2026-12-26 23:00:00"],
        ["2027-07-03 22:00:00", "2027-03-27 23:00:00"],
    ]);
    expect(".o_crm_campaign_planning_title").toHaveText("Quarter 2, 2027");
});

test("a drag over the change to summer time keeps the hour of the clock", async () => {
    onRpc("crm.campaign.planning", "write", ({ args }) => {
        expect.step(args);
        return true;
    });
    await mountTimeline();

    await dragDays(`${ROW}[data-id='2']`, 3);

    expect.verifySteps([
        [[2], { date_start: "2027-03-29 07:00:00", date_stop: "2027-03-29 08:00:00" }],
    ]);
});

test("an end is dragged alone, and what has a day only is moved by days", async () => {
    onRpc("crm.campaign.planning", "write", ({ args }) => {
        expect.step(args);
        return true;
    });
    await mountTimeline();

    await dragDays(`${ROW}[data-id='6'] .o_handle_stop`, 2);
    await dragDays(`${ROW}[data-id='8']`, -1);

    expect(`${ROW}[data-id='8'] .o_handle`).toHaveCount(0);
    expect.verifySteps([
        [[6], { date_start: "2027-03-18 08:00:00", date_stop: "2027-03-22 17:00:00" }],
        [[8], { date_start: "2027-03-23", date_stop: "2027-03-23" }],
    ]);
});

test("a drag that is refused goes back, and says why", async () => {
    onRpc("crm.campaign.planning", "write", () => {
        throw makeServerError({ message: "It is leaving right now." });
    });
    await mountTimeline();
    const before = queryRect(`${ROW}[data-id='2']`).x;

    await dragDays(`${ROW}[data-id='2']`, 2);
    await animationFrame();

    expect(".o_notification").toHaveText("It is leaving right now.");
    expect(Math.round(queryRect(`${ROW}[data-id='2']`).x)).toBe(Math.round(before));
});

test("what has started does not move", async () => {
    onRpc("crm.campaign.planning", "write", () => expect.step("write"));
    await mountTimeline();

    await dragDays(`${ROW}[data-id='4']`, 2);
    queryFirst(`${ROW}[data-id='4']`).focus();
    await press("ArrowRight");
    await advanceTime(1000);

    expect(`${ROW}[data-id='4'] .o_handle`).toHaveCount(0);
    expect.verifySteps([]);
});

test("keys move a bar, save it once, and open its form", async () => {
    mockService("action", {
        doAction({ res_model: model, res_id: id }) {
            expect.step(`${model} ${id}`);
        },
    });
    onRpc("crm.campaign.planning", "write", ({ args }) => {
        expect.step(args[1]);
        return true;
    });
    await mountTimeline();

    queryFirst(`${ROW}[data-id='2']`).focus();
    await press("ArrowRight");
    await press("ArrowRight");
    await press(["Shift", "ArrowRight"]);
    expect.verifySteps([]);
    await advanceTime(1000);
    expect.verifySteps([{ date_start: "2027-03-28 07:00:00", date_stop: "2027-03-29 08:00:00" }]);
    queryFirst(`${ROW}[data-id='2']`).focus();
    await press("Enter");
    queryFirst(".o_crm_campaign_planning_run").focus();
    await press("Enter");
    expect.verifySteps(["crm.campaign.operation 1", "crm.campaign.task 7"]);
});

test("a click shows the facts", async () => {
    await mountTimeline();

    await contains(`${ROW}[data-id='2']`).click();

    expect(".o_popover .popover-header").toHaveText("Newsletter");
    expect(".o_popover .popover-body").toHaveText(/Mailing/);
    await contains(".o_crm_campaign_planning_run").click();
    expect(".o_popover .popover-body").toHaveText(/Runs follow the periodicity/);
});

test("pressure comes after the drawing, and lists its people", async () => {
    mockService("action", {
        doAction({ res_model: model, domain }) {
            expect.step([model, ...domain[0]]);
        },
    });
    await mountTimeline();

    const cells = ".o_crm_campaign_planning_week";
    expect(queryAllTexts(cells)).toEqual([
        "Week 9",
        "Week 10",
        "Week 11\n12",
        "Week 12",
        "Week 13",
    ]);
    expect(`${cells}:enabled`).toHaveClass("o_level_3");
    expect(`${cells}:enabled`).toHaveAttribute("title", /^12 of 40 people .*\nCalls\nFair$/s);
    await contains(`${cells}:enabled`).click();
    expect.verifySteps([
        ["res.partner", "campaign_pressure", "in", ["2027-03-13 23:00:00/2027-03-20 23:00:00"]],
    ]);
});

test("a filter of the search bar holds, and an empty planning teaches", async () => {
    await mountTimeline({
        domain: [["kind", "=", "run"]],
        noContentHelp: "<p>Prepare an operation</p>",
    });
    expect(queryAllTexts(".o_crm_campaign_planning_toggle")).toEqual(["Automatic Tasks1"]);
    await contains(".o_crm_campaign_planning_previous").click();
    await contains(".o_crm_campaign_planning_previous").click();
    expect(".o_view_nocontent").toHaveText(/Prepare an operation/);
});

test("a group is folded and unfolded", async () => {
    await mountTimeline();

    await contains(".o_crm_campaign_planning_toggle:contains(Spring)").click();
    expect(ROW).toHaveCount(2);
    await contains(".o_crm_campaign_planning_toggle:contains(Spring)").click();
    expect(ROW).toHaveCount(4);
});

test("shifts follow the clock on the wall, ends never cross", () => {
    mockTimeZone("Europe/Paris");
    const at = (text) => DateTime.fromISO(text);
    const iso = (moment) => moment.toISO().slice(0, 16);

    expect(iso(shift(at("2027-03-27T09:30"), 24 * 60))).toBe("2027-03-28T09:30");
    expect(iso(shift(at("2027-10-30T09:30"), 24 * 60))).toBe("2027-10-31T09:30");
    expect(iso(shift(at("2027-03-17T00:15"), -30))).toBe("2027-03-16T23:45");
    const bar = { start: at("2027-03-17T08:00"), stop: at("2027-03-19T08:00") };
    expect(iso(drag(bar, "start", 10 * 24 * 60, 24 * 60).start)).toBe("2027-03-18T08:00");
    expect(iso(drag(bar, "stop", -10 * 24 * 60, 24 * 60).stop)).toBe("2027-03-18T08:00");
    const hour = { start: at("2027-03-17T08:00"), stop: at("2027-03-17T09:00") };
    expect(iso(drag(hour, "start", 24 * 60, 24 * 60).start)).toBe("2027-03-17T08:00");
});

test("boxes of a lane never cover one another", () => {
    const boxes = [
        { from: 0, to: 100 },
        { from: 50, to: 80 },
        { from: 110, to: 200 },
        { from: 90, to: 120 },
    ];
    expect(dealLanes(boxes)).toBe(2);
    expect(boxes.map(({ lane }) => lane)).toEqual([0, 1, 0, 1]);
    const range = getRange("month", DateTime.fromISO("2027-02-10"));
    expect(getWeeks(range).length).toBe(range.days / 7);
});
