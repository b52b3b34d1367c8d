import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** Percent of the width below which a bar could not be seen. */
const SMALLEST = 0.5;

/**
 * How many people remain from step to step, the first one at the top.
 *
 * A step may count more than the one before (people answer to whom nobody wrote), so widths are
 * relative to the largest.
 */
export class CampaignFunnel extends Component {
    static template = "crm_campaign.CampaignFunnel";
    static props = { steps: Array, format: Function, onOpened: Function };

    get steps() {
        const largest = Math.max(...this.props.steps.map(({ value }) => value), 1);
        const first = this.props.steps[0].label;
        return this.props.steps.map((step, at) => ({
            ...step,
            width: step.value ? Math.max((100 * step.value) / largest, SMALLEST) : 0,
            text: this.props.format(step.value, "integer"),
            share: at && step.share !== null ? this.props.format(step.share, "percentage") : "",
            shareHelp: _t("Share of: %s", first),
            step: at && step.step !== null ? this.props.format(step.step, "percentage") : "",
            stepHelp: at ? _t("Share of: %s", this.props.steps[at - 1].label) : "",
        }));
    }

    onStepClicked(step) {
        if (step.opens) {
            this.props.onOpened(step.name);
        }
    }
}
