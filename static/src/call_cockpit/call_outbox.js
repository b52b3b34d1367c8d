import { markRaw } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { Reactive } from "@web/core/utils/reactive";
import { uuid } from "@web/core/utils/strings";

const MODEL = "crm.campaign.call";
const SESSION_EXPIRED = 100;
const RETRY_SECONDS = [2, 5, 10, 30];
// A network that swallows everything answers nothing: what is sent twice counts once.
const PATIENCE_SECONDS = 20;

/**
 * Whether the server did not get to know, or did not say: it may be sent again as it is.
 *
 * @param {Error} error
 */
export function isConnectionError(error) {
    return error instanceof ConnectionLostError || error?.code === SESSION_EXPIRED;
}

/**
 * What the caller said and the server must get to know: one after the other, each once.
 *
 * Every job is kept in the browser before it is sent, and forgotten once the server has answered,
 * so that neither a lost network nor a closed tab loses any. A job that waited and is refused then
 * is kept apart, for the caller to see.
 */
export class CallOutbox extends Reactive {
    /**
     * @param {Object} orm
     * @param {import("./call_storage").CallStorage} storage
     * @param {(job: Object, result: any) => void} onLateResult - called for what had waited
     */
    constructor(orm, storage, onLateResult) {
        super();
        this.orm = markRaw(orm);
        this.storage = markRaw(storage);
        this.onLateResult = onLateResult;
        this.waiters = markRaw(new Map());
        this.failures = 0;
        this.isOffline = false;
        this.isLoggedOut = false;
        this.isStopped = false;
        this.jobs = storage.read("jobs", []);
        this.refused = storage.read("refused", []);
    }

    /**
     * Send what a caller says of a call, after all that waits.
     *
     * @param {string} method - public method of calls
     * @param {number} callId
     * @param {any[]} args
     * @param {string} label - what it is, in words, in case it is refused later
     * @param {string} [token] - where the method takes one, the same as in the arguments
     * @returns {Promise<{sent: boolean, result?: any}>} sent: false = it waits for the network
     * @throws what the server answers, if it refuses; the job is forgotten then
     */
    submit(method, callId, args, label, token = uuid()) {
        const job = { token, method, callId, args, label };
        this.change("jobs", (jobs) => [...jobs, job]);
        const answer = new Promise((resolve, reject) => {
            this.waiters.set(token, { resolve, reject });
        });
        this.flush();
        return answer;
    }

    /** Send all that waits, in order, until the network is lost. */
    async flush() {
        if (this.isFlushing || this.isStopped) {
            return;
        }
        const wasOffline = this.isOffline;
        this.isFlushing = true;
        browser.clearTimeout(this.timer);
        try {
            while (this.jobs.length && (await this.send(this.jobs[0]))) {
                continue;
            }
        } finally {
            this.isFlushing = false;
        }
        if (wasOffline && !this.isOffline) {
            this.onOnline?.();
        }
    }

    async send(job) {
        try {
            const result = await this.call(job.method, [[job.callId], ...job.args]);
            this.forget(job);
            this.settle(job, (waiter) => waiter.resolve({ sent: true, result }), result);
        } catch (error) {
            if (isConnectionError(error)) {
                this.noteOffline(error);
                return false;
            }
            this.forget(job);
            this.refuse(job, error);
        }
        return true;
    }

    /** Ask the server, no longer than one waits on the phone. */
    async call(method, args, kwargs = {}) {
        let timer;
        const patience = new Promise((resolve, reject) => {
            const give = () => reject(new ConnectionLostError(method));
            timer = browser.setTimeout(give, PATIENCE_SECONDS * 1000);
        });
        try {
            const request = this.orm.silent.call(MODEL, method, args, kwargs);
            const result = await Promise.race([request, patience]);
            this.failures = 0;
            this.isOffline = false;
            return result;
        } finally {
            browser.clearTimeout(timer);
        }
    }

    settle(job, answer, result) {
        const waiter = this.waiters.get(job.token);
        this.waiters.delete(job.token);
        if (waiter) {
            answer(waiter);
        } else {
            this.onLateResult(job, result);
        }
    }

    refuse(job, error) {
        const waiter = this.waiters.get(job.token);
        this.waiters.delete(job.token);
        if (waiter) {
            waiter.reject(error);
        } else {
            const message = error.data?.message || error.message;
            this.change("refused", (jobs) => [...jobs, { ...job, message }]);
        }
    }

    /** Let everybody who waits know that it takes longer, and try again by itself. */
    noteOffline(error) {
        this.isOffline = true;
        this.isLoggedOut = error.code === SESSION_EXPIRED;
        for (const waiter of this.waiters.values()) {
            waiter.resolve({ sent: false });
        }
        this.waiters.clear();
        const seconds = RETRY_SECONDS[Math.min(this.failures, RETRY_SECONDS.length - 1)];
        this.failures += 1;
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => this.retry(), seconds * 1000);
    }

    /** Try again: to send what waits, or else whether the server answers at all. */
    async retry() {
        if (this.jobs.length) {
            await this.flush();
        } else if (!this.isStopped) {
            this.onOnline?.();
        }
    }

    resend(job) {
        this.drop(job);
        const { token, method, callId, args, label } = job;
        this.change("jobs", (jobs) => [...jobs, { token, method, callId, args, label }]);
        this.flush();
    }

    /** Give a refused job up. */
    drop(job) {
        this.change("refused", (jobs) => jobs.filter(({ token }) => token !== job.token));
    }

    forget(job) {
        this.change("jobs", (jobs) => jobs.filter(({ token }) => token !== job.token));
    }

    /** Change a list as the browser keeps it: another tab may have changed it, too. */
    change(name, update) {
        this[name] = update(this.storage.read(name, []));
        this.storage.write(name, this[name]);
    }

    stop() {
        this.isStopped = true;
        browser.clearTimeout(this.timer);
    }
}
