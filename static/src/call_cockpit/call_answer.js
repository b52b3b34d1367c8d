import { Component, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const ARROWS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** The answer to a question during a call: looks as in the simulation of a script. */
export class CallAnswer extends Component {
    // The inputs are those of the widget that simulates a script.
    static template = "crm_campaign.ScriptAnswerField";
    static props = {
        type: String,
        choices: Array,
        value: String,
        onChosen: Function,
    };

    setup() {
        this.input = useRef("answer");
    }

    get type() {
        return this.props.type;
    }

    get value() {
        return this.props.value;
    }

    get isButtons() {
        return ["yes_no", "choice"].includes(this.type);
    }

    get buttons() {
        if (this.type === "yes_no") {
            return [
                { value: "yes", label: _t("Yes") },
                { value: "no", label: _t("No") },
            ];
        }
        return this.props.choices.map((choice) => ({ value: choice, label: choice }));
    }

    onButtonClicked(value) {
        this.props.onChosen(value);
    }

    // What is typed is kept on the way up, at each key.
    onInputChanged() {}
}

/**
 * Move among the buttons of an answer with the arrow keys.
 *
 * @param {KeyboardEvent} ev
 * @returns {boolean} whether it did
 */
export function moveByArrow(ev) {
    const step = ARROWS[ev.key];
    const group = ev.target.closest("[role='group']");
    if (!step || !group) {
        return false;
    }
    const buttons = [...group.querySelectorAll("button")];
    const index = buttons.indexOf(ev.target) + step;
    buttons.at(index % buttons.length).focus();
    return true;
}
