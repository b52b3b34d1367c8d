import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * What a manager should know of a distribution before it is confirmed: a list of texts.
 */
export class CallNoticesField extends Component {
    static template = "crm_campaign.CallNoticesField";
    static props = { ...standardFieldProps };

    get notices() {
        return this.props.record.data[this.props.name] || [];
    }
}

export const callNoticesField = {
    component: CallNoticesField,
    supportedTypes: ["json"],
};

registry.category("fields").add("crm_campaign_call_notices", callNoticesField);
