import { Component } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { isSubmit } from "./call_keys";
import { suggestMoments } from "./call_moments";

/** Notes, and how the call ends: one key an outcome, when to call back, why it is passed over. */
export class CallOutcomes extends Component {
    static template = "crm_campaign.CallOutcomes";
    static components = { DateTimeInput };
    static props = { model: Object };

    get model() {
        return this.props.model;
    }

    /** A promise has no seconds. */
    get momentFormat() {
        return localization.dateTimeFormat.replace(":ss", "");
    }

    get suggestions() {
        const labels = [_t("In 1 hour"), _t("Tomorrow"), _t("In a week")];
        const moments = suggestMoments(this.model.tz);
        return moments.map((moment, index) => ({ moment, label: labels[index] }));
    }

    onNote(ev) {
        this.model.note({ note: ev.target.value });
    }

    onReason(ev) {
        this.model.note({ reason: ev.target.value });
    }

    onBy(by) {
        this.model.note({ callbackBy: by });
    }

    onCallbackAt(moment) {
        this.model.setCallbackAt(moment);
    }

    async onCallback() {
        await this.model.confirmCallback();
    }

    async onSkip() {
        await this.model.skip();
    }

    async onPanelKeydown(ev, confirm) {
        if (isSubmit(ev)) {
            ev.preventDefault();
            await confirm();
        }
    }

    /** A note is left with the keys that send elsewhere: outcomes are keys then. */
    onNoteKeydown(ev) {
        if (isSubmit(ev)) {
            ev.preventDefault();
            ev.target.blur();
        }
    }
}
