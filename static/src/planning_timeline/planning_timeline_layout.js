import { localization } from "@web/core/l10n/localization";

/**
 * Where things stand on a timeline. Everything is reckoned by the clock on the wall of the user's
 * time zone: a day is as wide as another one, and a shift of a day keeps the hour, even over a
 * change to summer time.
 */
const { DateTime } = luxon;

export const DAY_MINUTES = 24 * 60;

/** By scale: minutes to which a drag snaps, and the least width of a column in pixels. */
export const SCALES = {
    day: { snap: 15, columnWidth: 26 },
    week: { snap: 60, columnWidth: 70 },
    month: { snap: DAY_MINUTES, columnWidth: 24 },
    quarter: { snap: DAY_MINUTES, columnWidth: 56 },
};

const LANE_GAP = 6;

export function getWeekStart(date) {
    const first = localization.weekStart || 1;
    return date.startOf("day").minus({ days: (date.weekday - first + 7) % 7 });
}

/** Give the first day that a scale shows, and the first one after it: whole weeks where it can. */
export function getRange(scale, date) {
    let start, end;
    if (scale === "day") {
        start = date.startOf("day");
        end = start.plus({ days: 1 });
    } else {
        const unit = scale === "week" ? "day" : scale;
        start = getWeekStart(date.startOf(unit));
        end = getWeekStart(date.endOf(unit)).plus({ days: 7 });
    }
    return { start, end, days: countDays(start, end) };
}

/** Give the whole weeks that a range touches. */
export function getWeeks(range) {
    const weeks = [];
    for (let start = getWeekStart(range.start); start < range.end;) {
        const end = start.plus({ days: 7 });
        weeks.push({ start, end });
        start = end;
    }
    return weeks;
}

function countDays(start, end) {
    return Math.round(end.startOf("day").diff(start.startOf("day"), "days").days);
}

/** Give minutes of the wall clock from the beginning of a range; less than 0 before it. */
export function getMinutes(moment, range) {
    return countDays(range.start, moment) * DAY_MINUTES + moment.hour * 60 + moment.minute;
}

/** Give how far into a range a moment is, from 0 to 1; it is cut off outside. */
export function getFraction(moment, range) {
    const fraction = getMinutes(moment, range) / (range.days * DAY_MINUTES);
    return Math.min(Math.max(fraction, 0), 1);
}

/** Shift a moment by minutes of the wall clock. */
export function shift(moment, minutes) {
    const total = moment.hour * 60 + moment.minute + minutes;
    const days = Math.floor(total / DAY_MINUTES);
    const time = total - days * DAY_MINUTES;
    const day = moment.startOf("day").plus({ days });
    return day.set({ hour: Math.floor(time / 60), minute: time % 60, second: moment.second });
}

/**
 * Give what becomes of a row that is dragged.
 *
 * @param {{start: DateTime, stop: DateTime, isAllDay: boolean}} row
 * @param {"move" | "start" | "stop"} mode what is dragged: the bar, or one of its ends
 * @param {number} minutes of the wall clock; less than 0 = earlier
 * @param {number} snap the row keeps that duration at least
 */
export function drag(row, mode, minutes, snap) {
    if (row.isAllDay) {
        minutes = Math.round(minutes / DAY_MINUTES) * DAY_MINUTES;
    }
    let { start, stop } = row;
    if (mode !== "stop") {
        start = shift(start, minutes);
    }
    if (mode !== "start") {
        stop = shift(stop, minutes);
    }
    if (mode === "start" && start >= stop) {
        start = DateTime.max(row.start, shift(stop, -snap));
    } else if (mode === "stop" && stop <= start) {
        stop = DateTime.min(row.stop, shift(start, snap));
    }
    return { start, stop };
}

/**
 * Deal boxes to as few lanes as it takes, so that none covers another one.
 *
 * @param {{from: number, to: number}[]} boxes in pixels; each gets its ``lane``
 * @returns {number} how many lanes there are, one at least
 */
export function dealLanes(boxes) {
    const ends = [];
    for (const box of [...boxes].sort((a, b) => a.from - b.from || a.to - b.to)) {
        let lane = ends.findIndex((end) => end + LANE_GAP <= box.from);
        if (lane < 0) {
            lane = ends.length;
        }
        ends[lane] = box.to;
        box.lane = lane;
    }
    return Math.max(ends.length, 1);
}

/** Give the columns of a range: hours of a day, days, or the weeks of a quarter. */
export function getColumns(scale, range) {
    if (scale === "quarter") {
        return getWeeks(range);
    }
    const columns = [];
    const [count, minutes] = scale === "day" ? [24, 60] : [range.days, DAY_MINUTES];
    for (let number = 0; number < count; number++) {
        const start = shift(range.start, number * minutes);
        columns.push({
            start,
            isWeekend: scale !== "day" && start.weekday > 5,
            isToday: scale !== "day" && start.hasSame(DateTime.now(), "day"),
        });
    }
    return columns;
}

/** Give the months of a range, each with the number of its days in it. */
export function getMonths(range) {
    const months = [];
    for (let start = range.start; start < range.end;) {
        const end = DateTime.min(start.startOf("month").plus({ months: 1 }), range.end);
        months.push({ start, days: countDays(start, end) });
        start = end;
    }
    return months;
}
