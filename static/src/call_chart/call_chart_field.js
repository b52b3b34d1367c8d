/* global Chart */

import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * Calls per day as stacked bars, a colour a caller. Days after the end of the period are in red.
 *
 * The value: `{ days: [ISO dates], end: ISO date, series: [{ name, counts }] }`.
 */
export class CallChartField extends Component {
    static template = "crm_campaign.CallChartField";
    static props = { ...standardFieldProps };

    setup() {
        this.canvasRef = useRef("canvas");
        this.scheme = cookie.get("color_scheme");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (value, canvas) => {
                if (!canvas) {
                    return;
                }
                const chart = new Chart(canvas, this.getConfig(value));
                return () => chart.destroy();
            },
            () => [this.value, this.canvasRef.el]
        );
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get label() {
        const { series } = this.value;
        return series
            .map(({ name, counts }) => `${name}: ${counts.reduce((sum, count) => sum + count, 0)}`)
            .join(", ");
    }

    getConfig({ days, series, end }) {
        const grid = getCustomColor(this.scheme, "#d8dadd", "#3C3E4B");
        const text = getCustomColor(this.scheme, "#111827", "#E4E4E4");
        const late = days.map((day) => day > end);
        return {
            type: "bar",
            data: {
                labels: days.map((day) => formatDate(deserializeDate(day))),
                datasets: series.map(({ name, counts }, at) => ({
                    label: name,
                    data: counts,
                    backgroundColor: getColor(at, this.scheme, "odoo"),
                })),
            },
            options: {
                maintainAspectRatio: false,
                plugins: { legend: { position: "bottom", labels: { color: text } } },
                scales: {
                    x: {
                        stacked: true,
                        grid: { color: grid },
                        ticks: { color: ({ index }) => (late[index] ? "#d44c59" : text) },
                    },
                    y: {
                        stacked: true,
                        beginAtZero: true,
                        grid: { color: grid },
                        ticks: { color: text, precision: 0 },
                    },
                },
            },
        };
    }
}

export const callChartField = {
    component: CallChartField,
    supportedTypes: ["json"],
};

registry.category("fields").add("crm_campaign_call_chart", callChartField);
