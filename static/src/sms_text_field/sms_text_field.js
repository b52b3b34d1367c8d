import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useEffect, useState } from "@odoo/owl";
import { SmsWidget, smsWidget } from "@sms/components/sms_widget/fields_sms_widget";
import { addStop, countSms, fillLongest, fillShortest } from "./sms_parts";

/**
 * The host's field of text messages with an exact count, also with merge fields at their longest.
 *
 * What the server adds at departure is in the fields `sms_stop_mention` and `sms_stop_link`.
 */
export class SmsTextField extends SmsWidget {
    static template = "crm_campaign.SmsTextField";

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.longest = useState({ values: null });
        // What is typed reaches the record only when the field is left.
        this.typed = useState({ text: null });
        useEffect(
            () => {
                this.typed.text = null;
            },
            () => [this.props.record.resId, this.props.record.data[this.props.name]]
        );
    }

    get text() {
        const { data } = this.props.record;
        const written = this.typed.text ?? (data[this.props.name] || "");
        const text = addStop(written, data.sms_stop_mention);
        return text.replaceAll("{stop}", data.sms_stop_link || "");
    }

    get count() {
        return countSms(fillShortest(this.text));
    }

    get countText() {
        return this.describe(this.count);
    }

    get longestText() {
        if (!this.longest.values) {
            return "";
        }
        const count = countSms(fillLongest(this.text, this.longest.values));
        return _t("With the longest values: %s", this.describe(count));
    }

    get hasMergeFields() {
        return this.text.includes("{{");
    }

    describe({ characters, encoding, parts }) {
        return _t("%(characters)s characters, %(parts)s SMS (%(encoding)s)", {
            characters,
            parts,
            encoding,
        });
    }

    /** Replaces the host's, which its template never calls. */
    async onInput(ev) {
        this.typed.text = ev.target.value;
    }

    async onLongestClicked() {
        this.longest.values = await this.orm.call(
            this.props.record.resModel,
            "get_longest_values",
            []
        );
    }
}

export const smsTextField = {
    ...smsWidget,
    component: SmsTextField,
    fieldDependencies: [
        { name: "sms_stop_mention", type: "char" },
        { name: "sms_stop_link", type: "char" },
    ],
};

registry.category("fields").add("crm_campaign_sms_text", smsTextField);
