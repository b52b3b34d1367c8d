import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const EDITOR = '.o_field_widget[name="domain"] .o_domain_selector';

/** Steps that choose a field of the people in the only rule of the criteria. */
function chooseField(name, label) {
    return [
        {
            content: "Open the list of fields",
            trigger: `${EDITOR} .o_model_field_selector`,
            run: "click",
        },
        {
            content: `Look for ${label}`,
            trigger: ".o_model_field_selector_popover_search input",
            run: `edit ${label}`,
        },
        {
            content: `Choose ${label}`,
            trigger: `.o_model_field_selector_popover_item[data-name="${name}"] .o_model_field_selector_popover_item_name`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("crm_campaign_target", {
    url: "/odoo/action-crm_campaign.crm_campaign_target_action",
    steps: () => [
        {
            content: "Create a target",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Name it",
            trigger: '.o_field_widget[name="name"] textarea',
            run: "edit Tour birthdays",
        },
        {
            content: "Add a rule",
            trigger: `${EDITOR} a:contains("New Rule")`,
            run: "click",
        },
        ...chooseField("birthday_period", "Birthday"),
        {
            content: "Birthdays of today",
            trigger: `${EDITOR} .o_tree_editor_node .o_tree_editor_editor:last select`,
            run: "selectByLabel Today",
        },
        {
            content: "The criteria are told in words",
            trigger: '.o_field_widget[name="criteria"]:contains("Birthday is Today")',
        },
        {
            content: "The preview shows who it is",
            trigger: '.o_crm_campaign_preview tbody tr:contains("Born Today")',
        },
        {
            content: "And nobody else",
            trigger: ".o_crm_campaign_preview tbody:not(:has(tr:nth-child(2)))",
        },
        ...stepUtils.saveForm(),
        {
            content: "It has its code",
            trigger: '.o_field_widget[name="code"]:contains("TGT")',
        },
        {
            content: "Ask why somebody is not in",
            trigger: '.o_form_statusbar button:contains("Explain")',
            run: "click",
        },
        {
            content: "About a contact",
            trigger: '.modal .o_field_widget[name="record"] select',
            run: "selectByLabel Contact",
        },
        {
            content: "Look for the contact",
            trigger: '.modal .o_field_widget[name="record"] input',
            run: "edit Born Later",
        },
        {
            content: "Choose the contact",
            trigger: '.o-autocomplete--dropdown-item a:contains("Born Later")',
            run: "click",
        },
        {
            content: "The rule that is not met",
            trigger: '.modal .o_field_widget[name="explanation"] li:contains("Birthday is Today")',
        },
        {
            content: "And the verdict",
            trigger: '.modal .alert-warning:contains("would not reach Born Later")',
        },
        {
            content: "Close",
            trigger: '.modal-footer button:contains("Close")',
            run: "click",
        },
        {
            content: "Back on the target",
            trigger: "body:not(:has(.modal)) .o_form_saved",
        },
    ],
});

registry.category("web_tour.tours").add("crm_campaign_add_to_target", {
    url: "/odoo/contacts?view_type=list",
    steps: () => [
        {
            content: "Select a contact in the list",
            trigger: '.o_data_row:contains("Left Out") .o_list_record_selector input',
            run: "click",
        },
        {
            content: "Open the actions",
            trigger: ".o_cp_action_menus button:contains(Actions)",
            run: "click",
        },
        {
            content: "Add to Target",
            trigger: '.o-dropdown-item:contains("Add to Target")',
            run: "click",
        },
        {
            content: "Look for the target",
            trigger: '.modal .o_field_widget[name="target_id"] input',
            run: "edit Tour target",
        },
        {
            content: "Choose the target",
            trigger: '.o-autocomplete--dropdown-item a:contains("Tour target")',
            run: "click",
        },
        {
            content: "Exclude the contact",
            trigger: '.modal .o_field_widget[name="decision"] label:contains("Exclude")',
            run: "click",
        },
        {
            content: "Say why",
            trigger: '.modal .o_field_widget[name="reason"] input',
            run: "edit Complaint",
        },
        {
            content: "Confirm",
            trigger: '.modal-footer button[name="action_confirm"]',
            run: "click",
        },
        {
            content: "It is noted",
            trigger: '.o_notification:contains("noted in target “Tour target”")',
        },
    ],
});

registry.category("web_tour.tours").add("crm_campaign_waterfall", {
    steps: () => [
        {
            content: "Ask who will receive",
            trigger: 'button[name="action_check_departure"]',
            run: "click",
        },
        {
            content: "Two of four will",
            trigger: '.modal .o_field_widget[name="included_count"]:contains("2")',
        },
        {
            content: "One has no address",
            trigger: '.modal button[data-reason="no_address"]:contains("1")',
        },
        {
            content: "Look who was excluded by hand",
            trigger: '.modal button[data-reason="manual"]',
            run: "click",
        },
        {
            content: "There is the contact",
            trigger: '.o_data_row:contains("Left Out")',
        },
        {
            content: "And nobody else",
            trigger: ".o_list_view tbody:not(:has(.o_data_row ~ .o_data_row))",
        },
    ],
});
