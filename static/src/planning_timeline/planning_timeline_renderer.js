import { Component, useEffect, useExternalListener, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { getLocalYearAndWeek } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { formatInteger } from "@web/views/fields/formatters";
import { ActionHelper } from "@web/views/action_helper";
import { buildGroups } from "./planning_timeline_groups";
import {
    DAY_MINUTES,
    drag,
    getColumns,
    getFraction,
    getMonths,
    SCALES,
} from "./planning_timeline_layout";
import { PlanningTimelinePopover } from "./planning_timeline_popover";

const { DateTime } = luxon;

// Pixels of the pointer from which on a press is a drag.
const DRAG_FROM = 4;
// After so long without another key (milliseconds), what keys moved is saved.
const KEYS_DELAY = 600;
// From these shares of people on, pressure is one step redder.
const PRESSURE_STEPS = [0.05, 0.2, 0.5];

export class PlanningTimelineRenderer extends Component {
    static template = "crm_campaign.PlanningTimelineRenderer";
    static components = { ActionHelper };
    static props = {
        model: Object,
        noContentHelp: { type: String, optional: true },
        openRow: Function,
        openPeople: Function,
    };

    setup() {
        this.rootRef = useRef("root");
        this.cellsRef = useRef("cells");
        this.state = useState({ width: 1000, ghost: null, collapsed: {} });
        this.gesture = null;
        this.popover = usePopover(PlanningTimelinePopover, {
            position: "bottom-middle",
            popoverClass: "o_crm_campaign_planning_popover_box",
        });
        useExternalListener(window, "pointermove", this.onPointerMove);
        useExternalListener(window, "pointerup", this.onPointerUp);
        useExternalListener(window, "pointercancel", this.onPointerCancel);
        useExternalListener(window, "keydown", this.onWindowKeydown, { capture: true });
        useEffect(
            (el) => {
                const observer = new ResizeObserver(() => this.measure(el));
                observer.observe(el);
                this.measure(el);
                return () => observer.disconnect();
            },
            () => [this.cellsRef.el]
        );
        useEffect(
            () => this.scrollToNow(),
            () => [this.scale, this.range.start.toISODate()]
        );
    }

    // === WHAT IS SHOWN === //

    get scale() {
        return this.props.model.meta.scale;
    }

    get range() {
        return this.props.model.data.range;
    }

    get columns() {
        return getColumns(this.scale, this.range);
    }

    get months() {
        return getMonths(this.range);
    }

    get groups() {
        const { rows } = this.props.model.data;
        return buildGroups(rows, this.range, this.state.width, this.state.ghost);
    }

    get undated() {
        return this.props.model.data.undated;
    }

    get isEmpty() {
        return !this.props.model.data.rows.length && !this.undated.length;
    }

    get leastWidth() {
        return this.columns.length * SCALES[this.scale].columnWidth;
    }

    get now() {
        const now = DateTime.now();
        return now >= this.range.start && now < this.range.end
            ? getFraction(now, this.range)
            : null;
    }

    getColumnLabel(column) {
        switch (this.scale) {
            case "day":
                return column.start.toLocaleString({ hour: "numeric" });
            case "week":
                return column.start.toFormat("ccc d");
            case "month":
                return column.start.toFormat("d");
            default:
                return column.start.toFormat("d LLL");
        }
    }

    getMonthLabel({ start, days }) {
        if (this.scale === "day") {
            return start.toFormat("cccc d LLLL");
        }
        return days > 3 ? start.toFormat("LLLL y") : "";
    }

    getStyle({ left, width }) {
        return `inset-inline-start: ${left * 100}%; width: ${width * 100}%;`;
    }

    getBarStyle(bar) {
        return `${this.getStyle(bar)} min-width: ${bar.pixels}px;`;
    }

    getBarClass({ row, place, isCutBefore, isCutAfter, isGhost }) {
        return {
            [`o_crm_campaign_color_${row.color} o_name_${place} o_state_${row.record.state}`]: true,
            o_movable: row.isMovable,
            o_cut_before: isCutBefore,
            o_cut_after: isCutAfter,
            o_ghost: isGhost || Boolean(row.before),
        };
    }

    getLabel({ name, start, record }) {
        const moment = start ? start.toLocaleString(DateTime.DATETIME_MED) : _t("Without date");
        return [name, record.campaign_id?.[1], moment].filter(Boolean).join(", ");
    }

    getAvatar({ record }) {
        return record.user_id && `/web/image/res.users/${record.user_id[0]}/avatar_128`;
    }

    // === PRESSURE === //

    /** Give the cells of the weeks: where they stand, what they say, how red they are. */
    get pressure() {
        const { weeks, pressure } = this.props.model.data;
        return weeks.map((week, index) => {
            const left = getFraction(week.start, this.range);
            return {
                ...week,
                left,
                width: getFraction(week.end, this.range) - left,
                number: getLocalYearAndWeek(week.start).week,
                ...this.describePressure(pressure?.[index]),
            };
        });
    }

    describePressure(pressure) {
        if (!pressure) {
            return { level: "wait", text: "…", tooltip: _t("Counting…") };
        }
        const { people, targeted, most, names, is_partial: isPartial } = pressure;
        const lines = [];
        let [level, text] = ["0", people ? formatInteger(people) : ""];
        if (people === null) {
            [level, text] = ["unknown", "?"];
            lines.push(_t("Not counted: it would take too long."));
        } else if (people) {
            const share = people / targeted;
            level = String(1 + PRESSURE_STEPS.filter((step) => share >= step).length);
            lines.push(
                _t("%(people)s of %(targeted)s people concerned several times, %(most)s at most.", {
                    people: formatInteger(people),
                    targeted: formatInteger(targeted),
                    most,
                })
            );
        } else {
            lines.push(_t("Nobody is concerned several times."));
        }
        if (isPartial) {
            lines.push(_t("Some targets could not be counted."));
        }
        return { level, text, tooltip: [...lines, ...names].join("\n"), people };
    }

    onPressureClick(cell) {
        if (cell.people) {
            this.props.openPeople(cell);
        }
    }

    // === GROUPS, FACTS, FORMS === //

    toggleGroup(group) {
        this.state.collapsed[group.key] = !this.state.collapsed[group.key];
    }

    onRowClick(ev, row) {
        if (this.wasDragged) {
            this.wasDragged = false;
            return;
        }
        this.showFacts(ev.currentTarget, row);
    }

    onRowDoubleClick(row) {
        this.popover.close();
        this.props.openRow(row);
    }

    showFacts(target, row) {
        this.popover.open(target, {
            row,
            fields: this.props.model.meta.fields,
            openRow: this.props.openRow,
        });
    }

    /** Show this moment where the screen is too narrow for the whole range. */
    scrollToNow() {
        const { scrollWidth, clientWidth } = this.rootRef.el;
        if (this.now !== null && scrollWidth > clientWidth) {
            const hidden = (scrollWidth - clientWidth) * this.now;
            this.rootRef.el.scrollLeft = hidden * this.direction;
        }
    }

    measure(el) {
        const width = el.getBoundingClientRect().width;
        if (width && Math.abs(width - this.state.width) > 1) {
            this.state.width = width;
        }
    }

    // === DRAGGING === //

    get snap() {
        return SCALES[this.scale].snap;
    }

    /** 1 where time runs to the right, -1 where it runs to the left. */
    get direction() {
        return window.getComputedStyle(this.rootRef.el).direction === "rtl" ? -1 : 1;
    }

    onPointerDown(ev, row) {
        this.wasDragged = false;
        if (ev.button !== 0 || !row.isMovable || row.isSaving) {
            return;
        }
        this.flushKeys();
        this.gesture = { row, mode: ev.target.dataset.handle || "move", x: ev.clientX };
    }

    onPointerMove(ev) {
        const { gesture } = this;
        if (!gesture) {
            return;
        }
        const pixels = (ev.clientX - gesture.x) * this.direction;
        if (!gesture.hasBegun && Math.abs(pixels) < DRAG_FROM) {
            return;
        }
        gesture.hasBegun = true;
        this.popover.close();
        const minutes = (pixels / this.state.width) * this.range.days * DAY_MINUTES;
        const snapped = Math.round(minutes / this.snap) * this.snap;
        const { row, mode } = gesture;
        this.state.ghost = { id: row.id, ...drag(row, mode, snapped, this.snap) };
    }

    onPointerUp() {
        const { gesture } = this;
        const { ghost } = this.state;
        this.endGesture();
        if (gesture?.hasBegun && ghost) {
            this.wasDragged = true;
            this.save(gesture.row, ghost);
        }
    }

    onPointerCancel() {
        this.endGesture();
    }

    endGesture() {
        this.gesture = null;
        this.state.ghost = null;
    }

    save(row, { start, stop }) {
        const isSame = +start === +row.start && +stop === +row.stop;
        return isSame && !row.before ? null : this.props.model.move(row, { start, stop });
    }

    // === KEYS === //

    onWindowKeydown(ev) {
        if (ev.key === "Escape" && this.gesture) {
            ev.stopPropagation();
            this.endGesture();
        }
    }

    onRowKeydown(ev, row) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.popover.close();
            this.props.openRow(row);
        } else if (ev.key === " ") {
            ev.preventDefault();
            this.showFacts(ev.currentTarget, row);
        } else if (["ArrowLeft", "ArrowRight"].includes(ev.key) && row.isMovable && !row.isSaving) {
            ev.preventDefault();
            const steps = (ev.key === "ArrowRight" ? 1 : -1) * this.direction;
            this.nudge(row, ev.shiftKey ? "stop" : "move", steps * this.snap);
        }
    }

    /** Move a row by keys; it is saved once no more keys come. */
    nudge(row, mode, minutes) {
        if (this.nudged && this.nudged.row !== row) {
            this.flushKeys();
        }
        browser.clearTimeout(this.nudged?.timer);
        this.props.model.preview(row, drag(row, mode, minutes, this.snap));
        const timer = browser.setTimeout(() => this.flushKeys(), KEYS_DELAY);
        this.nudged = { row, timer };
    }

    onRowBlur(row) {
        if (this.nudged?.row === row) {
            this.flushKeys();
        }
    }

    flushKeys() {
        if (this.nudged) {
            const { row, timer } = this.nudged;
            browser.clearTimeout(timer);
            this.nudged = null;
            this.save(row, row);
        }
    }
}
