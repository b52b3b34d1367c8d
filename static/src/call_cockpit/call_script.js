import { Component, markup, useEffect, useRef } from "@odoo/owl";
import { CallAnswer, moveByArrow } from "./call_answer";

/** The script beside the call; a call without one shows what the operation is about. */
export class CallScript extends Component {
    static template = "crm_campaign.CallScript";
    static components = { CallAnswer };
    static props = { card: Object, script: { type: Object, optional: true } };

    setup() {
        this.root = useRef("root");
        // Whoever answers with the keyboard stays there for the next question.
        useEffect(
            () => {
                if (this.wantsFocus) {
                    this.wantsFocus = false;
                    this.root.el
                        ?.querySelector(".o_answer :is(button, input, textarea), .o_script_end")
                        ?.focus();
                }
            },
            () => [this.props.script?.questionId, this.props.script?.outcome]
        );
    }

    get script() {
        return this.props.script;
    }

    get description() {
        return markup(this.props.card.operation.description);
    }

    onTyped(ev) {
        this.script.type(ev.target.value);
    }

    /** A button is an answer by itself. */
    async onChosen(value) {
        this.script.type(value);
        await this.answer();
    }

    async onNext() {
        await this.answer();
    }

    /** Enter sends the answer; with shift it is a new line of a text. */
    async onKeydown(ev) {
        if (moveByArrow(ev)) {
            ev.preventDefault();
            return;
        }
        const isButton = ev.target.closest("button");
        if (ev.key === "Enter" && !ev.shiftKey && !ev.isComposing && !isButton) {
            ev.preventDefault();
            this.script.type(ev.target.value);
            await this.answer();
        }
    }

    async answer() {
        this.wantsFocus = this.root.el.contains(document.activeElement);
        await this.script.answer();
    }

    onBack() {
        this.script.back();
    }
}
