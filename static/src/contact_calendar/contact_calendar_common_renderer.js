import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { getBoxClass } from "./contact_calendar_boxes";

// Boxes, not dots; what is past is what one looks for here, so it does not fade.
const HOST_CLASSES = ["o_event_dot", "o_past_event"];

/** Days, a week or a month: a box says what a line comes from, and opens at one click. */
export class ContactCalendarCommonRenderer extends CalendarCommonRenderer {
    static eventTemplate = "crm_campaign.ContactCalendar.event";

    // EXTENDS web — colors by what a line comes from
    eventClassNames(info) {
        const classes = super.eventClassNames(info);
        const record = this.props.model.records[info.event.id];
        return [...classes.filter((name) => !HOST_CLASSES.includes(name)), getBoxClass(record)];
    }

    // EXTENDS web — a line lasts no time: it must not reach into the next day
    convertRecordToEvent(record) {
        const end = luxon.DateTime.min(record.end, record.start.endOf("day"));
        return super.convertRecordToEvent({ ...record, end });
    }

    // EXTENDS web — no popover: the details hold everything
    onClick(info) {
        this.onDblClick(info);
    }
}
