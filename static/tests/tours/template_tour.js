import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("crm_campaign_template", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the CRM",
            trigger: '.o_app[data-menu-xmlid="crm.crm_menu_root"]',
            run: "click",
        },
        {
            content: "Open the marketing menu",
            trigger: '[data-menu-xmlid="crm_campaign.crm_campaign_menu_marketing"]',
            run: "click",
        },
        {
            content: "Open the templates",
            trigger: '[data-menu-xmlid="crm_campaign.crm_campaign_template_menu"]',
            run: "click",
        },
        {
            content: "Create a template",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Name it",
            trigger: '.o_field_widget[name="name"] input',
            run: "edit Tour template",
        },
        {
            content: "Write the subject with a merge field",
            trigger: '.o_field_widget[name="subject"] input',
            run: "edit Hello {{ object.partner_id.name }}",
        },
        {
            content: "Look at the merge fields",
            trigger: '.o_notebook .nav-link:contains("Merge Fields")',
            run: "click",
        },
        {
            content: "The city of the client is one",
            trigger:
                '.o_field_widget[name="merge_fields_help"] code:contains("object.partner_id.city")',
        },
        ...stepUtils.saveForm(),
        {
            content: "It has its code",
            trigger: '.o_field_widget[name="code"]:contains("TPL")',
        },
    ],
});
