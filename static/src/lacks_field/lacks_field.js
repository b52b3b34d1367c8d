import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * How many people of a list lack an address of each kind, each with a button to remove them.
 */
export class LacksField extends Component {
    static template = "crm_campaign.LacksField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
    }

    get lacks() {
        return this.props.record.data[this.props.name] || [];
    }

    format(count) {
        return formatInteger(count);
    }

    async onRemoveClicked(code) {
        const { record } = this.props;
        if (await record.save()) {
            await this.orm.call(record.resModel, "action_remove_lacking", [[record.resId]], {
                context: { lack: code },
            });
            await record.load();
        }
    }
}

export const lacksField = {
    component: LacksField,
    supportedTypes: ["json"],
};

registry.category("fields").add("crm_campaign_lacks", lacksField);
