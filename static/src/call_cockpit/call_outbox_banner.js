import { Component } from "@odoo/owl";

/** Says that the network is lost, what waits for it, and what the server has refused since. */
export class CallOutboxBanner extends Component {
    static template = "crm_campaign.CallOutboxBanner";
    static props = { outbox: Object };
}
