import { Component } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { formatMoment } from "./call_moments";

/** What went before: attempts, messages of the campaigns, open opportunities. */
export class CallHistory extends Component {
    static template = "crm_campaign.CallHistory";
    static props = { card: Object, tz: String };

    setup() {
        this.action = useService("action");
    }

    get isEmpty() {
        const { attempts, communications, opportunities } = this.props.card;
        return !(attempts.length || communications.length || opportunities.length);
    }

    formatMoment(moment) {
        return formatMoment(moment, this.props.tz);
    }

    onOpportunity(opportunity) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.lead",
            res_id: opportunity.id,
            views: [[false, "form"]],
        });
    }
}
