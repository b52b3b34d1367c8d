import { registry } from "@web/core/registry";

/** Steps that choose an existing record in a many2one field. */
function chooseRecord(field, name, scope = "") {
    return [
        {
            content: `Look for ${name}`,
            trigger: `${scope} .o_field_widget[name="${field}"] input`,
            run: `edit ${name}`,
        },
        {
            content: `Choose ${name}`,
            trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) a:contains("${name}")`,
            run: "click",
        },
    ];
}

/** Steps that lead to the next step of the assistant. */
function goOn(step) {
    return [
        {
            content: `Go on to ${step}`,
            trigger: 'button[name="action_next"]',
            run: "click",
        },
        {
            content: `Here is ${step}`,
            trigger: `.o_form_sheet > div[name="${step}"]`,
        },
    ];
}

/** Steps from the operations to the first step of an assistant. */
function newOperation(type, welcome) {
    return [
        {
            content: "Prepare an operation",
            trigger: '.o_control_panel button:contains("New Operation")',
            run: "click",
        },
        {
            content: `Of the type ${type}`,
            trigger: `.modal .o_crm_campaign_choice button:contains("${type}")`,
            run: "click",
        },
        {
            content: "The assistant says what comes",
            trigger: `.o_form_sheet > div[name="${welcome}"]`,
        },
        ...goOn("characteristics"),
        ...chooseRecord("campaign_id", "Tour campaign"),
        {
            content: "Name the operation",
            trigger: 'div[name="characteristics"] .o_field_widget[name="name"] input',
            run: `edit Tour ${type}`,
        },
    ];
}

/** Steps that look at a figure of the summary. */
function hasFigure(label, number) {
    return {
        content: `${label}: ${number}`,
        trigger: `.o_form_sheet button:contains("${label}") .fs-3:contains("${number}")`,
    };
}

/** Steps that open a tab of the form. */
function openTab(name) {
    return {
        content: `Open the tab ${name}`,
        trigger: `.o_notebook a.nav-link[name="${name}"]`,
        run: "click",
    };
}

const ADD_LINE = '.o_field_widget[name="action_line_ids"] .o_field_x2many_list_row_add a';

registry.category("web_tour.tours").add("crm_campaign_mass_action", {
    steps: () => [
        ...newOperation("Mass Action", "welcome_action"),
        ...goOn("companies"),
        ...goOn("contacts"),
        {
            content: "Contacts of a target",
            trigger: '.o_field_widget[name="contact_source"] input[data-value="target"]',
            run: "click",
        },
        ...chooseRecord("contact_target_id", "Tour target"),
        ...goOn("result"),
        ...goOn("actions"),
        {
            content: "Add a to-do",
            trigger: ADD_LINE,
            run: "click",
        },
        ...chooseRecord("activity_type_id", "Call", ".modal"),
        {
            content: "Say what is to be done",
            trigger: '.modal .o_field_widget[name="summary"] input',
            run: "edit Offer the check-up",
        },
        {
            content: "A given user does it",
            trigger: '.modal .o_field_widget[name="assignee_rule"] input[data-value="user"]',
            run: "click",
        },
        ...chooseRecord("user_id", "Campaign Marketer", ".modal"),
        {
            content: "That is the first line",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "Add another one",
            trigger: `body:not(:has(.modal)) ${ADD_LINE}`,
            run: "click",
        },
        {
            content: "Which makes leads",
            trigger: '.modal .o_field_widget[name="kind"] input[data-value="lead"]',
            run: "click",
        },
        {
            content: "Name the leads",
            trigger: '.modal .o_field_widget[name="summary"] input',
            run: "edit Check-up wanted",
        },
        {
            content: "For the same user",
            trigger: '.modal .o_field_widget[name="assignee_rule"] input[data-value="user"]',
            run: "click",
        },
        ...chooseRecord("user_id", "Campaign Marketer", ".modal"),
        {
            content: "That is all",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "Count before anything is made",
            trigger: 'body:not(:has(.modal)) button[name="action_preview_actions"]',
            run: "click",
        },
        {
            content: "Three to-dos and three leads for the marketer",
            trigger:
                '.o_field_widget[name="action_preview"] tr:contains("Campaign Marketer"):contains("3")',
        },
        ...goOn("validation"),
        {
            content: "Validate",
            trigger: 'button[name="action_validate"]',
            run: "click",
        },
        hasFigure("Actions Created", 3),
        hasFigure("Leads Created", 3),
        openTab("follow_up"),
        {
            content: "Open the follow-up",
            trigger: '.tab-pane.active button[name="action_view_todos"]',
            run: "click",
        },
        {
            content: "It can be handed over as a file",
            trigger: '.o_control_panel button[name="action_export"]:contains("Excel")',
        },
        {
            content: "Open whom the first to-do is about",
            trigger: '.o_list_view .o_data_row:contains("Person 1") .o_data_cell[name="summary"]',
            run: "click",
        },
        {
            content: "Do the to-do",
            trigger: ".o-mail-Activity-markDone",
            run: "click",
        },
        {
            content: "Say how it went",
            trigger: ".o-mail-ActivityMarkAsDone textarea",
            run: "edit They agree.",
        },
        {
            content: "It is done",
            trigger: '.o-mail-ActivityMarkAsDone button[aria-label="Done"]',
            run: "click",
        },
        {
            content: "Nothing is left to do here",
            trigger: ".o-mail-Chatter:not(:has(.o-mail-Activity-markDone))",
        },
        {
            content: "Back to the follow-up",
            trigger: '.o_breadcrumb a:contains("Follow-Up")',
            run: "click",
        },
        {
            content: "The row is green, with the report",
            trigger:
                '.o_list_view .o_data_row.text-success:contains("Person 1") .o_data_cell[name="report"]:contains("They agree.")',
        },
        {
            content: "Back to the operation",
            trigger: '.o_breadcrumb a:contains("Tour Mass Action")',
            run: "click",
        },
        openTab("results"),
        hasFigure("Done", 1),
        {
            content: "Suspend it",
            trigger: 'button[name="action_suspend"]',
            run: "click",
        },
        hasFigure("Suspended", 2),
        {
            content: "Resume it",
            trigger: 'button[name="action_ask_resume"]',
            run: "click",
        },
        hasFigure("To Do", 2),
        hasFigure("Suspended", 0),
        openTab("leads_obtained"),
        {
            content: "Leads are there with their columns",
            trigger:
                '.tab-pane.active .o_data_row:contains("Person 3") .o_data_cell[name="obtained_company_id"]',
        },
        {
            content: "Open them",
            trigger: '.tab-pane.active button[name="action_view_obtained_leads"]',
            run: "click",
        },
        {
            content: "All three of them",
            trigger:
                '.o_action_manager:has(.o_breadcrumb:contains("Leads Obtained")) .o_list_view .o_data_row:eq(2)',
        },
    ],
});

registry.category("web_tour.tours").add("crm_campaign_trade_show", {
    steps: () => [
        ...newOperation("Trade Show", "welcome_trade_show"),
        {
            content: "Say where",
            trigger: '.o_field_widget[name="show_venue"] input',
            run: "edit Exhibition Park",
        },
        {
            content: "From",
            trigger: 'input[data-field="date_start"]',
            run: "edit 05/06/2030 08:00:00 && press Enter",
        },
        {
            content: "To",
            trigger: 'input[data-field="date_end"]',
            run: "edit 05/07/2030 16:00:00 && press Enter",
        },
        ...goOn("validation"),
        {
            content: "Validate",
            trigger: 'button[name="action_validate"]',
            run: "click",
        },
        openTab("attendees"),
        ...chooseRecord("target_id", "Tour target", ".tab-pane.active"),
        {
            content: "Invite its people",
            trigger: 'button[name="action_invite_target"]',
            run: "click",
        },
        {
            content: "Three are on the list; open it",
            trigger: 'button[name="action_view_attendees"].oe_stat_button:contains("3")',
            run: "click",
        },
        {
            content: "Somebody came",
            trigger: '.o_data_row:contains("Person 2") button[name="action_present"]',
            run: "click",
        },
        {
            content: "Which shows",
            trigger: '.o_data_row:contains("Person 2") .text-bg-success:contains("Present")',
        },
        {
            content: "Back to the trade show",
            trigger: '.o_breadcrumb a:contains("Tour Trade Show")',
            run: "click",
        },
        {
            content: "Open it to visitors",
            trigger: 'button[name="action_open"]',
            run: "click",
        },
        openTab("response_page"),
        {
            content: "Its public page has an address, where visitors find the fair",
            trigger: '.tab-pane.active .o_field_widget[name="response_url"] a:contains("/cr/")',
            async run() {
                const page = await fetch(this.anchor.href);
                const text = await page.text();
                if (!page.ok || !text.includes("Tour Trade Show")) {
                    throw new Error(`The public page answers ${page.status}: ${text}`);
                }
            },
        },
    ],
});
