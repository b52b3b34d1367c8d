import { isHtmlContentSupported } from "@html_editor/core/selection_plugin";
import { Plugin } from "@html_editor/plugin";
import { _t } from "@web/core/l10n/translation";
import { MergeFieldPalette } from "./merge_field_palette";

const LABEL = "data-oe-merge-field";

/**
 * Merge fields in the editor: its command "/merge", and their names in place of their code.
 */
export class MergeFieldPlugin extends Plugin {
    static id = "crmCampaignMergeField";
    static dependencies = ["overlay", "selection", "history", "dom"];
    static shared = ["insertMergeField"];
    resources = {
        user_commands: [
            {
                id: "openMergeFields",
                title: _t("Merge Field"),
                description: _t("Insert the name of the client, the town…"),
                icon: "fa-magic",
                run: this.open.bind(this),
                isAvailable: isHtmlContentSupported,
            },
        ],
        powerbox_categories: { id: "crm_campaign", name: _t("Campaign") },
        powerbox_items: { categoryId: "crm_campaign", commandId: "openMergeFields" },
        normalize_handlers: this.showLabels.bind(this),
        clean_for_save_handlers: ({ root }) => this.hideLabels(root),
        system_attributes: [LABEL],
    };

    setup() {
        this.overlay = this.dependencies.overlay.createOverlay(MergeFieldPalette, {
            hasAutofocus: true,
            className: "popover",
        });
        this.showLabels(this.editable);
    }

    open() {
        this.overlay.open({
            props: {
                close: () => this.overlay.close(),
                onChoose: this.insertMergeField.bind(this),
            },
        });
    }

    /** Insert a merge field where the cursor is, or was when the editor had it. */
    insertMergeField({ expression, fallback }) {
        this.dependencies.selection.focusEditable();
        const node = this.document.createElement("T");
        node.setAttribute("t-out", expression);
        if (fallback) {
            node.textContent = fallback;
        }
        this.dependencies.dom.insert(node);
        this.dependencies.history.addStep();
    }

    showLabels(root) {
        const labels = this.config.mergeFieldLabels || {};
        for (const node of root.querySelectorAll("[t-out]")) {
            const label = labels[node.getAttribute("t-out")];
            if (label && node.getAttribute(LABEL) !== label) {
                node.setAttribute(LABEL, label);
            }
        }
    }

    hideLabels(root) {
        for (const node of root.querySelectorAll(`[${LABEL}]`)) {
            node.removeAttribute(LABEL);
        }
    }
}
