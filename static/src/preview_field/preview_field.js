import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The first records of a target with the columns that its user chose; a click opens a record.
 */
export class PreviewField extends Component {
    static template = "crm_campaign.PreviewField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get preview() {
        return this.props.record.data[this.props.name];
    }

    async onRowClicked(resId) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: this.props.record.data.res_model,
            res_id: resId,
            views: [[false, "form"]],
        });
    }
}

export const previewField = {
    component: PreviewField,
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "res_model", type: "char" }],
};

registry.category("fields").add("crm_campaign_preview", previewField);
