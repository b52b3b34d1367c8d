import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_campaign_communicate", {
    steps: () => [
        {
            content: "Write to the contact",
            trigger: 'button[name="action_campaign_communicate"]',
            run: "click",
        },
        {
            content: "The address is there",
            trigger: '.modal .o_field_widget[name="address"]:contains("zoe@test.example.com")',
        },
        {
            content: "Choose the circumstance",
            trigger: '.modal .o_field_widget[name="tag_id"] span:contains("Tour gesture")',
            run: "click",
        },
        {
            content: "Its only template is taken, rendered for the contact",
            trigger: '.modal .o_field_widget[name="subject"] input:value("Hello Zoé")',
            run: "edit Sorry, Zoé",
        },
        {
            content: "See the preview",
            trigger: '.modal .nav-link[name="preview"]',
            run: "click",
        },
        {
            content: "There it is as it was changed",
            trigger: '.modal .o_field_widget[name="preview"]:contains("Sorry, Zoé")',
        },
        {
            content: "Send it",
            trigger: '.modal button[name="action_send"]',
            run: "click",
        },
        {
            content: "It left",
            trigger:
                '.modal .o_field_widget[name="outcome"]:contains("zoe@test.example.com is leaving")',
        },
    ],
});

registry.category("web_tour.tours").add("crm_campaign_content_check", {
    steps: () => [
        {
            content: "Look at the departure",
            trigger: 'button[name="action_check_departure"]',
            run: "click",
        },
        {
            content: "Check every message",
            trigger: ".modal .o_crm_campaign_check",
            run: "click",
        },
        {
            content: "All are checked",
            trigger: '.modal .o_crm_campaign_progress:contains("3 of 3 messages")',
        },
        {
            content: "Open the people of an empty merge field",
            trigger: '.modal tr[data-kind="empty_field"] button:contains("2")',
            run: "click",
        },
        {
            content: "There they are",
            trigger: '.o_list_view .o_data_row:contains("Person 2")',
        },
    ],
});
