import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { getLimits, getPeriodLabel, isPeriod } from "./relative_dates";

/** What the choices with numbers look like: a sentence, whose words are made of these parts. */
const SENTENCES = {
    days_ago: { kind: "exactly", unit: "days", direction: "ago" },
    weeks_ago: { kind: "exactly", unit: "weeks", direction: "ago" },
    months_ago: { kind: "exactly", unit: "months", direction: "ago" },
    in_days: { kind: "exactly", unit: "days", direction: "in" },
    in_weeks: { kind: "exactly", unit: "weeks", direction: "in" },
    in_months: { kind: "exactly", unit: "months", direction: "in" },
    between_days_ago: { kind: "between", direction: "ago" },
    between_in_days: { kind: "between", direction: "in" },
    last_days: { kind: "last_days" },
    next_days: { kind: "next_days" },
};

const DEFAULT_COUNT = 7;

/** The kinds of sentences, in groups; the names of periods are choices themselves. */
function getKindGroups() {
    const periods = (...choices) => choices.map((choice) => [choice, getPeriodLabel(choice)]);
    return [
        {
            label: _t("Days"),
            options: [
                ...periods("today"),
                ["exactly", _t("exactly")],
                ["between", _t("between")],
                ["last_days", _t("in the last")],
                ["next_days", _t("in the next")],
            ],
        },
        {
            label: _t("Weeks, from Monday to Sunday"),
            options: periods("last_week", "this_week", "next_week"),
        },
        {
            label: _t("Months"),
            options: periods(
                "last_month",
                "this_month",
                "next_month",
                "month_to_date",
                "last_12_months"
            ),
        },
        {
            label: _t("Years"),
            options: periods("last_year", "this_year", "next_year", "year_to_date"),
        },
    ];
}

/**
 * Edit a relative date as a sentence: "exactly 5 days ago", "between 30 and 60 days from now".
 */
export class RelativeDateEditor extends Component {
    static template = "crm_campaign.RelativeDateEditor";
    static props = { value: Array, update: Function };

    setup() {
        this.kindGroups = getKindGroups();
        this.units = [
            ["days", _t("days")],
            ["weeks", _t("weeks")],
            ["months", _t("months")],
        ];
        this.directions = [
            ["ago", _t("ago")],
            ["in", _t("from now")],
        ];
    }

    get choice() {
        return this.props.value[0];
    }

    get numbers() {
        return this.props.value.slice(1);
    }

    get sentence() {
        return SENTENCES[this.choice] || { kind: this.choice };
    }

    get limits() {
        return getLimits(this.choice);
    }

    /** Tell screen readers which number it is. */
    getNumberLabel(index) {
        if (this.numbers.length === 1) {
            return _t("Number");
        }
        return index ? _t("Greatest number of days") : _t("Least number of days");
    }

    onKindChanged(kind) {
        if (isPeriod(kind)) {
            return this.props.update([kind]);
        }
        const count = this.numbers[0] || DEFAULT_COUNT;
        const numbers = kind === "between" ? [count, 2 * count] : [count];
        const { direction = "ago" } = this.sentence;
        this.updateSentence({ kind, unit: "days", direction }, numbers);
    }

    onUnitChanged(unit) {
        this.updateSentence({ ...this.sentence, unit }, this.numbers);
    }

    onDirectionChanged(direction) {
        this.updateSentence({ ...this.sentence, direction }, this.numbers);
    }

    /** Keep a number within the limits, and the two numbers of a range in order. */
    onNumberChanged(index, input) {
        const [least, greatest] = this.limits;
        const number = Math.min(Math.max(parseInt(input.value), least), greatest);
        const isNumber = !isNaN(number);
        input.value = isNumber ? number : this.numbers[index];
        if (isNumber) {
            const numbers = this.numbers.map((other, position) => {
                if (position === index) {
                    return number;
                }
                return position < index ? Math.min(other, number) : Math.max(other, number);
            });
            this.props.update([this.choice, ...numbers]);
        }
    }

    updateSentence(sentence, numbers) {
        const isSame = (other) =>
            other.kind === sentence.kind &&
            [undefined, sentence.unit].includes(other.unit) &&
            [undefined, sentence.direction].includes(other.direction);
        const choice = Object.keys(SENTENCES).find((choice) => isSame(SENTENCES[choice]));
        const [least, greatest] = getLimits(choice);
        const legal = numbers.map((number) => Math.min(Math.max(number, least), greatest));
        this.props.update([choice, ...legal]);
    }
}
