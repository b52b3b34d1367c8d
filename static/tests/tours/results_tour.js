import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_campaign_results", {
    steps: () => [
        {
            content: "Open the campaign",
            trigger: '.o_kanban_record:contains("Tour results")',
            run: "click",
        },
        {
            content: "Its results are the first page: three people were targeted",
            trigger: '.o_crm_campaign_results_tile[data-name="targeted"]:contains("3")',
        },
        {
            content: "Two thirds of the targeted in the funnel",
            trigger:
                '.o_crm_campaign_funnel_step[data-name="reached"] .o_crm_campaign_funnel_share:contains("66.7%")',
        },
        {
            content: "The operation is in the table",
            trigger: '.o_crm_campaign_results_operations td:contains("Tour mailing")',
        },
        {
            content: "Who was reached?",
            trigger: 'button.o_crm_campaign_results_tile[data-name="reached"]:contains("2")',
            run: "click",
        },
        {
            content: "One of them",
            trigger: '.o_list_view .o_data_row:contains("Person 1")',
        },
        {
            content: "And the other one; the third has no address",
            trigger: '.o_list_view:not(:contains("No Email")) .o_data_row:contains("Person 2")',
        },
        {
            content: "Back to the campaign",
            trigger: '.breadcrumb-item:contains("Tour results")',
            run: "click",
        },
        {
            content: "Its report can be printed",
            trigger: 'button[name="action_print_report"]',
        },
    ],
});
