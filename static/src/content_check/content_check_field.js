import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The check of all messages of a departure: the server makes some at each call, until all are made
 * or the user stops it. What was found is shown meanwhile; a figure opens the list of its people.
 */
export class ContentCheckField extends Component {
    static template = "crm_campaign.ContentCheckField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({
            running: false,
            started: false,
            done: 0,
            total: 0,
            pace: 0,
            findings: [],
        });
        onWillStart(this.onWillStart);
        onWillDestroy(this.onStopClicked);
    }

    async onWillStart() {
        if (this.props.record.resId) {
            Object.assign(this.state, await this.call("read_check"));
        }
    }

    get isComplete() {
        return this.state.started && this.state.done >= this.state.total;
    }

    get percentage() {
        const { done, total } = this.state;
        return total ? Math.round((100 * done) / total) : 100;
    }

    get progressText() {
        const { done, total, pace } = this.state;
        return _t("%(done)s of %(total)s messages checked (%(pace)s per second)", {
            done,
            total,
            pace,
        });
    }

    get buttonText() {
        if (this.isComplete) {
            return _t("Check Again");
        }
        return this.state.started ? _t("Continue") : _t("Check All Messages");
    }

    call(method, ...args) {
        const { resModel, resId } = this.props.record;
        return this.orm.call(resModel, method, [[resId], ...args]);
    }

    async onCheckClicked() {
        this.state.running = true;
        try {
            const first = this.isComplete ? "restart_check" : "check_next";
            Object.assign(this.state, await this.call(first));
            while (this.state.running && !this.isComplete) {
                Object.assign(this.state, await this.call("check_next"));
            }
        } finally {
            this.state.running = false;
        }
    }

    onStopClicked() {
        this.state.running = false;
    }

    async onFindingClicked(index) {
        this.state.running = false;
        await this.action.doAction(await this.call("action_view_finding", index));
    }
}

export const contentCheckField = {
    component: ContentCheckField,
    supportedTypes: ["json"],
};

registry.category("fields").add("crm_campaign_content_check", contentCheckField);
