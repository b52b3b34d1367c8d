import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { ContactCalendarCommonRenderer } from "./contact_calendar_common_renderer";
import { ContactCalendarYearRenderer } from "./contact_calendar_year_renderer";

export class ContactCalendarRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: ContactCalendarCommonRenderer,
        week: ContactCalendarCommonRenderer,
        month: ContactCalendarCommonRenderer,
        year: ContactCalendarYearRenderer,
    };
}
