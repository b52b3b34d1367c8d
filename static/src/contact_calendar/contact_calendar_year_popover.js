import { CalendarYearPopover } from "@web/views/calendar/calendar_year/calendar_year_popover";
import { getBoxClass } from "./contact_calendar_boxes";

/** What happened on a day of a year. */
export class ContactCalendarYearPopover extends CalendarYearPopover {
    static subTemplates = {
        ...CalendarYearPopover.subTemplates,
        record: "crm_campaign.ContactCalendar.yearRecord",
    };

    // EXTENDS web — colors by what a line comes from
    getRecordClass(record) {
        return getBoxClass(record);
    }
}
