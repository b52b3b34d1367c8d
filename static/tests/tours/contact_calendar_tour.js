import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_campaign_contact_calendar", {
    steps: () => [
        {
            content: "Open the calendar of the contact",
            trigger: '.nav-link[name="campaign_calendar"]',
            run: "click",
        },
        {
            content: "What is not automatic is no violet box",
            trigger: '.fc-event.o_crm_campaign_other:contains("Newsletter")',
        },
        {
            content: "Open the box of an automatic task, which bears the icon of its type",
            trigger: '.fc-event.o_crm_campaign_auto:has(.fa-phone):contains("Auto task")',
            run: "click",
        },
        {
            content: "It is the to-do of a colleague",
            trigger: '.modal .o_field_widget[name="name"]:contains("Unpaid Deposit")',
        },
        {
            content: "Its label is there",
            trigger: '.modal .o_field_widget[name="todo_summary"]:contains("Call Zoé")',
        },
        {
            content: "So is whoever has to do it",
            trigger: '.modal .o_field_widget[name="assignee_id"]:contains("Seller")',
        },
        {
            content: "It is an automatic one",
            trigger: '.modal .o_field_widget[name="run_kind"]:contains("Automatic")',
        },
        {
            content: "Close it",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "Switch to the timeline",
            trigger: 'body:not(:has(.modal)) button[data-type="kanban"]',
            run: "click",
        },
        {
            content: "Open the message of the other automatic task",
            trigger: '.o_kanban_record:has(.badge:contains("Auto task")):contains("Good Morning")',
            run: "click",
        },
        {
            content: "Its target is there",
            trigger: '.modal .o_field_widget[name="target"]:contains("Tagged People")',
        },
        {
            content: "So is the message as it was sent",
            trigger: '.modal .o_field_widget[name="title"]:contains("Hello Zoé")',
        },
        {
            content: "Close it",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "See the messages",
            trigger: 'body:not(:has(.modal)) .nav-link[name="campaign_communications"]',
            run: "click",
        },
        {
            content: "They are listed",
            trigger: '.o_data_row:contains("Good Morning")',
        },
        {
            content: "To-dos are no messages",
            trigger: '.o_list_view:not(:contains("Unpaid Deposit"))',
        },
    ],
});
