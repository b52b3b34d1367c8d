import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useBus } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The answer to a question of a script, as a text: an input that goes with the type of the answer.
 * Days are year-month-day, yes and no are "yes" and "no", choices their name. The server reads it.
 */
export class ScriptAnswerField extends Component {
    static template = "crm_campaign.ScriptAnswerField";
    static props = {
        ...standardFieldProps,
        typeField: { type: String },
        choicesField: { type: String, optional: true },
    };

    setup() {
        this.input = useAutofocus({ refName: "answer" });
        useBus(this.props.record.model.bus, "NEED_LOCAL_CHANGES", ({ detail }) => {
            if (this.input.el) {
                detail.proms.push(this.save(this.input.el.value));
            }
        });
    }

    get type() {
        return this.props.record.data[this.props.typeField];
    }

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    get buttons() {
        if (this.type === "yes_no") {
            return [
                { value: "yes", label: _t("Yes") },
                { value: "no", label: _t("No") },
            ];
        }
        const choices = this.props.record.data[this.props.choicesField] || [];
        return choices.map((choice) => ({ value: choice, label: choice }));
    }

    get isButtons() {
        return ["yes_no", "choice"].includes(this.type);
    }

    async save(value) {
        if (value !== this.value) {
            await this.props.record.update({ [this.props.name]: value || false });
        }
    }

    async onInputChanged(ev) {
        await this.save(ev.target.value);
    }

    async onButtonClicked(value) {
        // A second click takes the answer away.
        await this.save(value === this.value ? "" : value);
    }
}

export const scriptAnswerField = {
    component: ScriptAnswerField,
    supportedTypes: ["char"],
    extractProps: ({ options }) => ({
        typeField: options.type_field,
        choicesField: options.choices_field,
    }),
};

registry.category("fields").add("crm_campaign_script_answer", scriptAnswerField);
