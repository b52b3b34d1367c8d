import { TreeEditor } from "@web/core/tree_editor/tree_editor";
import { domainFromTree } from "@web/core/tree_editor/domain_from_tree";
import { RelativeDateEditor } from "./relative_date_editor";
import { DEFAULT_VALUE, isRelativeDate } from "./relative_dates";
import { eliminateRelativeDates, RELATIVE_DATE, withRelativeDates } from "./relative_dates_tree";

/** The host's tree of conditions, with relative dates. */
export class CriteriaTreeEditor extends TreeEditor {
    static components = { ...TreeEditor.components };

    setup() {
        super.setup();
        this.treeProcessor = withRelativeDates(this.treeProcessor);
    }

    /** Keep what is being edited: of two choices that are stored alike, only one can be read back. */
    onPropsUpdated(props) {
        const isSame = this.tree && getDomain(this.tree) === getDomain(props.tree);
        return super.onPropsUpdated(isSame ? { ...props, tree: this.tree } : props);
    }

    getValueEditorInfo(node) {
        if (node.operator !== RELATIVE_DATE) {
            return super.getValueEditorInfo(node);
        }
        return {
            component: RelativeDateEditor,
            extractProps: ({ value, update }) => ({ value, update }),
            isSupported: isRelativeDate,
            defaultValue: () => DEFAULT_VALUE,
        };
    }

    async _updatePath(node, path) {
        await super._updatePath(node, path);
        this.resetRelativeDate(node);
    }

    _updateLeafOperator(node, operator, negate) {
        super._updateLeafOperator(node, operator, negate);
        this.resetRelativeDate(node);
    }

    /** Correct the value that the host gives to an operator it does not know. */
    resetRelativeDate(node) {
        if (node.operator === RELATIVE_DATE) {
            node.value = [...DEFAULT_VALUE];
        }
    }

    async updateLeafValue(node, value) {
        await super.updateLeafValue(node, value);
        // When the domain stays the same, nobody above renders.
        this.render();
    }
}

// Also below "any".
CriteriaTreeEditor.components.TreeEditor = CriteriaTreeEditor;

function getDomain(tree) {
    return domainFromTree(eliminateRelativeDates(tree));
}
