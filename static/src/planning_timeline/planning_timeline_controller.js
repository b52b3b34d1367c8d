import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { getLocalYearAndWeek, serializeDateTime } from "@web/core/l10n/dates";
import { useBus, useService } from "@web/core/utils/hooks";
import { useModel } from "@web/model/model";
import { useSetupAction } from "@web/search/action_hook";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { standardViewProps } from "@web/views/standard_view_props";
import { ViewScaleSelector } from "@web/views/view_components/view_scale_selector";
import { openPlanned } from "./planning_opening";

const { DateTime } = luxon;

const SCALE_LABELS = {
    day: _t("Day"),
    week: _t("Week"),
    month: _t("Month"),
    quarter: _t("Quarter"),
};

export class PlanningTimelineController extends Component {
    static template = "crm_campaign.PlanningTimelineController";
    static components = { CogMenu, Layout, SearchBar, ViewScaleSelector };
    static props = {
        ...standardViewProps,
        Model: Function,
        Renderer: Function,
        archInfo: Object,
    };

    setup() {
        this.action = useService("action");
        this.model = useModel(this.props.Model, {
            ...this.props.archInfo,
            resModel: this.props.resModel,
            fields: this.props.fields,
            date: this.props.state?.date,
        });
        useBus(this.model.bus, "update", () => this.render(true));
        useSetupAction({ getLocalState: () => this.model.exportedState });
        this.searchBarToggler = useSearchBarToggler();
    }

    get scales() {
        return Object.fromEntries(
            Object.entries(SCALE_LABELS).map(([scale, description]) => [scale, { description }])
        );
    }

    get title() {
        const { date, scale } = this.model.meta;
        const { start, end } = this.model.data.range;
        switch (scale) {
            case "day":
                return date.toLocaleString({ ...DateTime.DATE_FULL, weekday: "long" });
            case "week": {
                const last = end.minus({ days: 1 });
                const months = start.hasSame(last, "month") ? [start] : [start, last];
                return months.map((month) => month.toFormat("LLLL y")).join(" – ");
            }
            case "month":
                return date.toFormat("LLLL y");
            default:
                return _t("Quarter %(quarter)s, %(year)s", {
                    quarter: date.quarter,
                    year: date.year,
                });
        }
    }

    get week() {
        const { scale } = this.model.meta;
        return scale === "week" && getLocalYearAndWeek(this.model.data.range.start).week;
    }

    /** Name the types that are shown, with their colors. */
    get legend() {
        const { rows, undated } = this.model.data;
        const shown = new Map([...rows, ...undated].map((row) => [row.record.category, row.color]));
        return this.props.fields.category.selection
            .filter(([category]) => shown.has(category))
            .map(([category, label]) => ({ category, label, color: shown.get(category) }));
    }

    get rendererProps() {
        return {
            model: this.model,
            noContentHelp: this.props.info.noContentHelp,
            openRow: this.openRow.bind(this),
            openPeople: this.openPeople.bind(this),
        };
    }

    setScale(scale) {
        return this.model.load({ scale });
    }

    onPrevious() {
        return this.step(-1);
    }

    onNext() {
        return this.step(1);
    }

    onToday() {
        return this.model.load({ date: DateTime.local().startOf("day") });
    }

    step(count) {
        const { date, scale } = this.model.meta;
        return this.model.load({ date: date.plus({ [`${scale}s`]: count }) });
    }

    openRow(row) {
        return openPlanned(this.action, row.record);
    }

    /** List the people whom several operations of a week concern. */
    openPeople({ start, end }) {
        const week = `${serializeDateTime(start)}/${serializeDateTime(end)}`;
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Concerned several times, week of %s", start.toLocaleString()),
            res_model: "res.partner",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain: [["campaign_pressure", "in", [week]]],
            context: { create: false },
        });
    }
}
