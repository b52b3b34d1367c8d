import { Component, useSubEnv } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { getDefaultConfig, View } from "@web/views/view";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const MODEL = "crm.campaign.communication";

/**
 * The messages of a contact or a lead, as a list of their own: paged, searched and sorted by the
 * server, and asked for only when its tab is opened.
 */
export class CommunicationsWidget extends Component {
    static template = "crm_campaign.CommunicationsWidget";
    static components = { View };
    static props = { ...standardWidgetProps, about: String };

    setup() {
        this.action = useService("action");
        // A view of its own, not one of those of the form's action.
        useSubEnv({ config: getDefaultConfig() });
    }

    get viewProps() {
        return {
            type: "list",
            resModel: MODEL,
            views: [
                [false, "list"],
                [false, "search"],
            ],
            searchViewId: false,
            domain: [[this.props.about, "=", this.props.record.resId]],
            context: { search_default_addressed: 1 },
            display: { searchPanel: false },
            noBreadcrumbs: true,
            showButtons: false,
            allowSelectors: false,
            className: "o_crm_campaign_communications",
            noContentHelp: "",
            selectRecord: this.onMessageSelected.bind(this),
        };
    }

    onMessageSelected(resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: resId,
            views: [[false, "form"]],
            target: "new",
            name: _t("Message"),
        });
    }
}

export const communicationsWidget = {
    component: CommunicationsWidget,
    extractProps: ({ options }) => ({ about: options.about }),
};

registry.category("view_widgets").add("crm_campaign_communications", communicationsWidget);
