import { registry } from "@web/core/registry";

const COCKPIT = ".o_crm_campaign_call_cockpit";

function showsCall(name) {
    return {
        content: `The call to ${name} may be ended`,
        trigger: `${COCKPIT}:not(.o_guarded):not(.o_busy) .o_crm_campaign_call_title:contains("${name}")`,
    };
}

registry.category("web_tour.tours").add("crm_campaign_call_cockpit", {
    steps: () => [
        {
            content: "Three calls are ready: take the first one by a key",
            trigger: `${COCKPIT} .o_crm_campaign_call_reasons li[data-code=ready]:contains("3")`,
            run: "press Enter",
        },
        {
            content: "Answer the first question",
            trigger: ".o_crm_campaign_call_script .o_answer button[data-value=yes]",
            run: "click",
        },
        {
            content: "A wrong answer is refused in its place",
            trigger: ".o_crm_campaign_call_script .o_answer input",
            run: "edit many && press Enter",
        },
        {
            content: "It says what is expected",
            trigger: '.o_crm_campaign_call_script [role=alert]:contains("asks for a number")',
        },
        {
            content: "Correct it",
            trigger: ".o_crm_campaign_call_script .o_answer input",
            run: "edit 12 && press Enter",
        },
        {
            content: "The script ends",
            trigger: ".o_crm_campaign_call_script .o_script_end.alert-success",
        },
        {
            content: "Create the lead by a key",
            trigger: `${COCKPIT} .o_crm_campaign_call_lead:contains("New Lead")`,
            run: "press l",
        },
        {
            content: "The call has a lead",
            trigger: `${COCKPIT} .o_crm_campaign_call_lead:contains("Lead Created")`,
        },
        {
            content: "Write notes",
            trigger: ".o_crm_campaign_call_note",
            run: "edit Wants a quote",
        },
        {
            content: "Leave the notes",
            trigger: ".o_crm_campaign_call_note",
            run: "press Escape",
        },
        {
            ...showsCall("Callee 1"),
            run: "press 1",
        },
        {
            ...showsCall("Callee 2"),
            run: "press 3",
        },
        {
            content: "Promise to call back tomorrow",
            trigger: '.o_crm_campaign_call_callback button:contains("Tomorrow")',
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".o_crm_campaign_call_callback button[type=submit]",
            run: "click",
        },
        {
            ...showsCall("Callee 3"),
            run: "press s",
        },
        {
            content: "Say why it is passed over",
            trigger: ".o_crm_campaign_call_skip input",
            run: "edit Lunch time there",
        },
        {
            content: "Pass it over",
            trigger: ".o_crm_campaign_call_skip button[type=submit]",
            run: "click",
        },
        {
            content: "Nothing is left for now",
            trigger: '.o_crm_campaign_call_title:contains("Nothing is left")',
        },
        {
            content: "One waits since it was passed over",
            trigger: '.o_crm_campaign_call_reasons li[data-code=skipped]:contains("1")',
        },
        {
            content: "One was promised",
            trigger: '.o_crm_campaign_call_reasons li[data-code=promised]:contains("1")',
        },
        {
            content: "One is finished, and the day says so",
            trigger: `${COCKPIT}:has(li[data-code=finished]) .o_crm_campaign_call_bar [name=successes]:contains("1")`,
        },
    ],
});
