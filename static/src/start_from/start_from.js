import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * Layouts to begin a template with, drawn; and the way to the import of a file.
 */
export class StartFromField extends Component {
    static template = "crm_campaign.StartFromField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get layouts() {
        return this.props.record.fields[this.props.name].selection;
    }

    async onLayoutClicked(layout) {
        await this.props.record.update({ [this.props.name]: layout });
    }

    /** Into this template once it has a name; else the file makes a template of its own. */
    async onImportClicked() {
        const { record } = this.props;
        const context = {};
        if (record.data.name) {
            if (!(await record.save())) {
                return;
            }
            context.default_template_id = record.resId;
        }
        await this.action.doAction("crm_campaign.crm_campaign_template_import_action", {
            additionalContext: context,
        });
    }
}

export const startFromField = { component: StartFromField, supportedTypes: ["selection"] };

registry.category("fields").add("crm_campaign_start_from", startFromField);
