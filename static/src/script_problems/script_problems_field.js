import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useQuestionOpener } from "../script_questions/question_opener";

/**
 * What is wrong with a call script, a line for each problem; a click opens the question concerned.
 */
export class ScriptProblemsField extends Component {
    static template = "crm_campaign.ScriptProblemsField";
    static props = { ...standardFieldProps };

    setup() {
        this.openQuestion = useQuestionOpener(() => this.props.record);
    }

    get problems() {
        return this.props.record.data[this.props.name] || [];
    }

    get level() {
        return this.problems.some(({ level }) => level === "danger") ? "danger" : "warning";
    }

    async onProblemClicked(problem) {
        await this.openQuestion(problem.question_id);
    }
}

export const scriptProblemsField = {
    component: ScriptProblemsField,
    supportedTypes: ["json"],
};

registry.category("fields").add("crm_campaign_script_problems", scriptProblemsField);
