import { Reactive } from "@web/core/utils/reactive";

const BUTTONS = { yes: true, no: false };

/**
 * Where a caller is in the script of a call: one question at a time, forwards and back. The server
 * stores each answer as soon as it is given, and says where it leads.
 */
export class CallScriptModel extends Reactive {
    /**
     * @param {import("./call_cockpit_model").CallCockpitModel} cockpit
     * @param {Object} script - as ``get_card`` gives it
     * @param {{questionId: number, value: string}} [typed] - an answer that was not sent yet
     */
    constructor(cockpit, script, typed) {
        super();
        this.cockpit = cockpit;
        this.name = script.name;
        this.questions = script.questions;
        this.error = "";
        this.waiting = false;
        this.typed = null;
        this.read(script);
        // Questions shown before this one, in their order.
        this.trail = script.way;
        this.questionId = script.next_id;
        if (typed && this.questions.some(({ id }) => id === typed.questionId)) {
            this.goTo(typed.questionId);
            this.typed = typed;
        }
    }

    read({ answers, outcome }) {
        this.answers = answers;
        this.outcome = outcome;
    }

    get question() {
        return this.questions.find(({ id }) => id === this.questionId);
    }

    /** @returns {Object[]} what was answered on the way, to be read and gone back to */
    get rows() {
        const order = Object.fromEntries(this.questions.map(({ id }, index) => [id, index]));
        return this.answers
            .map((answer) => ({ ...answer, question: this.questions[order[answer.question_id]] }))
            .filter(({ question }) => question)
            .sort((a, b) => order[a.question_id] - order[b.question_id]);
    }

    getAnswer(questionId) {
        return this.answers.find((answer) => answer.question_id === questionId);
    }

    /** What the input holds: what is typed, else what is stored. */
    get value() {
        if (this.typed?.questionId === this.questionId) {
            return this.typed.value;
        }
        const value = this.getAnswer(this.questionId)?.value ?? "";
        return typeof value === "boolean" ? (value ? "yes" : "no") : value;
    }

    type(value) {
        this.typed = { questionId: this.questionId, value };
        this.error = "";
        this.cockpit.note({ answer: this.typed });
    }

    /** Store what the input holds and go on; what is wrong is said in its place. */
    async answer() {
        const question = this.question;
        if (!question || this.isSending) {
            return;
        }
        const text = this.value;
        const value = question.type === "yes_no" ? (BUTTONS[text] ?? null) : text;
        const label = `${this.cockpit.card.contact.name}: ${question.text}`;
        const { outbox, call } = this.cockpit;
        this.isSending = true;
        this.error = "";
        try {
            const args = [question.id, value];
            const { sent, result } = await outbox.submit("answer_question", call.id, args, label);
            if (sent) {
                this.onStored(question.id, result);
            } else {
                this.waiting = true;
            }
        } catch (error) {
            this.error = error.data?.message || error.message;
        } finally {
            this.isSending = false;
        }
    }

    /** An answer has arrived: go where it leads, unless the caller is elsewhere by now. */
    onStored(questionId, result) {
        this.read(result);
        this.waiting = false;
        if (this.typed?.questionId === questionId) {
            this.typed = null;
            this.cockpit.note({ answer: undefined });
        }
        if (this.questionId === questionId) {
            this.trail = [...this.trail, questionId];
            this.questionId = result.next_id;
        }
    }

    /** Go back to the question before; nothing that was answered is lost. */
    back() {
        if (this.trail.length) {
            this.questionId = this.trail.at(-1);
            this.trail = this.trail.slice(0, -1);
            this.error = "";
        }
    }

    /** Go back to a question of the way. */
    goTo(questionId) {
        const index = this.trail.indexOf(questionId);
        this.trail = index < 0 ? this.trail : this.trail.slice(0, index);
        this.questionId = questionId;
        this.error = "";
    }
}
