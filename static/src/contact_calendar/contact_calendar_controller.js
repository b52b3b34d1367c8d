import { CalendarController } from "@web/views/calendar/calendar_controller";

/** What was told a contact is looked at, never written: a box opens whatever holds the view. */
export class ContactCalendarController extends CalendarController {
    // EXTENDS web — as lists and kanbans do
    editRecord(record, context = {}) {
        return this.props.selectRecord
            ? this.props.selectRecord(record.id)
            : super.editRecord(record, context);
    }
}
