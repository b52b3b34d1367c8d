import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useState } from "@odoo/owl";
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
    }

    get text() {
        const { data } = this.props.record;
        const text = addStop(data[this.props.name] || "", data.sms_stop_mention);
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
