import { _t } from "@web/core/l10n/translation";

/**
 * The choices of relative dates: what is stored for each, and what it says.
 *
 * A choice with its numbers is a value: `["days_ago", 5]`, `["between_days_ago", 30, 60]`,
 * `["last_month"]`. It is stored as the two bounds of a half-open range, in the words that the host's
 * server understands. docs/relative-dates.md holds the same table, for those who read it elsewhere.
 */

/** Choices without a number: a label and the two bounds. */
const PERIODS = {
    today: [_t("today"), "today", "today +1d"],
    last_week: [_t("last week"), "today -monday -1w", "today -monday"],
    this_week: [_t("this week"), "today -monday", "today -monday +1w"],
    next_week: [_t("next week"), "today -monday +1w", "today -monday +2w"],
    last_month: [_t("last month"), "today =1d -1m", "today =1d"],
    this_month: [_t("this month"), "today =1d", "today =1d +1m"],
    next_month: [_t("next month"), "today =1d +1m", "today =1d +2m"],
    month_to_date: [_t("month to date"), "today =1d", "today +1d"],
    last_12_months: [_t("in the last 12 months"), "today =1d -12m", "today =1d"],
    last_year: [_t("last year"), "today =1m =1d -1y", "today =1m =1d"],
    this_year: [_t("this year"), "today =1m =1d", "today =1m =1d +1y"],
    next_year: [_t("next year"), "today =1m =1d +1y", "today =1m =1d +2y"],
    year_to_date: [_t("year to date"), "today =1m =1d", "today +1d"],
};

/**
 * Choices with numbers: least and greatest number (a hundred years, beyond which the server knows no
 * date), the bounds, the numbers that the offsets of two bounds may stand for, and the words.
 */
const COUNTED = {
    days_ago: {
        limits: [1, 36500],
        bounds: (count) => [`today -${count}d`, `today -${count - 1}d`],
        read: (left) => [-left],
        words: (count) => (count === 1 ? _t("1 day ago") : _t("%(count)s days ago", { count })),
    },
    weeks_ago: {
        limits: [1, 5200],
        bounds: (count) => [`today -${count}w`, `today -${count}w +1d`],
        read: (left) => [-left],
        words: (count) => (count === 1 ? _t("1 week ago") : _t("%(count)s weeks ago", { count })),
    },
    months_ago: {
        limits: [1, 1200],
        bounds: (count) => [`today -${count}m`, `today -${count}m +1d`],
        read: (left) => [-left],
        words: (count) => (count === 1 ? _t("1 month ago") : _t("%(count)s months ago", { count })),
    },
    in_days: {
        limits: [1, 36500],
        bounds: (count) => [`today +${count}d`, `today +${count + 1}d`],
        read: (left) => [left],
        words: (count) => (count === 1 ? _t("in 1 day") : _t("in %(count)s days", { count })),
    },
    in_weeks: {
        limits: [1, 5200],
        bounds: (count) => [`today +${count}w`, `today +${count}w +1d`],
        read: (left) => [left],
        words: (count) => (count === 1 ? _t("in 1 week") : _t("in %(count)s weeks", { count })),
    },
    in_months: {
        limits: [1, 1200],
        bounds: (count) => [`today +${count}m`, `today +${count}m +1d`],
        read: (left) => [left],
        words: (count) => (count === 1 ? _t("in 1 month") : _t("in %(count)s months", { count })),
    },
    between_days_ago: {
        limits: [0, 36500],
        bounds: (from, to) => [`today -${to}d`, from ? `today -${from - 1}d` : "today +1d"],
        read: (left, right) => [1 - right, -left],
        words: (from, to) => _t("between %(from)s and %(to)s days ago", { from, to }),
    },
    between_in_days: {
        limits: [0, 36500],
        bounds: (from, to) => [`today +${from}d`, `today +${to + 1}d`],
        read: (left, right) => [left, right - 1],
        words: (from, to) => _t("between in %(from)s and in %(to)s days", { from, to }),
    },
    last_days: {
        limits: [1, 36500],
        bounds: (count) => [`today -${count}d`, "today"],
        read: (left) => [-left],
        words: (count) =>
            count === 1 ? _t("in the last 1 day") : _t("in the last %(count)s days", { count }),
    },
    next_days: {
        limits: [1, 36500],
        bounds: (count) => ["today", `today +${count}d`],
        read: (left, right) => [right],
        words: (count) =>
            count === 1 ? _t("in the next 1 day") : _t("in the next %(count)s days", { count }),
    },
};

/** Value of a date field that was just chosen. */
export const DEFAULT_VALUE = ["today"];

/** Give the label of a choice that has no number. */
export function getPeriodLabel(choice) {
    return PERIODS[choice][0];
}

/** Tell whether a choice needs no number. */
export function isPeriod(choice) {
    return choice in PERIODS;
}

/** Give the least and the greatest number of a choice that has numbers. */
export function getLimits(choice) {
    return COUNTED[choice].limits;
}

/** Tell whether something is a value of this module. */
export function isRelativeDate(value) {
    return Array.isArray(value) && (value[0] in PERIODS || value[0] in COUNTED);
}

/** Give the two bounds of a value: the first is part of the range, the second is not. */
export function getBounds([choice, ...numbers]) {
    return isPeriod(choice) ? PERIODS[choice].slice(1) : COUNTED[choice].bounds(...numbers);
}

/** Put a value in words, to follow "is". */
export function getWords([choice, ...numbers]) {
    return isPeriod(choice) ? getPeriodLabel(choice) : COUNTED[choice].words(...numbers);
}

/**
 * Find the value that is stored as these two bounds.
 *
 * Only what {@link getBounds} would write is read, to the character: anything else is not ours.
 *
 * @returns {Array|null}
 */
export function findValue(left, right) {
    const period = Object.keys(PERIODS).find((choice) => isStoredAs([choice], left, right));
    if (period) {
        return [period];
    }
    const offsets = [getOffset(left), getOffset(right)];
    for (const choice in COUNTED) {
        const numbers = COUNTED[choice].read(...offsets).map((number) => number || 0);
        const isLegal = numbers.every((number) => number >= COUNTED[choice].limits[0]);
        if (isLegal && isStoredAs([choice, ...numbers], left, right)) {
            return [choice, ...numbers];
        }
    }
    return null;
}

function isStoredAs(value, left, right) {
    const [ownLeft, ownRight] = getBounds(value);
    return ownLeft === left && ownRight === right;
}

/** Give the first signed number of a bound: -5 for "today -5d". */
function getOffset(bound) {
    return parseInt(/^today ([+-]\d+)[dwm]/.exec(bound)?.[1]);
}
