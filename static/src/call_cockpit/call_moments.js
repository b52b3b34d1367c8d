import { deserializeDateTime } from "@web/core/l10n/dates";

const { DateTime } = luxon;

/**
 * Put a moment of the server in words, where the caller is: today has no day, and midnight
 * stands for the whole day.
 *
 * @param {string} text - naive UTC
 * @param {string} tz
 */
export function formatMoment(text, tz) {
    if (!text) {
        return "";
    }
    const moment = deserializeDateTime(text, { tz });
    const now = DateTime.now().setZone(tz);
    if (moment.hasSame(now, "day")) {
        return moment.toLocaleString(DateTime.TIME_SIMPLE);
    }
    const day = { weekday: "short", day: "numeric", month: "short" };
    const year = moment.hasSame(now, "year") ? {} : { year: "numeric" };
    const isDay = moment.equals(moment.startOf("day"));
    const time = isDay ? {} : { hour: "numeric", minute: "2-digit" };
    return moment.toLocaleString({ ...day, ...year, ...time });
}

/** Tell the time of the clock in a time zone. */
export function formatClock(tz) {
    return DateTime.now().setZone(tz).toLocaleString(DateTime.TIME_SIMPLE);
}

/**
 * Give moments at which one promises to call back, to be chosen at one click.
 *
 * @param {string} tz - where the caller is
 * @returns {DateTime[]} in an hour, tomorrow morning, in a week
 */
export function suggestMoments(tz) {
    const now = DateTime.now().setZone(tz).startOf("minute");
    const soon = now.plus({ minutes: 60 + ((5 - (now.minute % 5)) % 5) });
    const morning = now.plus({ days: 1 }).set({ hour: 9, minute: 0 });
    return [soon, morning, morning.plus({ days: 6 })];
}
