import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatMoment } from "./call_moments";

const ICONS = {
    ready: "fa-phone text-success",
    promised: "fa-handshake-o text-info",
    retry: "fa-repeat text-muted",
    later: "fa-calendar-o text-muted",
    skipped: "fa-step-forward text-muted",
    limits: "fa-hand-paper-o text-warning",
    closed: "fa-moon-o text-warning",
    suspended: "fa-pause text-warning",
    taken: "fa-user-o text-muted",
    finished: "fa-check text-success",
};

/** Between two calls: what comes, or why nothing does. */
export class CallPause extends Component {
    static template = "crm_campaign.CallPause";
    static props = { model: Object };

    get model() {
        return this.props.model;
    }

    get isWaiting() {
        return ["loading", "waiting"].includes(this.model.phase);
    }

    get isAnyReady() {
        return this.reasons.some(({ code }) => code === "ready");
    }

    get title() {
        if (this.isWaiting) {
            return this.model.outbox.isOffline ? _t("Waiting for the network…") : _t("One moment…");
        }
        if (this.model.phase === "paused") {
            return _t("Paused");
        }
        return this.isAnyReady ? _t("Ready to call") : _t("Nothing is left to call for now");
    }

    get reasons() {
        return this.model.queue.reasons.map((row) => ({
            ...row,
            icon: ICONS[row.code] || "fa-info-circle text-muted",
            moment: formatMoment(row.moment, this.model.tz),
            names: row.names.join(", "),
        }));
    }
}
