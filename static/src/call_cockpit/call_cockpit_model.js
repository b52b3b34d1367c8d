import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime, serializeDateTime } from "@web/core/l10n/dates";
import { Reactive } from "@web/core/utils/reactive";
import { uuid } from "@web/core/utils/strings";
import { CallOutbox, isConnectionError } from "./call_outbox";
import { CallScriptModel } from "./call_script_model";
import { CallStorage } from "./call_storage";

// A digit that comes this soon after a call was meant for the one before.
const GUARD_MS = 400;
const REFRESH_MS = 60 * 1000;

/**
 * What a caller has on the screen, and what is done with it. The rules are the server's: which call
 * comes next, where an answer leads, what an outcome means.
 *
 * Phases: ``loading``, ``ready`` (no call taken yet), ``call``, ``empty`` (nothing is left for now),
 * ``paused`` (the call was put back), ``waiting`` (for the network).
 */
export class CallCockpitModel extends Reactive {
    /**
     * @param {Object} orm
     * @param {number | false} operationId - calls of this operation only
     * @param {number | false} callId - call to begin with
     */
    constructor(orm, operationId, callId) {
        super();
        this.operationId = operationId;
        this.callId = callId;
        this.storage = new CallStorage();
        this.outbox = new CallOutbox(orm, this.storage, (job, result) =>
            this.onLateResult(job, result)
        );
        this.outbox.onOnline = () => this.onOnline();
        this.phase = "loading";
        this.outcomes = [];
        this.queue = { day: {}, reasons: [] };
        this.tz = "UTC";
        this.isBusy = false;
        this.isGuarded = false;
        this.announcement = "";
        this.notice = "";
        this.clear();
    }

    /** Take the call off the screen. */
    clear() {
        this.card = null;
        this.script = null;
        this.panel = "";
        this.error = "";
        this.draft = { note: "", callbackAt: false, callbackBy: "me", reason: "" };
    }

    get call() {
        return this.card?.call;
    }

    // Opening ---------------------------------------------------------------------------------

    async start() {
        await this.outbox.flush();
        await this.ask(async () => {
            const opened = await this.outbox.call("open_cockpit", [this.operationId]);
            Object.assign(this, { outcomes: opened.outcomes, queue: opened.queue, tz: opened.tz });
            const current = (await this.takeWanted()) || opened.current;
            if (current) {
                await this.load(current.id);
            } else {
                this.phase = "ready";
            }
        }, "waiting");
    }

    /** Take the call that the screen was opened for; where that cannot be, say why. */
    async takeWanted() {
        const callId = this.callId;
        if (!callId) {
            return false;
        }
        try {
            const taken = await this.outbox.call("take", [[callId]]);
            this.notice = taken ? "" : _t("This call may not be made now.");
            this.callId = false;
            return taken;
        } catch (error) {
            if (isConnectionError(error)) {
                throw error;
            }
            this.callId = false;
            this.notice = error.data?.message || error.message;
            return false;
        }
    }

    async takeNext() {
        if (this.isBusy || this.card) {
            return;
        }
        if (!this.outcomes.length) {
            return this.start();
        }
        await this.ask(async () => {
            await this.outbox.flush();
            if (this.outbox.jobs.length) {
                this.phase = "waiting";
                return;
            }
            const taken = await this.outbox.call("take_next", [this.operationId]);
            this.notice = "";
            if (taken) {
                await this.load(taken.id);
            } else {
                this.phase = "empty";
                this.announcement = _t("Nothing is left to call for now.");
            }
            await this.refreshQueue();
        }, "waiting");
    }

    async load(callId) {
        const card = await this.outbox.call("get_card", [[callId]]);
        this.clear();
        const draft = this.storage.readDraft(callId) || {};
        Object.assign(this.draft, draft);
        this.script = card.script ? new CallScriptModel(this, card.script, draft.answer) : null;
        this.card = card;
        this.phase = "call";
        this.isGuarded = true;
        this.guard = browser.setTimeout(() => (this.isGuarded = false), GUARD_MS);
        const { name, company } = card.contact;
        this.announcement = [_t("Call to"), name, company, card.call.phone].join(" ");
    }

    async refreshQueue() {
        this.queue = await this.outbox.call("get_queue", [this.operationId]);
    }

    /**
     * Ask the server; what it refuses is said, and without a network nothing is lost.
     *
     * @param {() => Promise<void>} request
     * @param {string} [phase] - what comes without a network, where no call is on the screen
     */
    async ask(request, phase) {
        this.isBusy = true;
        try {
            await request();
        } catch (error) {
            if (isConnectionError(error)) {
                this.outbox.noteOffline(error);
            } else if (error.data) {
                this[this.card ? "error" : "notice"] = error.data.message || error.message;
            } else {
                throw error;
            }
            if (phase && !this.card) {
                this.phase = isConnectionError(error) ? phase : "paused";
            }
        } finally {
            this.isBusy = false;
        }
    }

