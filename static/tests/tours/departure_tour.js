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
        {
            content: "The campaign is filled in",
            trigger: '.o_field_widget[name="campaign_id"] input:value("Tour campaign")',
        },
        {
            content: "Name the mailing",
            trigger: '.o_field_widget[name="name"] input',
            run: "edit Tour mailing",
        },
        ...chooseRecord("template_id", "Tour template"),
        ...chooseRecord("target_id", "Tour target"),
        ...stepUtils.saveForm(),
        {
            content: "Declare it ready",
            trigger: 'button[name="action_ready"]',
            run: "click",
        },
        {
            content: "Dispatch",
            trigger: 'button[name="action_dispatch"]',
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal .modal-footer .btn-primary",
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
