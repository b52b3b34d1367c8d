import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useQuestionOpener } from "../script_questions/question_opener";
import { BOX, drawScript } from "./script_drawing";

/**
 * The paths of a call script, drawn; a click on a question opens it.
 */
export class ScriptGraphField extends Component {
    static template = "crm_campaign.ScriptGraphField";
    static props = { ...standardFieldProps };

    setup() {
        this.openQuestion = useQuestionOpener(() => this.props.record);
        this.box = BOX;
        // Arrow heads are found by their name in the whole page.
        this.headId = `o_crm_campaign_head_${this.props.record.id}`;
    }

    get drawing() {
        return drawScript(this.props.record.data[this.props.name] || { nodes: [], edges: [] });
    }

    async onBoxClicked(box) {
        if (box.question_id) {
            await this.openQuestion(box.question_id);
        }
    }

    async onBoxKeydown(ev, box) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            await this.onBoxClicked(box);
        }
    }
}

export const scriptGraphField = {
    component: ScriptGraphField,
    supportedTypes: ["json"],
};

registry.category("fields").add("crm_campaign_script_graph", scriptGraphField);