    /** The server answers again. */
    async onOnline() {
        if (this.phase === "waiting") {
            await this.takeNext();
        } else if (this.outbox.isOffline) {
            await this.ask(() => this.refreshQueue());
        }
    }

    /** Look from time to time whether something has become due. */
    watch() {
        this.timer = browser.setInterval(async () => {
            if (["ready", "empty", "paused"].includes(this.phase) && !this.isBusy) {
                await this.ask(() => this.refreshQueue());
            }
        }, REFRESH_MS);
    }

    stop() {
        browser.clearInterval(this.timer);
        browser.clearTimeout(this.guard);
        this.outbox.stop();
    }

    // Draft -----------------------------------------------------------------------------------

    /** Keep what is typed, in the browser too. */
    note(values) {
        Object.assign(this.draft, values);
        if (this.call) {
            this.storage.writeDraft(this.call.id, { ...this.draft });
        }
    }

    get callbackAt() {
        const { callbackAt } = this.draft;
        return callbackAt ? deserializeDateTime(callbackAt, { tz: this.tz }) : false;
    }

    setCallbackAt(moment) {
        this.note({ callbackAt: moment ? serializeDateTime(moment) : false });
    }

    // Ending a call ---------------------------------------------------------------------------

    /** End the call with an outcome; one that asks when to call back opens its panel first. */
    async end(outcome) {
        if (!this.card || this.isBusy || this.isGuarded) {
            return;
        }
        if (outcome.asks_callback && this.panel !== "callback") {
            this.openPanel("callback", outcome);
            return;
        }
        const token = uuid();
        const values = { note: this.draft.note, token };
        if (outcome.asks_callback) {
            values.callback_at = this.draft.callbackAt;
            values.callback_by = this.draft.callbackBy;
        }
        await this.finish("record_outcome", [outcome.id, values], outcome.name, token);
    }

    async confirmCallback() {
        await this.end(this.panelOutcome);
    }

    async skip() {
        if (!this.draft.reason.trim()) {
            this.error = _t("Say why you pass this call over.");
            return;
        }
        const token = uuid();
        await this.finish("skip", [this.draft.reason, token], _t("Passed over"), token);
    }

    async putBack() {
        await this.finish("put_back", [], _t("Put back"), undefined, "paused");
    }

    /**
     * Tell the server how a call ends, and go on.
     *
     * @param {string} [phase] - what comes then; nothing = the next call
     */
    async finish(method, args, word, token, phase) {
        if (!this.card || this.isBusy) {
            return;
        }
        const call = this.call;
        const label = `${this.card.contact.name}: ${word}`;
        const draft = this.storage.readDraft(call.id);
        this.isBusy = true;
        this.error = "";
        try {
            await this.outbox.submit(method, call.id, args, label, token);
        } catch (error) {
            this.error = error.data?.message || error.message;
            this.announcement = this.error;
            return;
        } finally {
            this.isBusy = false;
        }
        // What is put back is taken up again: its notes stay.
        this.storage.writeDraft(call.id, method === "put_back" ? draft : null);
        this.announcement = label;
        this.clear();
        this.phase = phase || "waiting";
        await (phase ? this.ask(() => this.refreshQueue()) : this.takeNext());
    }

    openPanel(name, outcome = null) {
        this.panel = name;
        this.panelOutcome = outcome;
        this.error = "";
    }

    closePanel() {
        this.panel = "";
        this.error = "";
    }

    // Late answers ----------------------------------------------------------------------------

    /** Something that waited for the network has arrived. */
    onLateResult(job, result) {
        if (job.method === "answer_question" && job.callId === this.call?.id) {
            this.script?.onStored(job.args[0], result);
        }
    }

    // Records ---------------------------------------------------------------------------------

    /** Create the lead of the call, with the notes; a call has one. */
    async createLead() {
        const args = [[this.call.id], this.draft.note];
        await this.ask(async () => {
            const lead = await this.outbox.call("create_lead", args);
            this.card.lead = lead;
            this.announcement = lead.created
                ? _t("Lead created: %s", lead.name)
                : _t("The call has a lead already: %s", lead.name);
        });
    }

    async getAppointmentContext() {
        let context = false;
        await this.ask(async () => {
            context = await this.outbox.call("get_appointment_context", [[this.call.id]]);
        });
        return context;
    }

    /** Link an appointment to the call; without a network it waits. */
    async noteAppointment(eventId) {
        const label = `${this.card.contact.name}: ${_t("Appointment")}`;
        await this.outbox.submit("note_appointment", this.call.id, [eventId], label);
        this.announcement = _t("Appointment made.");
    }
}
