import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { queryAll, queryAllTexts } from "@odoo/hoot-dom";
import {
    getConditionText,
    getCurrentOperator,
    getCurrentPath,
    getOperatorOptions,
    SELECTORS,
    selectOperator,
} from "@web/../tests/core/tree_editor/condition_tree_editor_test_helpers";
import {
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Target extends models.Model {
    _name = "crm.campaign.target";

    domain = fields.Char();
    res_model = fields.Char();

    _records = [{ id: 1, domain: "[]", res_model: "person" }];
}

class Person extends models.Model {
    _name = "person";

    name = fields.Char();
    birthdate = fields.Date();
    met_at = fields.Datetime({ string: "Met" });
    agency_id = fields.Many2one({ relation: "agency", string: "Agency" });
}

class Agency extends models.Model {
    _name = "agency";

    opened_at = fields.Datetime({ string: "Opened" });
    manager_id = fields.Many2one({ relation: "person", string: "Manager" });
}

defineMailModels();
defineModels([Target, Person, Agency]);

beforeEach(() => {
    onRpc("/web/domain/validate", () => true);
    onRpc("crm.campaign.target", "web_save", ({ args }) => {
        expect.step(args[1].domain);
    });
    onRpc("person", "search_count", () => expect.step("count"));
});

const KIND = ".o_crm_campaign_kind";
const NUMBER = ".o_crm_campaign_number";
const UNIT = ".o_crm_campaign_unit";
const DIRECTION = ".o_crm_campaign_direction";
const TODAY = `["&", ("birthdate", ">=", "today"), ("birthdate", "<", "today +1d")]`;

/** Open a target whose criteria are a domain. What is saved becomes a step. */
async function openTarget(domain, { readonly = false, options = "" } = {}) {
    Target._records[0].domain = domain;
    await mountView({
        type: "form",
        resModel: "crm.campaign.target",
        resId: 1,
        arch: `
            <form>
                <field name="res_model" invisible="1"/>
                <field
                    name="domain"
                    widget="crm_campaign_criteria"
                    readonly="${readonly ? 1 : 0}"
                    options="{'model': 'res_model'${options}}"
                />
            </form>`,
    });
}

/** Give the parts of the relative dates on the screen, from left to right. */
function getSentence() {
    const parts = queryAll(`${SELECTORS.valueEditor} :is(select, input, span)`);
    return parts
        .map((part) => part.selectedOptions?.[0].label ?? part.value ?? part.textContent)
        .join(" ");
}

test("days ago, weeks ago, months ago, in days", async () => {
    await openTarget(TODAY);
    expect(getCurrentOperator()).toBe("is");
    expect(getSentence()).toBe("today");

    await contains(KIND).select("exactly");
    await contains(NUMBER).edit("5");
    await clickSave();
    expect(getSentence()).toBe("exactly 5 days ago");
    expect.verifySteps([
        `["&", ("birthdate", ">=", "today -5d"), ("birthdate", "<", "today -4d")]`,
    ]);

    await contains(UNIT).select("weeks");
    await clickSave();
    await contains(UNIT).select("months");
    await clickSave();
    expect(getSentence()).toBe("exactly 5 months ago");
    expect.verifySteps([
        `["&", ("birthdate", ">=", "today -5w"), ("birthdate", "<", "today -5w +1d")]`,
        `["&", ("birthdate", ">=", "today -5m"), ("birthdate", "<", "today -5m +1d")]`,
    ]);

    await contains(UNIT).select("days");
    await contains(DIRECTION).select("in");
    await clickSave();
    expect(getSentence()).toBe("exactly 5 days from now");
    expect.verifySteps([
        `["&", ("birthdate", ">=", "today +5d"), ("birthdate", "<", "today +6d")]`,
    ]);
});

test("between two numbers of days, ago or from now", async () => {
    await openTarget(TODAY);

    await contains(KIND).select("between");
    await contains(`${NUMBER}:last`).edit("60");
    await contains(`${NUMBER}:first`).edit("30");
    await clickSave();
    expect(getSentence()).toBe("between 30 and 60 days ago");

    await contains(DIRECTION).select("in");
    await clickSave();
    expect(getSentence()).toBe("between 30 and 60 days from now");
    expect.verifySteps([
        `["&", ("birthdate", ">=", "today -60d"), ("birthdate", "<", "today -29d")]`,
        `["&", ("birthdate", ">=", "today +30d"), ("birthdate", "<", "today +61d")]`,
    ]);
});

test("the last days end before today, the next days begin with it", async () => {
    await openTarget(TODAY);

    await contains(KIND).select("last_days");
    await contains(NUMBER).edit("10");
    await clickSave();
    expect(getSentence()).toBe("in the last 10 days (before today)");

    await contains(KIND).select("next_days");
    await clickSave();
    expect(getSentence()).toBe("in the next 10 days (from today on)");
    expect.verifySteps([
        `["&", ("birthdate", ">=", "today -10d"), ("birthdate", "<", "today")]`,
        `["&", ("birthdate", ">=", "today"), ("birthdate", "<", "today +10d")]`,
    ]);
});

test("last month", async () => {
    await openTarget(TODAY);

    await contains(KIND).select("last_month");
    await clickSave();

    expect(getSentence()).toBe("last month");
    expect.verifySteps([
        `["&", ("birthdate", ">=", "today =1d -1m"), ("birthdate", "<", "today =1d")]`,
    ]);
});

test("saved criteria are shown as they were chosen", async () => {
    const opened = {
        "today -5d / today -4d": "exactly 5 days ago",
        "today -1d / today -0d": "exactly 1 days ago",
        "today -1d / today": "in the last 1 days (before today)",
        "today -60d / today -29d": "between 30 and 60 days ago",
        "today =1d -1m / today =1d": "last month",
        "today +3w / today +3w +1d": "exactly 3 weeks from now",
    };
    const pairs = Object.keys(opened).map((key) => key.split(" / "));
    const domain = pairs.flatMap(([left, right]) => [
        `("birthdate", ">=", "${left}")`,
        `("birthdate", "<", "${right}")`,
    ]);
    const connectors = Array(domain.length - 1).fill(`"&"`);
    await openTarget(`[${[...connectors, ...domain].join(", ")}]`);

    expect(SELECTORS.condition).toHaveCount(6);
    expect(getSentence()).toBe(Object.values(opened).join(" "));
});

test("the ready-made periods of the host are among the choices", async () => {
    await openTarget(`["&", ("met_at", ">=", "today -30d"), ("met_at", "<", "today")]`);

    expect(getCurrentOperator()).toBe("is");
    expect(getSentence()).toBe("in the last 30 days (before today)");
});

test("operators of a date", async () => {
    await openTarget(TODAY);

    expect(getOperatorOptions()).toEqual([
        "is",
        "between",
        "is equal to",
        "before",
        "after",
        "is set",
        "is not set",
    ]);
});

test("the operators of the host are still there, and back", async () => {
    await openTarget(TODAY);

    await selectOperator("set");
    await clickSave();
    await selectOperator(JSON.stringify([`"relative date"`, false]));
    await clickSave();

    expect(getSentence()).toBe("today");
    expect.verifySteps([`[("birthdate", "!=", False)]`, TODAY]);
});

test("dates between two fixed ones", async () => {
    await openTarget(`["&", ("birthdate", ">=", "2026-01-01"), ("birthdate", "<=", "2026-01-31")]`);

    expect(SELECTORS.condition).toHaveCount(1);
    expect(getCurrentOperator()).toBe("between");
});

test("a datetime through relations: one record is within both bounds", async () => {
    await openTarget(
        `[("agency_id.manager_id", "any", ["&", ("met_at", ">=", "today"), ("met_at", "<", "today +1d")])]`
    );
    expect(getCurrentPath()).toBe("Agency > Manager > Met");
    expect(getSentence()).toBe("today");

    await contains(KIND).select("exactly");
    await contains(NUMBER).edit("5");
    await clickSave();

    expect(getSentence()).toBe("exactly 5 days ago");
    expect.verifySteps([
        `[("agency_id.manager_id", "any", ["&", ("met_at", ">=", "today -5d"), ("met_at", "<", "today -4d")])]`,
    ]);
});

test("a chosen date field starts with today", async () => {
    await openTarget(`[("name", "=", "x")]`);

    await contains(".o_model_field_selector").click();
    await contains(".o_model_field_selector_popover_item[data-name=met_at] button").click();
    await clickSave();

    expect(getSentence()).toBe("today");
    expect.verifySteps([`["&", ("met_at", ">=", "today"), ("met_at", "<", "today +1d")]`]);
});

test("other domains stay as the host shows them, untouched by an edit beside them", async () => {
    const foreign = `("birthdate", ">=", "today -5d"), ("birthdate", "<=", "today -4d")`;
    const dotted = `("agency_id.opened_at", ">=", "today -5d"), ("agency_id.opened_at", "<", "today -4d")`;
    await openTarget(`["&", "&", "&", "&", ${foreign}, ${dotted}, ("name", "=", "x")]`);
    expect(".o_crm_campaign_relative_date").toHaveCount(0);

    await contains(`${SELECTORS.valueEditor}:last input`).edit("y");
    await clickSave();

    expect.verifySteps([`["&", "&", "&", "&", ${foreign}, ${dotted}, ("name", "=", "y")]`]);
});

test("words of a text field are no dates", async () => {
    await openTarget(`["&", ("name", ">=", "today -5d"), ("name", "<", "today -4d")]`);

    expect(SELECTORS.condition).toHaveCount(2);
});

test("a negated range stays two conditions of the host", async () => {
    await openTarget(`["!", "&", ("birthdate", ">=", "today"), ("birthdate", "<", "today +1d")]`, {
        readonly: true,
    });

    expect(SELECTORS.condition).toHaveCount(2);
});

test("numbers stay in order and within reason", async () => {
    await openTarget(`["&", ("birthdate", ">=", "today -60d"), ("birthdate", "<", "today -29d")]`);

    await contains(`${NUMBER}:first`).edit("90");
    expect(getSentence()).toBe("between 90 and 90 days ago");
    await contains(`${NUMBER}:last`).edit("120");
    expect(getSentence()).toBe("between 90 and 120 days ago");
    await contains(`${NUMBER}:last`).edit("9999999");
    expect(getSentence()).toBe("between 90 and 36500 days ago");
    await contains(`${NUMBER}:first`).edit("");
    expect(getSentence()).toBe("between 90 and 36500 days ago");
});

test("in plain words when it cannot be edited", async () => {
    await openTarget(
        `["&", "&",
            ("birthdate", ">=", "today -5d"), ("birthdate", "<", "today -4d"),
            ("agency_id", "any", [
                "&", ("opened_at", ">=", "today =1d -1m"), ("opened_at", "<", "today =1d")
            ])
        ]`,
        { readonly: true }
    );

    expect(getConditionText(0)).toBe("Birthdate is 5 days ago");
    expect(getConditionText(1)).toBe("Agency ➔ Opened is last month");
});

test("in plain words when it is folded", async () => {
    await openTarget(`["&", ("birthdate", ">=", "today -5d"), ("birthdate", "<", "today -4d")]`, {
        options: ", 'foldable': True",
    });

    expect(queryAllTexts(".o_facet_value")).toEqual(["Birthdate is 5 days ago"]);
});

test("in a dialog", async () => {
    await openTarget(TODAY, { options: ", 'in_dialog': True" });
    expect(getConditionText()).toBe("Birthdate is today");

    await contains(".o_field_domain_dialog_button").click();
    await contains(`.o_dialog ${KIND}`).select("next_week");
    await contains(".o_dialog footer .btn-primary").click();
    await clickSave();

    expect(getConditionText()).toBe("Birthdate is next week");
    expect.verifySteps([
        `["&", ("birthdate", ">=", "today -monday +1w"), ("birthdate", "<", "today -monday +2w")]`,
    ]);
});

test("records are not counted, criteria that cannot be used are told", async () => {
    onRpc("/web/domain/validate", () => false);
    await openTarget(TODAY);

    expect(".o_domain_show_selection_button").toHaveCount(0);
    expect(".o_field_domain_panel").toHaveText("These criteria cannot be used.");
    expect.verifySteps([]);
});
