import { useService } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { calendarView } from "@web/views/calendar/calendar_view";
import { openPlanned } from "./planning_opening";

/** A row opens the operation or the task behind it. */
export class PlanningCalendarController extends CalendarController {
    setup() {
        super.setup();
        this.action = useService("action");
    }

    // EXTENDS web — rows have no form of their own
    editRecord(record) {
        return openPlanned(this.action, record.rawRecord);
    }
}

export class PlanningCalendarModel extends CalendarModel {
    // EXTENDS web — what is refused goes back
    async updateRecord(record, options) {
        try {
            await super.updateRecord(record, options);
        } catch (error) {
            await this.load();
            throw error;
        }
    }
}

export class PlanningCalendarCommonRenderer extends CalendarCommonRenderer {
    // EXTENDS web — what has started stays where it is
    convertRecordToEvent(record) {
        const { is_movable: isMovable, is_all_day: isAllDay } = record.rawRecord;
        return {
            ...super.convertRecordToEvent(record),
            editable: isMovable,
            durationEditable: isMovable && !isAllDay,
        };
    }
}

export class PlanningCalendarRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: PlanningCalendarCommonRenderer,
        week: PlanningCalendarCommonRenderer,
        month: PlanningCalendarCommonRenderer,
    };
}

registry.category("views").add("crm_campaign_planning_calendar", {
    ...calendarView,
    Controller: PlanningCalendarController,
    Model: PlanningCalendarModel,
    Renderer: PlanningCalendarRenderer,
});
