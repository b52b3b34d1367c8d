import { _t } from "@web/core/l10n/translation";
import {
    condition,
    connector,
    Expression,
    isTree,
    operate,
    rewriteNConsecutiveChildren,
} from "@web/core/tree_editor/condition_tree";
import { findValue, getBounds, getWords } from "./relative_dates";

/**
 * The operator of relative dates, and its way in and out of the host's tree of conditions.
 *
 * Like the host's "in range" it exists on the screen only: two conditions become one when a domain is
 * read, and two again before it is written.
 */
export const RELATIVE_DATE = "relative date";

/** What the host calls its ready-made periods. Those it may add later stay its own. */
const PERIODS_OF_HOST = {
    today: ["today"],
    "last 7 days": ["last_days", 7],
    "last 30 days": ["last_days", 30],
    "month to date": ["month_to_date"],
    "last month": ["last_month"],
    "year to date": ["year_to_date"],
    "last 12 months": ["last_12_months"],
};

/**
 * Tell whether a field may be compared with a relative date. Properties may not: the database holds
 * them as text, which the server compares with the words themselves.
 */
export function isDateField(fieldDef) {
    return ["date", "datetime"].includes(fieldDef?.type) && !fieldDef.is_property;
}

/**
 * Name the conditions that are relative dates.
 *
 * @param {Object} tree as read by the host
 * @param {{ getFieldDef: Function }} options
 */
export function introduceRelativeDates(tree, options) {
    tree = operate(fromRangeOfHost, tree, options);
    tree = operate(rewriteNConsecutiveChildren(fromBounds), tree, options, "connector");
    return operate(fromAny, tree, options);
}

function fromRangeOfHost({ path, operator, value, negate }, { getFieldDef }) {
    if (operator !== "in range" || !isDateField(getFieldDef(path))) {
        return;
    }
    const [, period, ...dates] = value;
    if (period === "custom range") {
        return condition(path, "between", dates, negate);
    }
    if (period in PERIODS_OF_HOST) {
        return condition(path, RELATIVE_DATE, PERIODS_OF_HOST[period], negate);
    }
}

function fromBounds({ value: conjunction, children: [first, second] }, { getFieldDef }) {
    const isRange =
        conjunction === "&" &&
        [first, second].every((child) => child.type === "condition" && !child.negate) &&
        typeof first.path === "string" &&
        !first.path.includes(".") &&
        first.path === second.path &&
        first.operator === ">=" &&
        second.operator === "<";
    if (isRange && isDateField(getFieldDef(first.path))) {
        const value = findValue(first.value, second.value);
        return value && condition(first.path, RELATIVE_DATE, value);
    }
}

function fromAny({ path, operator, value, negate }) {
    const isPath =
        operator === "any" &&
        typeof path === "string" &&
        !negate &&
        isTree(value) &&
        !value.negate &&
        value.operator === RELATIVE_DATE;
    if (isPath) {
        return condition(`${path}.${value.path}`, RELATIVE_DATE, value.value);
    }
}

/** Write relative dates as conditions of the host. */
export function eliminateRelativeDates(tree) {
    return operate(toBounds, tree);
}

function toBounds({ path, operator, value, negate }) {
    if (operator !== RELATIVE_DATE) {
        return;
    }
    const [left, right] = getBounds(value);
    const steps = path.split(".");
    const field = steps.pop();
    const range = connector("&", [condition(field, ">=", left), condition(field, "<", right)]);
    // Through a path, one and the same record must be within both bounds.
    return steps.length ? condition(steps.join("."), "any", range, negate) : { ...range, negate };
}

/** Write relative dates so that the host, which prints expressions as they are, describes them. */
function wordRelativeDates(tree) {
    return operate(toWords, tree);
}

function toWords({ path, operator, value, negate }) {
    if (operator === RELATIVE_DATE) {
        return condition(path, verbatim(getOperatorLabel(negate)), verbatim(getWords(value)));
    }
}

/** Give the label of our operator. */
export function getOperatorLabel(negate) {
    return negate ? _t("is not") : _t("is");
}

function verbatim(words) {
    const NAME = 5; // kind of node that is printed as it is
    return new Expression({ type: NAME, value: words.toString() });
}

/**
 * Extend the service that reads and describes domains, for one component.
 *
 * @param {Object} processor the service "tree_processor"
 */
export function withRelativeDates(processor) {
    return Object.assign(Object.create(processor), {
        async treeFromDomain(resModel, ...params) {
            const tree = await processor.treeFromDomain(resModel, ...params);
            const getFieldDef = await processor.makeGetFieldDef(resModel, tree);
            return introduceRelativeDates(tree, { getFieldDef });
        },
        async makeGetConditionDescription(...params) {
            const describe = await processor.makeGetConditionDescription(...params);
            return (node) => describe(wordRelativeDates(node));
        },
        getDomainTreeDescription(resModel, tree, ...params) {
            return processor.getDomainTreeDescription(resModel, wordRelativeDates(tree), ...params);
        },
        getDomainTreeTooltip(resModel, tree) {
            return processor.getDomainTreeTooltip(resModel, wordRelativeDates(tree));
        },
    });
}
