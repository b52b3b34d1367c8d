import { CalendarYearRenderer } from "@web/views/calendar/calendar_year/calendar_year_renderer";
import { getBoxClass } from "./contact_calendar_boxes";
import { ContactCalendarYearPopover } from "./contact_calendar_year_popover";

/** A year: the days on which something happened. */
export class ContactCalendarYearRenderer extends CalendarYearRenderer {
    static components = { ...CalendarYearRenderer.components, Popover: ContactCalendarYearPopover };

    // EXTENDS web — colors by what a line comes from
    eventClassNames(info) {
        const record = this.props.model.records[info.event.id];
        return [...super.eventClassNames(info), getBoxClass(record)];
    }

    // EXTENDS web — the year has the height that it needs: the page scrolls
    updateSize() {}
}
