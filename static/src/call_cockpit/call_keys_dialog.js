import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { KEYS } from "./call_keys";

/** The keys of the cockpit. */
export class CallKeysDialog extends Component {
    static template = "crm_campaign.CallKeysDialog";
    static components = { Dialog };
    static props = { close: Function };

    setup() {
        this.rows = KEYS;
    }
}
