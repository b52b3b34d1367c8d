import { Component, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { formatInteger, formatMonetary, formatPercentage } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { CampaignFunnel } from "./campaign_funnel";
import { CampaignMonths } from "./campaign_months";
import { CampaignOperations } from "./campaign_operations";

/** What stands where there is nothing to divide by. */
const NO_VALUE = "–";
/** An amount from which on its cents say nothing at a glance. */
const LARGE = 1000;

/**
 * What came of a campaign or an operation: figures that open their lists, the funnel, the months,
 * and the operations of a campaign.
 *
 * The server counts, when the page is shown: nothing here is part of the form's own data.
 */
export class CampaignResults extends Component {
    static template = "crm_campaign.CampaignResults";
    static components = { CampaignFunnel, CampaignMonths, CampaignOperations };
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ results: null, failed: false });
        this.format = this.format.bind(this);
        this.onResultOpened = this.onResultOpened.bind(this);
        onWillUnmount(() => this.keepLast.add(new Promise(() => {})));
        useRecordObserver(this.onRecordChanged.bind(this));
    }

    /**
     * Count when another record is shown, and again when what is shown was saved or acted upon.
     * Returns nothing: the form does not wait for the figures.
     */
    onRecordChanged(record) {
        const { state, budget, budget_planned } = record.data;
        const key = JSON.stringify([record.resId, record.dirty, state, budget, budget_planned]);
        if (record.dirty || key === this.shown) {
            this.shown = key;
            return;
        }
        if (record.resId !== this.shownId) {
            this.state.results = null;
        }
        this.shown = key;
        this.shownId = record.resId;
        this.load(record);
    }

    async load(record) {
        if (!record.resId) {
            return;
        }
        this.state.failed = false;
        const call = this.orm.silent.call(record.resModel, "get_results", [[record.resId]]);
        try {
            this.state.results = await this.keepLast.add(call);
        } catch (error) {
            this.state.failed = true;
            throw error;
        }
    }

    /** Nothing has left, and nothing came by itself either. */
    get isEmpty() {
        return this.state.results.funnel.every(({ value }) => !value);
    }

    /** Before anything happened, only the tiles that say something: the money that is planned. */
    get tiles() {
        const { tiles } = this.state.results;
        return this.isEmpty ? tiles.filter(({ value }) => value) : tiles;
    }

    get isOfCampaign() {
        return this.props.record.resModel === "crm.campaign";
    }

    get months() {
        const names = ["sent", "responses", "leads", "cost", "revenue_won"];
        return this.state.results.months.some((month) => names.some((name) => month[name]))
            ? this.state.results.months
            : [];
    }

    /**
     * Write a value the way of the user's language, money in the currency of the results.
     *
     * @param {number|null} value
     * @param {"integer"|"monetary"|"percentage"} kind
     * @param {Object} [options]
     * @param {boolean} [options.isRound] of an amount, the cents only where they are a good part
     */
    format(value, kind, { isRound } = {}) {
        if (value === null || value === undefined || value === false) {
            return NO_VALUE;
        }
        if (kind === "monetary") {
            const currencyId = this.state.results.currency_id;
            const digits = isRound && Math.abs(value) >= LARGE ? [16, 0] : undefined;
            return formatMonetary(value, { currencyId, digits });
        }
        return kind === "percentage"
            ? formatPercentage(value, { digits: [16, 1], trailingZeros: false })
            : formatInteger(value);
    }

    async onResultOpened(name) {
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, "action_view_result", [[resId], name]);
        if (action) {
            await this.action.doAction(action);
        }
    }

    onRefresh() {
        this.load(this.props.record);
    }
}

export const campaignResults = {
    component: CampaignResults,
};

registry.category("view_widgets").add("crm_campaign_results", campaignResults);
