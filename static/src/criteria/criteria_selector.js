import { DomainSelector } from "@web/core/domain_selector/domain_selector";
import { getDomainDisplayedOperators } from "@web/core/domain_selector/domain_selector_operator_editor";
import { DomainSelectorDialog } from "@web/core/domain_selector_dialog/domain_selector_dialog";
import { formatValue } from "@web/core/tree_editor/condition_tree";
import { getOperatorEditorInfo } from "@web/core/tree_editor/tree_editor_operator_editor";
import { CriteriaTreeEditor } from "./criteria_tree_editor";
import {
    eliminateRelativeDates,
    getOperatorLabel,
    introduceRelativeDates,
    isDateField,
    RELATIVE_DATE,
    withRelativeDates,
} from "./relative_dates_tree";

/** The host's editor of domains, where date fields have relative dates instead of "is in". */
export class CriteriaSelector extends DomainSelector {
    static components = { ...DomainSelector.components, TreeEditor: CriteriaTreeEditor };

    setup() {
        super.setup();
        this.treeProcessor = withRelativeDates(this.treeProcessor);
    }

    /** Targets look at archived records anyway: departure leaves them out with that reason. */
    getShowArchivedCheckBox() {
        return false;
    }

    getDefaultCondition(fieldDefs) {
        const getFieldDef = (path) => fieldDefs[path];
        return introduceRelativeDates(super.getDefaultCondition(fieldDefs), { getFieldDef });
    }

    getDefaultOperator(fieldDef) {
        return getDisplayedOperators(fieldDef)[0];
    }

    getOperatorEditorInfo(fieldDef) {
        const info = getOperatorEditorInfo(getDisplayedOperators(fieldDef), fieldDef);
        return {
            ...info,
            extractProps: (params) => labelRelativeDate(info.extractProps(params)),
            isSupported: (value) => value[0] === RELATIVE_DATE || info.isSupported(value),
        };
    }

    update(tree) {
        super.update(tree && eliminateRelativeDates(tree));
    }
}

/** The host's dialog around the editor of domains. */
export class CriteriaDialog extends DomainSelectorDialog {
    static components = { ...DomainSelectorDialog.components, DomainSelector: CriteriaSelector };
}

/** Give the operators of a field. The custom range of "is in" becomes the operator "between". */
function getDisplayedOperators(fieldDef) {
    const operators = getDomainDisplayedOperators(fieldDef);
    return isDateField(fieldDef)
        ? operators.flatMap((name) => (name === "in range" ? [RELATIVE_DATE, "between"] : [name]))
        : operators;
}

/** Name our operator, for which the host has no label. */
function labelRelativeDate(props) {
    const options = props.options.map(([key, label]) => {
        const negate = [false, true].find((negate) => key === getOperatorKey(negate));
        return [key, negate === undefined ? label : getOperatorLabel(negate)];
    });
    return { ...props, options };
}

/** Give the key under which the host lists an operator that it does not know. */
function getOperatorKey(negate) {
    return JSON.stringify([formatValue(RELATIVE_DATE), negate]);
}
