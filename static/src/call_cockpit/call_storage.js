import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { session } from "@web/session";

const DRAFT_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;

/**
 * What the cockpit keeps in the browser, apart for each database and user: drafts of calls and what
 * waits for the network. A browser that keeps nothing, or has no room left, loses no more than that.
 */
export class CallStorage {
    constructor() {
        this.prefix = `crm_campaign.calls.${session.db || ""}.${user.userId}`;
    }

    read(name, fallback) {
        try {
            return JSON.parse(browser.localStorage.getItem(`${this.prefix}.${name}`)) ?? fallback;
        } catch {
            return fallback;
        }
    }

    write(name, value) {
        try {
            browser.localStorage.setItem(`${this.prefix}.${name}`, JSON.stringify(value));
        } catch (error) {
            browser.console.warn("crm_campaign: nothing can be kept in this browser", error);
        }
    }

    /** Keep what was typed for a call; an empty draft is forgotten. */
    writeDraft(callId, draft) {
        const drafts = this.readDrafts();
        if (draft) {
            drafts[callId] = { ...draft, keptAt: Date.now() };
        } else {
            delete drafts[callId];
        }
        this.write("drafts", drafts);
    }

    /** @returns {Object} the drafts by call, without those that nobody came back to */
    readDrafts() {
        const oldest = Date.now() - DRAFT_DAYS * DAY_MS;
        const drafts = Object.entries(this.read("drafts", {}));
        return Object.fromEntries(drafts.filter(([, draft]) => draft.keptAt > oldest));
    }

    readDraft(callId) {
        return this.readDrafts()[callId];
    }
}
