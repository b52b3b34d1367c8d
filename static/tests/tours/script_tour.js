import { registry } from "@web/core/registry";

const DIALOG = ".modal .o_form_view";
const PROBLEMS = ".o_crm_campaign_script_problems";

function save() {
    return [
        {
            content: "Save the question",
            trigger: '.modal footer button:contains("Save")',
            run: "click",
        },
        {
            content: "Back in the script",
            trigger: "body:not(:has(.modal))",
        },
    ];
}

function answer(number, input, run) {
    return [
        {
            content: `Answer question ${number}`,
            trigger: `${DIALOG} .o_field_widget[name=number]:contains("${number}")`,
        },
        {
            content: "Give the answer",
            trigger: `${DIALOG} .o_crm_campaign_script_answer ${input}`,
            run,
        },
        {
            content: "Go on",
            trigger: ".modal button[name=action_next]",
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("crm_campaign_script", {
    url: "/odoo/action-crm_campaign.crm_campaign_script_action",
    steps: () => [
        {
            content: "Create a script",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Name it",
            trigger: ".o_field_widget[name=name] input",
            run: "edit Tour script",
        },
        {
            content: "Add the first question",
            trigger: '.o_field_widget[name=question_ids] a:contains("Add a line")',
            run: "click",
        },
        {
            content: "Write it",
            trigger: `${DIALOG} .o_field_widget[name=name] textarea`,
            run: "edit How many?",
        },
        {
            content: "It is the start",
            trigger: `${DIALOG} .o_field_widget[name=is_start] input:checked`,
        },
        {
            content: "Its answer is a number",
            trigger: `${DIALOG} .o_field_widget[name=answer_type] input`,
            run: "click",
        },
        {
            content: "Choose the type",
            trigger: '.o_select_menu_item:contains("Number")',
            run: "click",
        },
        {
            content: "Add a path",
            trigger: `${DIALOG} .o_field_widget[name=path_ids] a:contains("Add a line")`,
            run: "click",
        },
        {
            content: "It leads to a question that is not written yet",
            trigger: `${DIALOG} .o_field_widget[name=target_question_id] input`,
            run: "edit May we call?",
        },
        {
            content: "Create it",
            trigger: '.o-autocomplete--dropdown-item:contains("Create")',
            run: "click",
        },
        {
            content: "It is there",
            trigger: `${DIALOG} .o_field_widget[name=target_question_id] input:value("May we call?")`,
        },
        ...save(),
        {
            content: "The second question leads nowhere: open it from the problem",
            trigger: `${PROBLEMS} li[data-code=dead_end] button:contains("Question 2")`,
            run: "click",
        },
        {
            content: "Its answer is yes or no",
            trigger: `${DIALOG} .o_field_widget[name=answer_type] input`,
            run: "click",
        },
        {
            content: "Choose the type",
            trigger: '.o_select_menu_item:contains("Yes/No")',
            run: "click",
        },
        {
            content: "Add a path, which leads to the end",
            trigger: `${DIALOG} .o_field_widget[name=path_ids] a:contains("Add a line")`,
            run: "click",
        },
        {
            content: "The path is there",
            trigger: `${DIALOG} .o_field_widget[name=path_ids] .o_data_row`,
        },
        ...save(),
        {
            content: "No problem is left",
            trigger: `.o_form_view:not(:has(${PROBLEMS})) .o_data_row:nth-child(2):contains("Yes/No")`,
        },
        {
            content: "Look at the drawing",
            trigger: 'a[name=drawing]:contains("Drawing")',
            run: "click",
        },
        {
            content: "Two questions",
            trigger: ".o_crm_campaign_script_graph .o_crm_campaign_box[data-number='2']",
        },
        {
            content: "Simulate",
            trigger: "button[name=action_simulate]",
            run: "click",
        },
        ...answer(1, "input", "edit 12"),
        ...answer(2, "button[data-value=yes]", "click"),
        {
            content: "The end, as foreseen",
            trigger: `${DIALOG} .alert-success:contains("ends here")`,
        },
        {
            content: "Back",
            trigger: ".modal button[name=action_back]",
            run: "click",
        },
        {
            content: "The answer may be changed",
            trigger: `${DIALOG} button[data-value=yes].btn-primary`,
        },
        {
            content: "Close",
            trigger: '.modal footer button:contains("Close")',
            run: "click",
        },
        {
            content: "The script is as it was",
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});
