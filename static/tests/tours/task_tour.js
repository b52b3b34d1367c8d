import { registry } from "@web/core/registry";

const ROW = '.o_data_row:contains("Tour birthday")';

/** Steps that choose a record in a cell of the row that is being edited. */
function chooseInRow(field, name) {
    return [
        {
            content: `Look for ${name}`,
            trigger: `.o_selected_row .o_field_widget[name="${field}"] input`,
            run: `edit ${name}`,
        },
        {
            content: `Choose ${name}`,
            trigger: `.o-autocomplete--dropdown-item:contains("${name}")`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("crm_campaign_task", {
    steps: () => [
        {
            content: "Add a task",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Its name is all it asks for",
            trigger: '.o_selected_row .o_field_widget[name="name"] input',
            run: "edit Tour birthday",
        },
        {
            content: "Keep it",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "It is off",
            trigger: `${ROW} .o_data_cell[name="status"]:contains("Off")`,
        },
        {
            content: "Go on with the line",
            trigger: `${ROW} .o_data_cell[name="type_id"]`,
            run: "click",
        },
        ...chooseInRow("type_id", "Birthday"),
        {
            content: "The pre-written template came along",
            trigger:
                '.o_selected_row .o_field_widget[name="template_id"] input:value("Birthday (English)")',
        },
        {
            content: "And everybody as target",
            trigger:
                '.o_selected_row .o_field_widget[name="target_id"] input:value("Every contact and company")',
        },
        {
            content: "Set the hour",
            trigger: '.o_selected_row button[name="action_edit_periodicity"]',
            run: "click",
        },
        {
            content: "At seven",
            trigger: '.modal .o_field_widget[name="time_of_day"] input',
            run: "edit 07:00 && press Tab",
        },
        {
            content: "The next runs are told",
            trigger: '.modal .o_field_widget[name="next_runs_message"]:contains("07:00")',
        },
        {
            content: "Keep it",
            trigger: '.modal footer button:contains("Save")',
            run: "click",
        },
        {
            content: "The line says so",
            trigger: `${ROW} .o_data_cell[name="periodicity"]:contains("Every day at 07:00")`,
        },
        {
            content: "Switch it on",
            trigger: `${ROW} .o_data_cell[name="enabled"] .o_boolean_toggle input`,
            run: "click",
        },
        {
            content: "It is on",
            trigger: `${ROW} .o_data_cell[name="status"]:contains("On")`,
        },
    ],
});
