import { browser } from "@web/core/browser/browser";
import { Domain } from "@web/core/domain";
import {
    deserializeDate,
    deserializeDateTime,
    serializeDate,
    serializeDateTime,
} from "@web/core/l10n/dates";
import { RPCError } from "@web/core/network/rpc";
import { KeepLast } from "@web/core/utils/concurrency";
import { Model } from "@web/model/model";
import { getRange, getWeeks, SCALES } from "./planning_timeline_layout";

const { DateTime } = luxon;

/** Rows of the visible range, in the user's time zone, and the pressure of its weeks. */
export class PlanningTimelineModel extends Model {
    static services = ["notification"];

    setup(params, { notification }) {
        this.notification = notification;
        this.keepLast = new KeepLast();
        this.keepLastPressure = new KeepLast();
        this.meta = { ...params, date: params.date || DateTime.local().startOf("day") };
        const stored = browser.localStorage.getItem(this.storageKey);
        if (stored in SCALES) {
            this.meta.scale = stored;
        }
        this.data = { range: null, rows: [], undated: [], weeks: [], pressure: null };
    }

    get storageKey() {
        return `scaleOf-viewId-${this.env.config.viewId}`;
    }

    get exportedState() {
        return { date: this.meta.date };
    }

    /** Load what is visible; the pressure comes when it comes. */
    async load(params = {}) {
        const meta = { ...this.meta, ...params };
        const range = getRange(meta.scale, meta.date);
        const records = await this.keepLast.add(this.fetch(meta, range));
        this.meta = meta;
        browser.localStorage.setItem(this.storageKey, meta.scale);
        const rows = records.map((record) => this.readRow(record));
        this.data = {
            range,
            rows: rows.filter((row) => row.start),
            undated: rows.filter((row) => !row.start),
            weeks: getWeeks(range),
            pressure: null,
        };
        this.notify();
        this.loadPressure();
    }

    fetch({ context, domain, fieldNames, mapping, resModel }, { start, end }) {
        const visible = [
            "|",
            [mapping.date_start, "=", false],
            "&",
            [mapping.date_start, "<", serializeDateTime(end)],
            [mapping.date_stop, ">", serializeDateTime(start)],
        ];
        return this.orm.searchRead(
            resModel,
            Domain.and([domain || [], visible]).toList(),
            fieldNames,
            { context }
        );
    }

    async loadPressure() {
        const { data } = this;
        const weeks = data.weeks.map(({ start, end }) => [
            serializeDateTime(start),
            serializeDateTime(end),
        ]);
        const request = this.orm.silent.call(this.meta.resModel, "get_pressure", [weeks]);
        let pressure;
        try {
            pressure = await this.keepLastPressure.add(request);
        } catch (error) {
            if (!(error instanceof RPCError)) {
                throw error;
            }
            pressure = weeks.map(() => ({ people: null, names: [], is_partial: true }));
        }
        data.pressure = pressure;
        this.notify();
    }

    readRow(record) {
        const { mapping } = this.meta;
        const isAllDay = record[mapping.all_day] || false;
        const [rawStart, rawStop] = [record[mapping.date_start], record[mapping.date_stop]];
        let [start, stop] = [null, null];
        if (rawStart && isAllDay) {
            start = deserializeDate(rawStart.slice(0, 10)).startOf("day");
            stop = start.plus({ days: 1 });
        } else if (rawStart) {
            start = deserializeDateTime(rawStart);
            stop = deserializeDateTime(rawStop);
        }
        return {
            id: record.id,
            name: record.name,
            color: record[mapping.color] || 0,
            group: record[mapping.group_field] || null,
            isMovable: Boolean(start && record[mapping.movable]),
            isAllDay,
            start,
            stop,
            record,
        };
    }

    /** Show a row elsewhere, without telling the server yet. */
    preview(row, dates) {
        row.before = row.before || { start: row.start, stop: row.stop };
        Object.assign(row, dates);
        this.notify();
    }

    /** Have the server move a row, which is shown there at once, and goes back if it is refused. */
    async move(row, dates) {
        this.preview(row, dates);
        row.isSaving = true;
        const { context, resModel } = this.meta;
        try {
            await this.orm.write(resModel, [row.id], this.serialize(row), { context });
        } catch (error) {
            Object.assign(row, row.before, { before: null, isSaving: false });
            this.notify();
            if (!(error instanceof RPCError)) {
                throw error;
            }
            this.notification.add(error.data?.message || error.message, { type: "danger" });
            return;
        }
        await this.load();
    }

    serialize({ start, stop, isAllDay }) {
        const { mapping } = this.meta;
        // What has nothing but a day is written as one.
        return {
            [mapping.date_start]: isAllDay ? serializeDate(start) : serializeDateTime(start),
            [mapping.date_stop]: isAllDay ? serializeDate(start) : serializeDateTime(stop),
        };
    }
}
