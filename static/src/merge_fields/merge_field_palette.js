import { Component, onWillStart, useState } from "@odoo/owl";
import { useAutofocus, useService } from "@web/core/utils/hooks";

/**
 * Merge fields by family, with a fallback: for people who write no code.
 */
export class MergeFieldPalette extends Component {
    static template = "crm_campaign.MergeFieldPalette";
    static props = {
        close: Function,
        // Receives { expression, label, fallback }.
        onChoose: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ families: [], family: null, search: "", field: null });
        this.fallback = useState({ text: "" });
        useAutofocus({ refName: "search" });
        onWillStart(async () => {
            this.state.families = await this.orm.call(
                "crm.campaign.recipient",
                "get_merge_field_palette",
                []
            );
            this.state.family = this.state.families[0]?.family;
        });
    }

    /** The fields of the family, or those of all families whose name is searched. */
    get mergeFields() {
        const search = this.state.search.trim().toLowerCase();
        const families = search
            ? this.state.families
            : this.state.families.filter(({ family }) => family === this.state.family);
        return families
            .flatMap(({ fields }) => fields)
            .filter(({ label }) => label.toLowerCase().includes(search));
    }

    onFamilyClicked(family) {
        Object.assign(this.state, { family, search: "", field: null });
    }

    onFieldClicked(field) {
        this.state.field = field;
    }

    onFieldDoubleClicked(field) {
        this.state.field = field;
        this.onInsertClicked();
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.state.field ||= this.mergeFields[0];
            this.onInsertClicked();
        }
    }

    onInsertClicked() {
        if (!this.state.field) {
            return;
        }
        // Braces and bars would end the merge field.
        const fallback = this.fallback.text.replace(/[{}|]/g, "").trim();
        const chosen = { ...this.state.field, fallback };
        this.props.close();
        this.props.onChoose(chosen);
    }
}

/** Write a merge field the way subjects and text messages have it. */
export function writeMergeField({ expression, fallback }) {
    return fallback ? `{{ ${expression} ||| ${fallback} }}` : `{{ ${expression} }}`;
}
