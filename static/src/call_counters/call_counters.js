import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/**
 * What a caller has before them today, above their calls. A click shows the calls that were
 * counted: each counter stands for some filters of the search.
 */
export class CallCounters extends Component {
    static template = "crm_campaign.CallCounters";
    // What the view shows: figures are read again whenever that is
    static props = { shown: { type: Object, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ figures: {} });
        this.counters = [
            { key: "todo", label: _t("To Do Today"), filters: ["open", "today"], css: "info" },
            { key: "overdue", label: _t("Overdue"), filters: ["overdue"], css: "danger" },
            {
                key: "promised",
                label: _t("Promised Today"),
                filters: ["promised", "today"],
                css: "warning",
            },
            { key: "done", label: _t("Done Today"), filters: ["done_today"], css: "success" },
        ];
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        this.state.figures = await this.orm.call("crm.campaign.call", "get_my_figures");
    }

    getColor(counter) {
        const name = this.state.figures[counter.key] ? counter.css : "secondary";
        return `bg-${name}-subtle text-${name}-emphasis`;
    }

    onCounterClick(counter) {
        const search = this.env.searchModel;
        const items = search.getSearchItems((item) => counter.filters.includes(item.name));
        search.clearQuery();
        for (const item of items) {
            search.toggleSearchItem(item.id);
        }
    }

    onStartCalling() {
        this.action.doAction({ type: "ir.actions.client", tag: "crm_campaign_call_cockpit" });
    }
}
