import { Component } from "@odoo/owl";
import { formatDate } from "@web/core/l10n/dates";
import { formatSelection } from "@web/views/fields/formatters";

const { DateTime } = luxon;

/** The facts of a row. */
export class PlanningTimelinePopover extends Component {
    static template = "crm_campaign.PlanningTimelinePopover";
    static props = {
        close: { type: Function, optional: true },
        row: Object,
        fields: Object,
        openRow: Function,
    };

    get facts() {
        const { record } = this.props.row;
        const names = ["category", "channel", "campaign_id", "target_id", "user_id", "state"];
        return names
            .filter((name) => record[name])
            .map((name) => ({
                name,
                label: this.props.fields[name].string,
                value: Array.isArray(record[name])
                    ? record[name][1]
                    : formatSelection(record[name], { field: this.props.fields[name] }),
            }));
    }

    get dates() {
        const { start, stop, isAllDay, record } = this.props.row;
        if (!start) {
            return "";
        }
        if (isAllDay) {
            return formatDate(start);
        }
        const from = start.toLocaleString(DateTime.DATETIME_MED);
        if (record.task_id) {
            return from;
        }
        const isSameDay = start.hasSame(stop, "day");
        return `${from} – ${stop.toLocaleString(
            isSameDay ? DateTime.TIME_SIMPLE : DateTime.DATETIME_MED
        )}`;
    }

    onOpen() {
        this.props.close?.();
        this.props.openRow(this.props.row);
    }
}
