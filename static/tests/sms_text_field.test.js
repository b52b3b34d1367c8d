import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { animationFrame, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryText } from "@odoo/hoot-dom";
import {
    addStop,
    countSms,
    fillLongest,
    fillShortest,
} from "@crm_campaign/sms_text_field/sms_parts";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { SMS_CASES } from "./sms_parts_cases";

class Template extends models.Model {
    _name = "crm.campaign.template";

    body_text = fields.Text();
    sms_stop_mention = fields.Char();
    sms_stop_link = fields.Char();

    _records = [
        { id: 1, body_text: "Hi {{ object.partner_id.name ||| you }}", sms_stop_mention: "" },
        {
            id: 2,
            body_text: "Sale",
            sms_stop_mention: "STOP {stop}",
            sms_stop_link: "https://x/cs/12",
        },
    ];
    _views = {
        form: `<form><field name="body_text" widget="crm_campaign_sms_text"/></form>`,
    };
}

defineMailModels();
defineModels([Template]);

for (const [name, text, times, encoding, characters, units, parts] of SMS_CASES) {
    test(`count: ${name}`, () => {
        expect(countSms(text.repeat(times))).toEqual({ encoding, characters, units, parts });
    });
}

test("merge fields at their fallback and at their longest", () => {
    const worsts = { "object.name": [4, false], "object.city": [3, true] };

    expect(fillShortest("Hi {{ object.name ||| you }}{{ object.city }}!")).toBe("Hi you!");
    expect(fillLongest("Hi {{ object.name }}!", worsts)).toBe("Hi xxxx!");
    expect(fillLongest("{{ object.name ||| dear friend }}", worsts)).toBe("xxxxxxxxxxx");
    expect(fillLongest("{{ object.name ||| çà }}", worsts)).toBe("ïïïï");
    expect(fillLongest("{{ object.city }} {{ object.name }}", worsts)).toBe("ïïï xxxx");
});

test("the mention to say stop is added where the text has none", () => {
    expect(addStop("Non-stop ", "STOP 36111")).toBe("Non-stop\nSTOP 36111");
    expect(addStop("STOP me", "STOP 36111")).toBe("STOP me");
    expect(addStop("No more {stop}", "STOP 36111")).toBe("No more {stop}");
    expect(addStop("Moved", "")).toBe("Moved");
});

test("the count follows what is typed", async () => {
    await mountView({ type: "form", resModel: "crm.campaign.template", resId: 1 });
    expect(".o_crm_campaign_sms_now").toHaveText("6 characters, 1 SMS (GSM-7)");

    await contains("textarea").edit("ç".repeat(71), { confirm: false });
    await animationFrame();

    expect(".o_crm_campaign_sms_now").toHaveText("71 characters, 2 SMS (UCS-2)");
    expect(queryAllTexts(".o_crm_campaign_sms_count button")).toEqual([]);
});

test("the mention and its link are counted", async () => {
    await mountView({ type: "form", resModel: "crm.campaign.template", resId: 2 });

    expect(".o_crm_campaign_sms_now").toHaveText("25 characters, 1 SMS (GSM-7)");
});

test("the longest values are asked for once, then followed", async () => {
    onRpc("crm.campaign.template", "get_longest_values", () => {
        expect.step("asked");
        return { "object.partner_id.name": [160, false] };
    });
    await mountView({ type: "form", resModel: "crm.campaign.template", resId: 1 });

    await contains(".o_crm_campaign_sms_count button:contains(longest)").click();

    expect(queryText(".o_crm_campaign_sms_longest")).toBe(
        "With the longest values: 163 characters, 2 SMS (GSM-7)"
    );
    await contains("textarea").edit("{{ object.partner_id.name }}", { confirm: false });
    await animationFrame();
    expect(queryText(".o_crm_campaign_sms_longest")).toBe(
        "With the longest values: 160 characters, 1 SMS (GSM-7)"
    );
    expect.verifySteps(["asked"]);
});
