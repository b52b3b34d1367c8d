import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { animationFrame, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { writeMergeField } from "@crm_campaign/merge_fields/merge_field_palette";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const PALETTE = [
    {
        family: "client",
        label: "Client",
        fields: [
            { expression: "object.partner_id.name", label: "Name" },
            { expression: "object.partner_id.city", label: "City" },
        ],
    },
    {
        family: "settings",
        label: "Settings",
        fields: [{ expression: "object.company_id.city", label: "Our City" }],
    },
];

class Template extends models.Model {
    _name = "crm.campaign.template";

    subject = fields.Char();
    body_text = fields.Text();
    body_html = fields.Html();
    layout = fields.Selection({
        selection: [
            ["blank", "Blank"],
            ["columns", "Two Columns"],
        ],
    });
    preview_html = fields.Text();

    _records = [
        {
            id: 1,
            subject: "Hello !",
            body_text: "Sale",
            body_html: "<p>Dear </p>",
            layout: "blank",
            preview_html: "<p>Dear <b>Name</b></p>",
        },
    ];
}

defineMailModels();
defineModels([Template]);

onRpc("crm.campaign.recipient", "get_merge_field_palette", () => PALETTE);

async function mountForm(arch) {
    await mountView({
        type: "form",
        resModel: "crm.campaign.template",
        resId: 1,
        arch: `<form><widget name="crm_campaign_merge_field"/>${arch}</form>`,
    });
}

async function openPalette() {
    await contains(".o_crm_campaign_merge_field_button").click();
    await animationFrame();
}

test("a merge field is written with its fallback, or without", () => {
    expect(writeMergeField({ expression: "object.a", fallback: "" })).toBe("{{ object.a }}");
    expect(writeMergeField({ expression: "object.a", fallback: "you" })).toBe(
        "{{ object.a ||| you }}"
    );
});

test("the palette shows one family at a time, and a search shows them all", async () => {
    await mountForm('<field name="subject"/>');
    await openPalette();

    expect(queryAllTexts(".o_crm_campaign_palette_family")).toEqual(["Client", "Settings"]);
    expect(queryAllTexts(".o_crm_campaign_palette_field")).toEqual(["Name", "City"]);

    await contains(".o_crm_campaign_palette_family:contains(Settings)").click();
    expect(queryAllTexts(".o_crm_campaign_palette_field")).toEqual(["Our City"]);

    await contains(".o_crm_campaign_palette_search").edit("city", { confirm: false });
    await animationFrame();
    expect(queryAllTexts(".o_crm_campaign_palette_field")).toEqual(["City", "Our City"]);
});

test("a merge field goes where the cursor was in the subject", async () => {
    await mountForm('<field name="subject"/><field name="body_text"/>');
    const input = queryFirst('.o_field_widget[name="subject"] input');
    await contains(input).focus();
    input.setSelectionRange(6, 6);
    await openPalette();

    await contains(".o_crm_campaign_palette_field:contains(Name)").click();
    await contains(".o_crm_campaign_palette_fallback").edit("y{ou}|", { confirm: false });
    await contains(".o_crm_campaign_palette_insert").click();

    expect(input).toHaveValue("Hello {{ object.partner_id.name ||| you }}!");
    expect(".o_crm_campaign_palette").toHaveCount(0);
});

test("a merge field in the text is saved", async () => {
    onRpc("crm.campaign.template", "web_save", ({ args }) => {
        expect.step(args[1].body_text);
    });
    await mountForm('<field name="subject"/><field name="body_text"/>');
    const area = queryFirst('.o_field_widget[name="body_text"] textarea');
    await contains(area).focus();
    area.setSelectionRange(4, 4);
    await openPalette();

    await contains(".o_crm_campaign_palette_field:contains(City)").click();
    await contains(".o_crm_campaign_palette_insert").click();
    await contains(".o_form_button_save").click();

    expect.verifySteps(["Sale{{ object.partner_id.city }}"]);
});

test("without a cursor the message gets the merge field", async () => {
    onRpc("crm.campaign.template", "web_save", ({ args }) => {
        expect.step(/<t t-out="object.partner_id.city"[^>]*>here<\/t>/.test(args[1].body_html));
        expect.step(/data-oe-merge-field/.test(args[1].body_html));
    });
    await mountForm('<field name="subject"/><field name="body_html" widget="crm_campaign_html"/>');
    await openPalette();

    await contains(".o_crm_campaign_palette_field:contains(City)").click();
    await contains(".o_crm_campaign_palette_fallback").edit("here", { confirm: false });
    await contains(".o_crm_campaign_palette_insert").click();
    await animationFrame();

    expect('.odoo-editor-editable t[t-out="object.partner_id.city"]').toHaveText("here");
    expect('.odoo-editor-editable t[t-out="object.partner_id.city"]').toHaveAttribute(
        "data-oe-merge-field",
        "City"
    );
    await contains(".o_form_button_save").click();
    expect.verifySteps([true, false]);
});

test("the preview runs no script, and narrows to a telephone", async () => {
    await mountForm('<field name="preview_html" widget="crm_campaign_page_preview"/>');

    expect(".o_crm_campaign_page_preview iframe").toHaveAttribute("sandbox", "allow-same-origin");
    expect(".o_crm_campaign_page_preview iframe").toHaveAttribute(
        "srcdoc",
        "<p>Dear <b>Name</b></p>"
    );
    await contains(".o_crm_campaign_preview_narrow").click();
    expect(".o_crm_campaign_page_preview iframe").toHaveStyle({ width: "375px" });
});

test("a layout is chosen by its drawing", async () => {
    onRpc("crm.campaign.template", "web_save", ({ args }) => {
        expect.step(args[1].layout);
    });
    await mountForm('<field name="layout" widget="crm_campaign_start_from"/>');

    expect(queryAllTexts(".o_crm_campaign_start_from button")).toEqual([
        "Blank",
        "Two Columns",
        "Imported HTML",
    ]);
    await contains('.o_crm_campaign_layout[data-layout="columns"]').click();
    await contains(".o_form_button_save").click();
    expect.verifySteps(["columns"]);
});
