import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { formatClock, formatMoment } from "./call_moments";

const CLOCK_MS = 20 * 1000;

/** Whom one calls: name, numbers, where they are and what time it is there. */
export class CallContact extends Component {
    static template = "crm_campaign.CallContact";
    static props = {
        card: Object,
        tz: String,
        onLead: Function,
        onAppointment: Function,
        onContact: Function,
    };

    setup() {
        this.state = useState({ clock: this.clock });
        onMounted(() => {
            const tick = () => (this.state.clock = this.clock);
            this.timer = browser.setInterval(tick, CLOCK_MS);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    get contact() {
        return this.props.card.contact;
    }

    get clock() {
        const zone = this.props.card.contact.time_zone;
        return zone ? formatClock(zone) : "";
    }

    get subtitle() {
        const { function: job, company } = this.contact;
        return [job, company].filter(Boolean).join(" · ");
    }

    get place() {
        return this.contact.address || this.contact.country;
    }

    /** @returns {{text: string, class: string}[]} what makes this call another one than the rest */
    get badges() {
        const { call } = this.props.card;
        const badges = [];
        if (call.is_promised) {
            const moment = formatMoment(call.callback_at, this.props.tz);
            badges.push({ text: _t("Promised for %s", moment), class: "text-bg-info" });
        } else if (call.is_overdue) {
            badges.push({ text: _t("Overdue"), class: "text-bg-danger" });
        }
        if (call.attempt_count) {
            const text = _t("Attempt %s", call.attempt_count + 1);
            badges.push({ text, class: "text-bg-warning" });
        }
        return badges;
    }
}
