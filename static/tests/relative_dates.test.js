import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";
import { findValue, getBounds, getWords } from "@crm_campaign/criteria/relative_dates";

defineMailModels();

test("every choice is read back as itself", () => {
    const choices = [
        ...["today", "last_week", "this_week", "next_week", "last_month", "this_month"],
        ...["next_month", "month_to_date", "last_12_months", "last_year", "this_year"],
        ...["next_year", "year_to_date"],
    ].map((choice) => [choice]);
    for (const choice of ["days_ago", "weeks_ago", "months_ago"]) {
        choices.push([choice, 1], [choice, 2], [choice, 365]);
    }
    for (const choice of ["in_days", "in_weeks", "in_months"]) {
        choices.push([choice, 1], [choice, 2], [choice, 365]);
    }
    for (const choice of ["between_days_ago", "between_in_days"]) {
        choices.push([choice, 0, 0], [choice, 0, 1], [choice, 1, 7], [choice, 30, 60]);
    }
    choices.push(["last_days", 1], ["last_days", 7], ["next_days", 2], ["next_days", 30]);

    for (const value of choices) {
        expect(findValue(...getBounds(value))).toEqual(value);
    }
});

test("two choices that mean the same are read as the simpler one", () => {
    expect(findValue(...getBounds(["next_days", 1]))).toEqual(["today"]);
    expect(findValue(...getBounds(["between_days_ago", 5, 5]))).toEqual(["days_ago", 5]);
    expect(findValue(...getBounds(["between_in_days", 5, 5]))).toEqual(["in_days", 5]);
});

test("words of a choice", async () => {
    await makeMockEnv(); // loads the terms
    const words = [
        ["days_ago", 1],
        ["days_ago", 5],
        ["in_weeks", 2],
        ["in_months", 1],
        ["between_days_ago", 30, 60],
        ["between_in_days", 1, 7],
        ["last_days", 7],
        ["next_days", 30],
        ["last_month"],
    ].map((value) => getWords(value).toString());

    expect(words).toEqual([
        "1 day ago",
        "5 days ago",
        "in 2 weeks",
        "in 1 month",
        "between 30 and 60 days ago",
        "between in 1 and in 7 days",
        "in the last 7 days",
        "in the next 30 days",
        "last month",
    ]);
});

test("only the exact form is read", () => {
    for (const bounds of [
        ["today -05d", "today -04d"],
        ["today  -5d", "today -4d"],
        ["today +5d -1d", "today +5d"],
        ["-5d", "-4d"],
        ["today -5d", "today -4d +1H"],
        ["today -1w", "today"],
        ["today -5m", "today -4m"],
        ["today =monday", "today =monday +1w"],
        ["2026-01-01", "2026-01-02"],
        [5, 6],
        [false, false],
    ]) {
        expect(findValue(...bounds)).toBe(null);
    }
});
