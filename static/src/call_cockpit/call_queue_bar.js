import { Component } from "@odoo/owl";

/** How the day goes: calls made against the objective, and what is left of today. */
export class CallQueueBar extends Component {
    static template = "crm_campaign.CallQueueBar";
    static props = { day: Object };

    get percent() {
        const { done, objective } = this.props.day;
        return objective ? Math.min(100, Math.round((100 * done) / objective)) : 0;
    }
}
