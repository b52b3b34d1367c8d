import { _t } from "@web/core/l10n/translation";
import { dealLanes, getFraction } from "./planning_timeline_layout";

const STATE_ICONS = {
    draft: "fa-pencil",
    to_test: "fa-flask",
    proofing: "fa-cog",
    proof: "fa-eye",
    ready: "fa-check",
    running: "fa-play",
    suspended: "fa-pause",
    done: "fa-flag-checkered",
    error: "fa-exclamation-triangle",
};
// A name stands inside a bar that is at least so wide, else beside it (pixels).
const NAME_INSIDE = 90;
const LEAST_WIDTH = 12;
// What a letter, and what stands beside the name, take.
const LETTER_WIDTH = 6.5;
const BESIDE_WIDTH = 48;
const MOST_BESIDE = 220;

/**
 * Group rows by campaign, those that start first on top; runs of automatic tasks come last, with one
 * lane a task.
 *
 * @param {Object[]} rows of the model
 * @param {Object} range
 * @param {number} width of the range in pixels
 * @param {Object} ghost dates of the row that is dragged: ``{ id, start, stop }`` or null
 */
export function buildGroups(rows, range, width, ghost) {
    const groups = new Map();
    for (const row of rows) {
        const key = row.group ? row.group[0] : 0;
        if (!groups.has(key)) {
            groups.set(key, { key, name: row.group?.[1], rows: [] });
        }
        groups.get(key).rows.push(row);
    }
    const sorted = [...groups.values()].sort(compareGroups);
    return sorted.map((group) =>
        group.key ? buildCampaign(group, range, width, ghost) : buildTasks(group, range)
    );
}

function compareGroups(a, b) {
    if (!a.key || !b.key) {
        return b.key - a.key;
    }
    const [first, second] = [a.rows[0].record.campaign_start, b.rows[0].record.campaign_start];
    return (first || "").localeCompare(second || "") || a.key - b.key;
}

function buildCampaign(group, range, width, ghost) {
    const bars = group.rows.map((row) => buildBar(row, range, width, ghost));
    const laneCount = dealLanes(bars);
    const { campaign_start: start, campaign_end: end } = group.rows[0].record;
    return { ...group, bars, laneCount, band: buildBand(start, end, range) };
}

function buildBar(row, range, width, ghost) {
    const dates = ghost?.id === row.id ? ghost : row;
    const left = getFraction(dates.start, range);
    const right = getFraction(dates.stop, range);
    const pixels = Math.max((right - left) * width, LEAST_WIDTH);
    const beside = Math.min(row.name.length * LETTER_WIDTH + BESIDE_WIDTH, MOST_BESIDE);
    const bar = {
        row,
        left,
        pixels,
        width: right - left,
        icon: STATE_ICONS[row.record.state],
        from: left * width,
        to: left * width + pixels,
        place: "inside",
        isCutBefore: dates.start < range.start,
        isCutAfter: dates.stop > range.end,
        isGhost: dates === ghost,
    };
    if (pixels < NAME_INSIDE) {
        bar.place = bar.to + beside > width ? "before" : "after";
        bar.from -= bar.place === "before" ? beside : 0;
        bar.to += bar.place === "after" ? beside : 0;
    }
    return bar;
}

function buildBand(start, end, range) {
    if (!start) {
        return null;
    }
    const { DateTime } = luxon;
    const left = getFraction(DateTime.fromISO(start), range);
    const last = end ? DateTime.fromISO(end).plus({ days: 1 }) : range.end;
    const width = getFraction(last, range) - left;
    return width > 0 ? { left, width } : null;
}

function buildTasks(group, range) {
    const tasks = new Map();
    for (const row of group.rows) {
        const [id, name] = row.record.task_id;
        if (!tasks.has(id)) {
            tasks.set(id, { id, name, lane: tasks.size, dots: [] });
        }
        tasks.get(id).dots.push({ row, left: getFraction(row.start, range) });
    }
    return {
        ...group,
        name: _t("Automatic Tasks"),
        tasks: [...tasks.values()],
        laneCount: tasks.size,
        bars: [],
        band: null,
    };
}
