import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { SelectMenu } from "@web/core/select_menu/select_menu";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

// Types whose values fit in a cell.
const SHOWN_TYPES = [
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "integer",
    "many2many",
    "many2one",
    "monetary",
    "selection",
    "text",
];

/**
 * Names of fields of the model that another field names, kept as a list in a JSON field. Only
 * fields that the user may read are offered.
 */
export class ColumnsField extends Component {
    static template = "crm_campaign.ColumnsField";
    static components = { SelectMenu };
    static props = { ...standardFieldProps, placeholder: { type: String, optional: true } };

    setup() {
        this.fields = useService("field");
        this.state = useState({ choices: [] });
        onWillStart(() => this.loadChoices(this.props));
        onWillUpdateProps((nextProps) => this.loadChoices(nextProps));
    }

    get value() {
        return this.props.record.data[this.props.name] || [];
    }

    get labels() {
        const chosen = this.state.choices.filter(({ value }) => this.value.includes(value));
        return chosen.map(({ label }) => label).join(", ");
    }

    async loadChoices(props) {
        const resModel = props.record.data.res_model;
        if (!resModel || resModel === this.resModel) {
            return;
        }
        this.resModel = resModel;
        const fields = await this.fields.loadFields(resModel);
        this.state.choices = Object.values(fields)
            .filter((field) => field.store && SHOWN_TYPES.includes(field.type))
            .map((field) => ({ value: field.name, label: field.string }));
    }

    onColumnsChosen(names) {
        this.props.record.update({ [this.props.name]: names.length ? names : false });
    }
}

export const columnsField = {
    component: ColumnsField,
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "res_model", type: "char" }],
    extractProps: ({ placeholder }) => ({ placeholder }),
};

registry.category("fields").add("crm_campaign_columns", columnsField);
