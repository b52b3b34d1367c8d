/* global Chart */

import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";

/**
 * Month by month: what left and what came back, and what it cost and brought in.
 */
export class CampaignMonths extends Component {
    static template = "crm_campaign.CampaignMonths";
    static props = { months: Array, format: Function };

    setup() {
        this.scheme = cookie.get("color_scheme");
        this.peopleRef = useRef("people");
        this.moneyRef = useRef("money");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        this.draw(this.peopleRef, () => this.peopleConfig);
        this.draw(this.moneyRef, () => this.moneyConfig);
    }

    draw(ref, getConfig) {
        useEffect(
            (canvas) => {
                if (!canvas) {
                    return;
                }
                const chart = new Chart(canvas, getConfig());
                return () => chart.destroy();
            },
            () => [ref.el, this.props.months]
        );
    }

    has(name) {
        return this.props.months.some((month) => month[name]);
    }

    get hasPeople() {
        return ["sent", "responses", "leads"].some((name) => this.has(name));
    }

    get hasMoney() {
        return ["cost", "revenue_won"].some((name) => this.has(name));
    }

    getSeries(name, label, color, options = {}) {
        return {
            label,
            data: this.props.months.map((month) => month[name]),
            backgroundColor: color,
            borderColor: color,
            kind: "integer",
            maxBarThickness: 32,
            ...options,
        };
    }

    get peopleConfig() {
        const color = (bright, dark) => getCustomColor(this.scheme, bright, dark);
        const series = [
            this.getSeries("responses", _t("Responses"), color("#71639e", "#9d8fd1")),
            this.getSeries("leads", _t("Leads"), color("#e0a13a", "#e6b566")),
        ];
        // Hundreds of times more than what comes back: an axis of their own.
        if (this.has("sent")) {
            const line = {
                type: "line",
                yAxisID: "sent",
                cubicInterpolationMode: "monotone",
                order: -1,
            };
            series.push(this.getSeries("sent", _t("Sends"), color("#8f97a3", "#a3abb8"), line));
        }
        return this.getConfig(series);
    }

    get moneyConfig() {
        const good = getCustomColor(this.scheme, "#28a745", "#3fb27f");
        const bad = getCustomColor(this.scheme, "#b0b7c3", "#6c7484");
        return this.getConfig([
            this.getSeries("cost", _t("Actual Cost"), bad, { kind: "monetary" }),
            this.getSeries("revenue_won", _t("Won Revenue"), good, { kind: "monetary" }),
        ]);
    }

    getAxis(title, kind, options = {}) {
        const text = getCustomColor(this.scheme, "#111827", "#E4E4E4");
        const grid = getCustomColor(this.scheme, "#d8dadd", "#3C3E4B");
        return {
            beginAtZero: true,
            grid: { color: grid },
            title: { display: Boolean(title), text: title, color: text },
            ticks: {
                color: text,
                precision: 0,
                maxTicksLimit: 6,
                callback: (value) => this.props.format(value, kind, { isRound: true }),
            },
            ...options,
        };
    }

    getConfig(datasets) {
        const text = getCustomColor(this.scheme, "#111827", "#E4E4E4");
        const [{ kind }] = datasets;
        const scales = {
            x: { grid: { display: false }, ticks: { color: text } },
            y: this.getAxis("", kind),
        };
        if (datasets.some(({ yAxisID }) => yAxisID === "sent")) {
            const grid = { drawOnChartArea: false };
            scales.y.title = { ...scales.y.title, display: true, text: _t("Responses and leads") };
            scales.sent = this.getAxis(_t("Sends"), kind, { position: "right", grid });
        }
        return {
            type: "bar",
            data: { labels: this.props.months.map(({ label }) => label), datasets },
            options: {
                maintainAspectRatio: false,
                animation: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: { position: "bottom", labels: { color: text, boxWidth: 12 } },
                    tooltip: { callbacks: { label: this.getTooltip.bind(this) } },
                },
                scales,
            },
        };
    }

    getTooltip({ dataset, raw }) {
        return `${dataset.label}: ${this.props.format(raw, dataset.kind)}`;
    }

    /** The chart as a sentence, for whoever does not see it. */
    describe(names, kind) {
        const { format, months } = this.props;
        return months
            .map((month) => {
                const values = names.map(
                    ([name, label]) => `${label} ${format(month[name], kind)}`
                );
                return `${month.label}: ${values.join(", ")}`;
            })
            .join("; ");
    }

    get peopleText() {
        const names = [
            ["sent", _t("Sends")],
            ["responses", _t("Responses")],
            ["leads", _t("Leads")],
        ];
        return this.describe(names, "integer");
    }

    get moneyText() {
        const names = [
            ["cost", _t("Actual Cost")],
            ["revenue_won", _t("Won Revenue")],
        ];
        return this.describe(names, "monetary");
    }
}
