import { registry } from "@web/core/registry";
import { DomainField, domainField } from "@web/views/fields/domain/domain_field";
import { CriteriaDialog, CriteriaSelector } from "./criteria_selector";
import { withRelativeDates } from "./relative_dates_tree";

/**
 * The criteria of a target: the host's field for domains, with relative dates and without a count.
 *
 * The form says how many records there are; counting here too would read a million of them twice at
 * every change.
 */
export class CriteriaField extends DomainField {
    static template = "crm_campaign.CriteriaField";
    static components = { ...DomainField.components, DomainSelector: CriteriaSelector };

    setup() {
        super.setup();
        this.treeProcessor = withRelativeDates(this.treeProcessor);
    }

    /** Ask the server whether the criteria can be run, without running them. */
    async checkProps(props = this.props) {
        const isValid = !this.getResModel(props) || (await this.quickValidityCheck(props));
        this.updateState({ isValid });
    }

    onEditDialogBtnClick() {
        this.addDialog(CriteriaDialog, {
            resModel: this.getResModel(),
            domain: this.getDomain(),
            isDebugMode: !!this.env.debug,
            onConfirm: this.update.bind(this),
        });
    }
}

export const criteriaField = {
    ...domainField,
    component: CriteriaField,
    supportedOptions: domainField.supportedOptions.filter(({ name }) => name !== "count_limit"),
};

registry.category("fields").add("crm_campaign_criteria", criteriaField);
