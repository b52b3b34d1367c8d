import { Component, useExternalListener, useRef } from "@odoo/owl";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { MergeFieldPalette, writeMergeField } from "./merge_field_palette";

const TEXTS = ["subject", "body_text"];
const BODY = "body_html";
export const INSERT_MERGE_FIELD = "CRM_CAMPAIGN_INSERT_MERGE_FIELD";

/**
 * A button that inserts a merge field where the cursor was last: subject, text or body.
 */
export class MergeFieldButton extends Component {
    static template = "crm_campaign.MergeFieldButton";
    static props = { ...standardWidgetProps };

    setup() {
        this.button = useRef("button");
        this.popover = usePopover(MergeFieldPalette, { position: "bottom-start", arrow: false });
        this.lastName = null;
        useExternalListener(document, "focusin", this.onEntered, { capture: true });
        // An editor that has the focus already says nothing when the cursor comes back by a click.
        useExternalListener(document, "pointerdown", this.onEntered, { capture: true });
    }

    get form() {
        return this.button.el?.closest(".o_form_view, .o_form_renderer, .o_form_editable");
    }

    onEntered(ev) {
        const name = ev.target.closest?.(".o_field_widget[name]")?.getAttribute("name");
        if ([...TEXTS, BODY].includes(name) && this.form?.contains(ev.target)) {
            this.lastName = name;
        }
    }

    onClicked() {
        // Found now: the palette gives the focus back to whatever had it when it closes.
        const name = this.findPlace();
        this.popover.open(this.button.el, { onChoose: (field) => this.onChosen(name, field) });
    }

    onChosen(name, field) {
        const input = this.findInput(name);
        if (input) {
            this.insertInto(input, writeMergeField(field));
        } else {
            const { model } = this.props.record;
            model.bus.trigger(INSERT_MERGE_FIELD, { name: BODY, field });
        }
    }

    /** Name the field to insert into: the last one, as long as it is still there. */
    findPlace() {
        if (this.lastName && this.findWidget(this.lastName)) {
            return this.lastName;
        }
        return [BODY, ...TEXTS.toReversed()].find((name) => this.findWidget(name));
    }

    findWidget(name) {
        return this.form?.querySelector(`.o_field_widget[name="${name}"]`);
    }

    findInput(name) {
        return TEXTS.includes(name) && this.findWidget(name)?.querySelector("input, textarea");
    }

    insertInto(input, text) {
        const { selectionStart: start, selectionEnd: end } = input;
        // A subject loses the space at its end when it is left for the palette.
        const isTrimmed = input.tagName === "INPUT" && start === input.value.length;
        const space = isTrimmed && /\w$/.test(input.value) ? " " : "";
        input.focus();
        input.setRangeText(space + text, start, end, "end");
        input.dispatchEvent(new Event("input", { bubbles: true }));
        input.dispatchEvent(new Event("change", { bubbles: true }));
    }
}

export const mergeFieldButton = { component: MergeFieldButton };

registry.category("view_widgets").add("crm_campaign_merge_field", mergeFieldButton);
