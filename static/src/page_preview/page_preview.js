import { Component, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A page of HTML as people receive it, in a frame that runs no script.
 */
export class PagePreview extends Component {
    static template = "crm_campaign.PagePreview";
    static props = { ...standardFieldProps, isThumbnail: { type: Boolean, optional: true } };

    setup() {
        this.frame = useRef("frame");
        this.state = useState({ isNarrow: false, height: 480 });
    }

    get page() {
        return this.props.record.data[this.props.name];
    }

    onWidthChosen(isNarrow) {
        this.state.isNarrow = isNarrow;
        browser.requestAnimationFrame(() => this.onLoaded());
    }

    onLoaded() {
        const height = this.frame.el?.contentDocument?.documentElement?.scrollHeight;
        if (height && !this.props.isThumbnail) {
            this.state.height = Math.min(Math.max(height, 240), 3000);
        }
    }
}

export const pagePreview = {
    component: PagePreview,
    supportedTypes: ["text", "html"],
    extractProps: ({ options }) => ({ isThumbnail: Boolean(options.thumbnail) }),
};

registry.category("fields").add("crm_campaign_page_preview", pagePreview);
