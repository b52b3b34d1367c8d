import { Component, useState } from "@odoo/owl";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

/** What is added up in the last line; ratios never are. */
const SUMS = ["targeted", "reached", "responses", "leads", "won", "revenue_won", "budget", "cost"];

/**
 * The operations of a campaign, side by side: sorted by a click on a heading, opened by a click on
 * a line.
 */
export class CampaignOperations extends Component {
    static template = "crm_campaign.CampaignOperations";
    static props = { operations: Array, format: Function };

    setup() {
        this.action = useService("action");
        this.state = useState({ sort: "date", isDescending: false });
        this.collator = new Intl.Collator(user.lang, { numeric: true });
    }

    get columns() {
        return [
            { name: "name", label: _t("Operation"), kind: "text" },
            { name: "date", label: _t("Start"), kind: "date" },
            { name: "targeted", label: _t("Targeted"), kind: "integer" },
            { name: "reached", label: _t("Reached"), kind: "integer" },
            { name: "responses", label: _t("Responses"), kind: "integer" },
            { name: "leads", label: _t("Leads"), kind: "integer" },
            { name: "won", label: _t("Won"), kind: "integer" },
            { name: "revenue_won", label: _t("Won Revenue"), kind: "monetary" },
            { name: "budget", label: _t("Committed"), kind: "monetary" },
            { name: "cost", label: _t("Actual Cost"), kind: "monetary" },
            { name: "cost_per_lead", label: _t("Cost per Lead"), kind: "monetary" },
        ];
    }

    isNumber({ kind }) {
        return kind === "integer" || kind === "monetary";
    }

    getText(operation, { name, kind }) {
        const value = operation[name];
        if (kind === "date") {
            return value ? formatDate(deserializeDateTime(value)) : "–";
        }
        return this.props.format(value, kind);
    }

    getAriaSort({ name }) {
        if (name !== this.state.sort) {
            return "none";
        }
        return this.state.isDescending ? "descending" : "ascending";
    }

    /** What has no value comes last, whatever the direction. */
    compare(first, second) {
        const [one, other] = [first, second].map((operation) => operation[this.state.sort]);
        const isMissing = (value) => value === null || value === undefined || value === false;
        if (isMissing(one) || isMissing(other)) {
            return isMissing(one) - isMissing(other);
        }
        const order =
            typeof one === "number" ? one - other : this.collator.compare(`${one}`, `${other}`);
        return this.state.isDescending ? -order : order;
    }

    get operations() {
        return [...this.props.operations].sort(this.compare.bind(this));
    }

    /** Sums, and the ratio of the sums: a mean of ratios would say something else. */
    get totals() {
        const totals = Object.fromEntries(
            SUMS.map((name) => [
                name,
                this.props.operations.reduce((sum, operation) => sum + (operation[name] || 0), 0),
            ])
        );
        const cost_per_lead = totals.leads ? totals.cost / totals.leads : null;
        return { ...totals, cost_per_lead };
    }

    getTotal(column) {
        if (column.name === "name") {
            return _t("Total");
        }
        return this.isNumber(column)
            ? this.props.format(this.totals[column.name], column.kind)
            : "";
    }

    /** Numbers are looked at from the largest, words from A. */
    onSorted(column) {
        if (this.state.sort === column.name) {
            this.state.isDescending = !this.state.isDescending;
        } else {
            this.state.sort = column.name;
            this.state.isDescending = this.isNumber(column);
        }
    }

    onOpened(operation) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.campaign.operation",
            res_id: operation.id,
            views: [[false, "form"]],
        });
    }
}
