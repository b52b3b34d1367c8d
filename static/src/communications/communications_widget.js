import { Component, markup, onWillStart, onWillUpdateProps, useState, useSubEnv } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { getDefaultConfig, View } from "@web/views/view";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const MODEL = "crm.campaign.communication";
const CSS_CLASS = "o_crm_campaign_communications";

/**
 * What a contact or a lead was told, in a view of its own: searched and sorted by the server, and
 * asked for only when its tab is opened. A list holds messages only; a calendar and a timeline,
 * which are switched between, hold the to-dos of colleagues too.
 */
export class CommunicationsWidget extends Component {
    static template = "crm_campaign.CommunicationsWidget";
    static components = { View };
    static props = {
        ...standardWidgetProps,
        about: String,
        viewTypes: { type: Array, element: String },
    };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ viewType: this.props.viewTypes[0] });
        this.lastDate = false;
        // A view of its own, not one of those of the form's action.
        useSubEnv({ config: getDefaultConfig() });
        onWillStart(this.onWillStart);
        onWillUpdateProps(this.onWillUpdateProps);
    }

    async onWillStart() {
        await this.loadLastDate(this.props);
    }

    async onWillUpdateProps(nextProps) {
        if (nextProps.record.resId !== this.props.record.resId) {
            await this.loadLastDate(nextProps);
        }
    }

    /** A calendar opens where there is something to see. */
    async loadLastDate({ about, record, viewTypes }) {
        if (!viewTypes.includes("calendar") || !record.resId) {
            return;
        }
        const domain = [
            [about, "=", record.resId],
            ["exclusion", "=", false],
        ];
        const options = { order: "date DESC", limit: 1 };
        const [last] = await this.orm.searchRead(MODEL, domain, ["date"], options);
        this.lastDate = last ? last.date : false;
    }

    get isEmpty() {
        return this.props.viewTypes.includes("calendar") && !this.lastDate;
    }

    get switchEntries() {
        const entries = [
            { type: "calendar", icon: "fa fa-calendar", label: _t("Calendar") },
            { type: "kanban", icon: "fa fa-align-left", label: _t("Timeline") },
        ];
        return entries.filter((entry) => this.props.viewTypes.includes(entry.type));
    }

    get viewProps() {
        const type = this.state.viewType;
        const { about, record } = this.props;
        return {
            type,
            resModel: MODEL,
            views: [
                [false, type],
                [false, "search"],
            ],
            searchViewId: false,
            domain: [[about, "=", record.resId]],
            context: { search_default_addressed: 1 },
            display: { searchPanel: false },
            noBreadcrumbs: true,
            className: CSS_CLASS,
            noContentHelp: "",
            selectRecord: this.onLineSelected.bind(this),
            ...this[`${type}Props`],
        };
    }

    /** Messages, in the tab that is about them. */
    get listProps() {
        return {
            domain: [
                [this.props.about, "=", this.props.record.resId],
                ["channel", "!=", "activity"],
            ],
            showButtons: false,
            allowSelectors: false,
        };
    }

    get calendarProps() {
        return {
            context: { search_default_addressed: 1, initial_date: this.lastDate },
            display: { searchPanel: false, controlPanel: false },
        };
    }

    get kanbanProps() {
        return {
            context: { search_default_addressed: 1, campaign_todos: true },
            searchMenuTypes: ["filter", "favorite"],
            showButtons: false,
            noContentHelp: markup`<p class="o_view_nocontent_empty_folder">${_t(
                "Nothing fits these filters"
            )}</p>`,
        };
    }

    onViewTypeChosen(ev) {
        this.state.viewType = ev.currentTarget.dataset.type;
    }

    onLineSelected(resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: resId,
            views: [[false, "form"]],
            target: "new",
            name: this.props.viewTypes.includes("list") ? _t("Message") : _t("Details"),
        });
    }
}

export const communicationsWidget = {
    component: CommunicationsWidget,
    extractProps: ({ options }) => ({
        about: options.about,
        viewTypes: options.views || ["list"],
    }),
};

registry.category("view_widgets").add("crm_campaign_communications", communicationsWidget);
