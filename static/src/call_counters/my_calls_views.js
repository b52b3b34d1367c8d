import { registry } from "@web/core/registry";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { calendarView } from "@web/views/calendar/calendar_view";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { CallCounters } from "./call_counters";

class MyCallsListRenderer extends ListRenderer {
    static template = "crm_campaign.MyCallsList";
    static components = { ...ListRenderer.components, CallCounters };
}

class MyCallsKanbanRenderer extends KanbanRenderer {
    static template = "crm_campaign.MyCallsKanban";
    static components = { ...KanbanRenderer.components, CallCounters };
}

class MyCallsCalendarController extends CalendarController {
    static template = "crm_campaign.MyCallsCalendar";
    static components = { ...CalendarController.components, CallCounters };
}

const views = registry.category("views");
views.add("crm_campaign_my_calls_list", { ...listView, Renderer: MyCallsListRenderer });
views.add("crm_campaign_my_calls_kanban", { ...kanbanView, Renderer: MyCallsKanbanRenderer });
views.add("crm_campaign_my_calls_calendar", {
    ...calendarView,
    Controller: MyCallsCalendarController,
});
