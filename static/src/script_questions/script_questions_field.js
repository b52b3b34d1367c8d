import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { ListRenderer } from "@web/views/list/list_renderer";
import { useQuestionOpener } from "./question_opener";

/** Saves the script once a question was moved: its number is its rank. */
export class ScriptQuestionsRenderer extends ListRenderer {
    async sortDrop() {
        await super.sortDrop(...arguments);
        await this.props.list.model.root.save();
    }
}

/**
 * The questions of a script: each is written in a dialog of its own, which saves it at once.
 */
export class ScriptQuestionsField extends X2ManyField {
    static components = { ...X2ManyField.components, ListRenderer: ScriptQuestionsRenderer };

    setup() {
        super.setup();
        this.openQuestion = useQuestionOpener(() => this.props.record);
    }

    async onAdd() {
        await this.openQuestion();
    }

    async openRecord(record) {
        await this.openQuestion(record.resId);
    }
}

export const scriptQuestionsField = {
    ...x2ManyField,
    component: ScriptQuestionsField,
    supportedTypes: ["one2many"],
};

registry.category("fields").add("crm_campaign_script_questions", scriptQuestionsField);
