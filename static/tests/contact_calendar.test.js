import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { mockDate, runAllTimers } from "@odoo/hoot-mock";
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

class Contact extends models.Model {
    _name = "crm.campaign.contact";

    name = fields.Char();

    _records = [
        { id: 1, name: "Zoé" },
        { id: 2, name: "Nobody Wrote" },
    ];
    _views = {
        form: `
            <form>
                <widget
                    name="crm_campaign_communications"
                    options="{'about': 'about_partner_id', 'views': ['calendar', 'kanban']}"
                />
            </form>`,
        "form,messages": `
            <form>
                <widget
                    name="crm_campaign_communications"
                    options="{'about': 'about_partner_id'}"
                />
            </form>`,
    };
}

class Communication extends models.Model {
    _name = "crm.campaign.communication";

    name = fields.Char();
    icon = fields.Char();
    run_kind = fields.Selection({
        selection: [
            ["one_shot", "One"],
            ["automatic", "Automatic"],
        ],
    });
    channel = fields.Selection({
        selection: [
            ["email", "Email"],
            ["activity", "To-Do"],
        ],
    });
    exclusion = fields.Selection({ selection: [["capped", "Too Often"]] });
    date = fields.Datetime();
    about_partner_id = fields.Many2one({ relation: "crm.campaign.contact" });

    _records = [
        {
            id: 1,
            name: "Unpaid Deposit",
            icon: "fa-phone",
            run_kind: "automatic",
            channel: "activity",
            date: "2026-11-20 23:30:00",
            about_partner_id: 1,
        },
        {
            id: 2,
            name: "Happy Birthday",
            icon: "fa-birthday-cake",
            run_kind: "automatic",
            channel: "email",
            date: "2026-11-16 08:00:00",
            about_partner_id: 1,
        },
        {
            id: 3,
            name: "Newsletter",
            icon: "fa-envelope",
            run_kind: "one_shot",
            channel: "email",
            date: "2026-11-05 10:00:00",
            about_partner_id: 1,
        },
        {
            id: 4,
            name: "Held Back",
            icon: "fa-envelope",
            run_kind: "one_shot",
            channel: "email",
            exclusion: "capped",
            date: "2027-01-15 08:00:00",
            about_partner_id: 2,
        },
    ];
    _views = {
        list: `<list default_order="date desc"><field name="name"/></list>`,
        search: `
            <search>
                <filter
                    name="addressed"
                    string="Not Held Back"
                    domain="[('exclusion', '=', False)]"
                />
            </search>`,
        kanban: `
            <kanban class="o_crm_campaign_timeline" default_order="date desc">
                <templates><t t-name="card"><field name="name"/></t></templates>
            </kanban>`,
        calendar: `
            <calendar
                js_class="crm_campaign_contact_calendar"
                date_start="date"
                create_name_field="name"
                mode="month"
                create="0"
                edit="0"
                delete="0"
                show_date_picker="0"
            >
                <field name="run_kind"/>
                <field name="icon"/>
            </calendar>`,
    };
}

defineMailModels();
defineModels([Contact, Communication]);
preloadBundle("web.fullcalendar_lib");

/** Show the tab of a contact, on a day of another month than the last line's. */
async function mountTab(resId, viewId = false) {
    mockDate("2027-01-10 12:00:00", 0);
    await mountView({ type: "form", resModel: "crm.campaign.contact", resId, viewId });
}

test("what automatic tasks did is in violet boxes, in the month of the last line", async () => {
    await mountTab(1);

    expect(".o_calendar_header h5").toHaveText("November 2026");
    expect(queryAllTexts(".fc-event")).toEqual([
        "Newsletter",
        "Auto task\nHappy Birthday",
        "Auto task\nUnpaid Deposit",
    ]);
    expect(".fc-event.o_crm_campaign_auto").toHaveCount(2);
    expect(".fc-event.o_crm_campaign_auto .fa-birthday-cake").toHaveCount(1);
    expect(".fc-event.o_crm_campaign_other .fa-envelope").toHaveCount(1);
    expect(".o_event_dot, .o_past_event").toHaveCount(0);
});

test("a line just before midnight does not reach into the next day", async () => {
    await mountTab(1);

    expect(".fc-day[data-date='2026-11-20'] .fc-event").toHaveCount(1);
    expect(".fc-event:contains(Unpaid Deposit)").toHaveClass("fc-event-end");
    expect(".fc-event:contains(Unpaid Deposit)").toHaveCount(1);
});

test("a box opens the details at one click", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(`${action.res_model} ${action.res_id} ${action.target}`);
        },
    });
    await mountTab(1);

    await contains(".fc-event:contains(Happy Birthday)").click();
    await runAllTimers();

    expect.verifySteps(["crm.campaign.communication 2 new"]);
    expect(".o_cw_popover").toHaveCount(0);
});

test("the timeline lists the same lines, the newest first", async () => {
    await mountTab(1);

    await contains("[data-type=kanban]").click();

    expect(".o_calendar_view").toHaveCount(0);
    expect(queryAllTexts(".o_kanban_record:not(.o_kanban_ghost)")).toEqual([
        "Unpaid Deposit",
        "Happy Birthday",
        "Newsletter",
    ]);
});

test("who was told nothing has no calendar, but a word of explanation", async () => {
    onRpc("crm.campaign.communication", "*", ({ method }) => expect.step(method));
    await mountTab(2);

    expect(".o_crm_campaign_calendar_empty").toHaveCount(1);
    expect(".o_calendar_view, [data-type=kanban]").toHaveCount(0);
    expect.verifySteps(["search_read"]);
});

test("messages are listed without to-dos", async () => {
    await mountTab(1, "messages");

    expect(queryAllTexts(".o_data_row")).toEqual(["Happy Birthday", "Newsletter"]);
    expect("[data-type]").toHaveCount(0);
});
