import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Steps that choose an existing record in a many2one field of the form. */
function chooseRecord(field, name) {
    return [
        {
            content: `Look for ${name}`,
            trigger: `.o_field_widget[name="${field}"] input`,
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

registry.category("web_tour.tours").add("crm_campaign_departure", {
    url: "/odoo/action-crm_campaign.crm_campaign_action",
    steps: () => [
        {
            content: "Create a campaign",
            trigger: ".o-kanban-button-new, .o_list_button_add",
            run: "click",
        },
        {
            content: "Name it",
            trigger: '.o_field_widget[name="title"] textarea, .o_field_widget[name="title"] input',
            run: "edit Tour campaign",
        },
        {
            content: "Plan a budget",
            trigger: '.o_field_widget[name="budget_planned"] input',
            run: "edit 1000",
        },
        ...stepUtils.saveForm(),
        {
            content: "Prepare a mailing",
            trigger: 'button[name="action_new_operation"]',
            run: "click",
        },
        ...goOn("characteristics"),
        {
            content: "Its campaign is filled in",
            trigger: '.o_field_widget[name="campaign_id"] input:value("Tour campaign")',
        },
        {
            content: "Name the mailing",
            trigger: 'div[name="characteristics"] .o_field_widget[name="name"] input',
            run: "edit Tour mailing",
        },
        ...goOn("companies"),
        ...goOn("contacts"),
        {
            content: "Contacts of a target",
            trigger: '.o_field_widget[name="contact_source"] input[data-value="target"]',
            run: "click",
        },
        ...chooseRecord("contact_target_id", "Tour target"),
        ...goOn("result"),
        {
            content: "Three are in the list",
            trigger: '.o_field_widget[name="targeted_label"]:contains("3")',
        },
        {
            content: "One of them has no email address",
            trigger: '.o_crm_campaign_lacks [data-lack="email"]:contains("1")',
        },
        ...goOn("delivery"),
        ...chooseRecord("template_id", "Tour template"),
        ...goOn("departure"),
        {
            content: "Let it leave now",
            trigger: '.o_field_widget[name="departure"] input[data-value="now"]',
            run: "click",
        },
        ...goOn("validation"),
        {
            content: "Validate",
            trigger: 'button[name="action_validate"]',
            run: "click",
        },
        {
            content: "Two of three will receive it",
            trigger: '.o_field_widget[name="included_count"]:contains("2")',
        },
        {
            content: "The one without an address is counted; open the list",
            trigger: '.o_crm_campaign_exclusions button[data-reason="no_address"]',
            run: "click",
        },
        {
            content: "There is the person, with the reason",
            trigger:
                '.o_data_row:contains("No Email") .o_data_cell[name="exclusion"]:contains("No Address")',
        },
    ],
});
