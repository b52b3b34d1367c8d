import { registry } from "@web/core/registry";
import { calendarView } from "@web/views/calendar/calendar_view";
import { ContactCalendarController } from "./contact_calendar_controller";
import { ContactCalendarRenderer } from "./contact_calendar_renderer";

export const contactCalendarView = {
    ...calendarView,
    Controller: ContactCalendarController,
    Renderer: ContactCalendarRenderer,
};

registry.category("views").add("crm_campaign_contact_calendar", contactCalendarView);
