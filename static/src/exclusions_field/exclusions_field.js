import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The people of an execution who were left out, a figure for each reason; a click lists them.
 */
export class ExclusionsField extends Component {
    static template = "crm_campaign.ExclusionsField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get exclusions() {
        return this.props.record.data[this.props.name] || [];
    }

    async onFigureClicked(reason) {
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, "action_view_recipients", [[resId]], {
            context: { recipient_figure: reason },
        });
        await this.action.doAction(action);
    }
}

export const exclusionsField = {
    component: ExclusionsField,
    supportedTypes: ["json"],
};

registry.category("fields").add("crm_campaign_exclusions", exclusionsField);
