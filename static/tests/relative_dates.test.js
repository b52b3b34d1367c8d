import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryAllValues } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    getConditionText,
    getCurrentOperator,
    getCurrentPath,
    getOperatorOptions,
    selectOperator,
    SELECTORS,
} from "@web/../tests/core/tree_editor/condition_tree_editor_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { findValue, getBounds, getWords } from "@crm_campaign/criteria/relative_dates";

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
});

const KIND = ".o_crm_campaign_kind";
const NUMBER = ".o_crm_campaign_number";
const UNIT = `${NUMBER} ~ select:first`;
const DIRECTION = ".o_crm_campaign_relative_date > select:last";
const BIRTHDATE_TODAY = `["&", ("birthdate", ">=", "today"), ("birthdate", "<", "today +1d")]`;

/** Open a target; the domain it has in the end is given by getSavedDomain(). */
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

/** Save, and give the domain that the server received; null when there is nothing to save. */
async function getSavedDomain() {
    let domain = null;
    onRpc("crm.campaign.target", "web_save", ({ args }) => {
        domain = args[1].domain;
    });
    await contains(".o_form_button_save:not(:visible), .o_form_button_save").click();
    return domain;
}

/** Give the parts of the relative date on the screen, from left to right. */
function getSentence() {
    const parts = [];
    for (const part of document.querySelectorAll(".o_crm_campaign_relative_date > *")) {
        const isSelect = part.tagName === "SELECT";
        parts.push(isSelect ? part.selectedOptions[0].label : (part.value ?? part.textContent));
    }
    return parts.join(" ");
}

test("five days ago", async () => {
    await openTarget(BIRTHDATE_TODAY);
    expect(getCurrentOperator()).toBe("is");

    await contains(KIND).select("exactly");
    await contains(NUMBER).edit("5");

    expect(getSentence()).toBe("exactly 5 days ago");
    expect(await getSavedDomain()).toBe(
        `["&", ("birthdate", ">=", "today -5d"), ("birthdate", "<", "today -4d")]`
    );
});
