import { registry } from "@web/core/registry";

const NEWSLETTER = ".o_crm_campaign_planning_row:contains(Newsletter)";

registry.category("web_tour.tours").add("crm_campaign_planning", {
    steps: () => [
        {
            content: "What has no date is there too",
            trigger: ".o_crm_campaign_planning_chip:contains(Reminder)",
        },
        {
            content: "Show a week",
            trigger: ".scale_button_selection",
            run: "click",
        },
        {
            content: "Choose it",
            trigger: ".o_scale_button_week",
            run: "click",
        },
        {
            content: "Two people are concerned twice",
            trigger: ".o_crm_campaign_planning_week .o_people:contains(2)",
        },
        {
            content: "Move the newsletter by an hour, with the keyboard",
            trigger: `.o_scale_week ${NEWSLETTER}`,
            async run({ anchor, press }) {
                anchor.focus();
                await press("ArrowRight");
            },
        },
        {
            content: "It is on its way",
            trigger: `${NEWSLETTER}.o_ghost`,
        },
        {
            content: "It is saved",
            trigger: `${NEWSLETTER}:not(.o_ghost)`,
        },
        {
            content: "See its facts",
            trigger: NEWSLETTER,
            run: "click",
        },
        {
            content: "Its campaign is one of them",
            trigger: ".o_crm_campaign_planning_popover:contains(Spring)",
        },
        {
            content: "Open it",
            trigger: ".o_crm_campaign_planning_popover .btn-primary",
            run: "click",
        },
        {
            content: "This is the operation",
            trigger: ".o_form_view .o_field_widget[name=date_start]",
        },
        {
            content: "Go back to the planning",
            trigger: ".o_breadcrumb .breadcrumb-item a, .o_back_button",
            run: "click",
        },
        {
            content: "See the calendar",
            trigger: "button.o_calendar",
            run: "click",
        },
        {
            content: "The same operations are there",
            trigger: ".o_calendar_view .fc-event:contains(Newsletter)",
        },
        {
            content: "List the people who are concerned twice: back to the timeline",
            trigger: "button.o_campaign_timeline",
            run: "click",
        },
        {
            content: "Open them",
            trigger: ".o_crm_campaign_planning_week:has(.o_people:contains(2))",
            run: "click",
        },
        {
            content: "They are listed",
            trigger: ".o_list_view .o_data_row:contains(Person 1)",
        },
    ],
});
