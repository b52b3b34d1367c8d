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
            content: "Wait for them",
            trigger: '.o_breadcrumb:contains("Templates")',
        },
        {
            content: "Create a template",
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        {
            content: "Name it",
            trigger: '.o_field_widget[name="name"] input',
            run: "edit Tour template",
        },
        {
            content: "Begin with two columns",
            trigger: '.o_crm_campaign_layout[data-layout="columns"]',
            run: "click",
        },
        {
            content: "They are in the editor",
            trigger: '.o_field_widget[name="body_html"] h2:contains("First idea")',
        },
        {
            content: "Write the subject",
            trigger: '.o_field_widget[name="subject"] input',
            run: "edit Hello ",
        },
        {
            content: "Open the palette",
            trigger: ".o_crm_campaign_merge_field_button",
            run: "click",
        },
        {
            content: "Choose the name of the client",
            trigger: '.o_crm_campaign_palette_field:contains("Name"):first',
            run: "click",
        },
        {
            content: "Say what to write without a name",
            trigger: ".o_crm_campaign_palette_fallback",
            run: "edit you",
        },
        {
            content: "Insert it",
            trigger: ".o_crm_campaign_palette_insert",
            run: "click",
        },
        {
            content: "Put the cursor in the title of the message",
            trigger: '.o_field_widget[name="body_html"] h1',
            run: "click",
        },
        {
            content: "Open the palette again",
            trigger: ".o_crm_campaign_merge_field_button",
            run: "click",
        },
        {
            content: "Look for the town",
            trigger: ".o_crm_campaign_palette_search",
            run: "edit City",
        },
        {
            content: "Choose it",
            trigger: '.o_crm_campaign_palette_field:contains("City"):first',
            run: "click",
        },
        {
            content: "Insert it",
            trigger: ".o_crm_campaign_palette_insert",
            run: "click",
        },
        {
            content: "It is in the message",
            trigger: '.o_field_widget[name="body_html"] t[t-out="object.partner_id.city"]',
        },
        {
            content: "Look at the preview",
            trigger: '.o_notebook .nav-link:contains("Preview")',
            run: "click",
        },
        {
            content: "It shows the message",
            trigger: ".o_crm_campaign_page_preview iframe",
        },
        ...stepUtils.saveForm(),
        {
            content: "It has its code",
            trigger: '.o_field_widget[name="code"]:contains("TPL")',
        },
    ],
});
