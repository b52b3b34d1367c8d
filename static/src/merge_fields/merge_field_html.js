import { QWebPlugin } from "@html_editor/others/qweb_plugin";
import {
    HtmlMailField,
    htmlMailField,
} from "@mail/views/web/fields/html_mail_field/html_mail_field";
import { onWillStart } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { INSERT_MERGE_FIELD } from "./merge_field_button";
import { MergeFieldPlugin } from "./merge_field_plugin";

/**
 * The host's editor of emails with our merge fields in place of its free choice of fields.
 */
export class MergeFieldHtmlField extends HtmlMailField {
    setup() {
        super.setup();
        this.mergeFieldLabels = {};
        onWillStart(async () => {
            const families = await this.ormService.call(
                "crm.campaign.recipient",
                "get_merge_field_palette",
                []
            );
            for (const { expression, label } of families.flatMap(({ fields }) => fields)) {
                this.mergeFieldLabels[expression] = label;
            }
        });
        useBus(this.props.record.model.bus, INSERT_MERGE_FIELD, this.onMergeFieldChosen);
    }

    getConfig() {
        const config = super.getConfig();
        return {
            ...config,
            Plugins: [...config.Plugins, QWebPlugin, MergeFieldPlugin],
            mergeFieldLabels: this.mergeFieldLabels,
        };
    }

    onMergeFieldChosen({ detail }) {
        if (detail.name === this.props.name && this.editor) {
            this.editor.shared.crmCampaignMergeField.insertMergeField(detail.field);
        }
    }
}

export const mergeFieldHtmlField = { ...htmlMailField, component: MergeFieldHtmlField };

registry.category("fields").add("crm_campaign_html", mergeFieldHtmlField);
