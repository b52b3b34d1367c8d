import { isMacOS } from "@web/core/browser/feature_detection";
import { _t } from "@web/core/l10n/translation";

/** Keys of the cockpit by what they do, as the help lists them; digits are those of outcomes. */
export const KEYS = [
    { keys: ["1", "9"], isRange: true, label: _t("End the call with this outcome") },
    { keys: ["N", "↵"], action: "next", label: _t("Take the next call") },
    { keys: ["C"], action: "dial", label: _t("Dial the number") },
    { keys: ["Q"], action: "script", label: _t("Go to the script") },
    { keys: ["B"], action: "back", label: _t("Back in the script") },
    { keys: ["E", "/"], action: "note", label: _t("Write notes") },
    { keys: ["L"], action: "lead", label: _t("Create a lead, or open it") },
    { keys: ["A"], action: "appointment", label: _t("Make an appointment") },
    { keys: ["O"], action: "contact", label: _t("Open the contact") },
    { keys: ["S"], action: "skip", label: _t("Pass the call over, and say why") },
    { keys: ["Esc"], action: "escape", label: _t("Leave a field; else put the call back") },
    { keys: ["?"], action: "help", label: _t("Show these keys") },
];

const ACTIONS = Object.fromEntries(
    KEYS.flatMap(({ keys, action }) => (action ? keys.map((key) => [key, action]) : []))
);
const NAMES = { Escape: "Esc" };
const FIELDS = "input, textarea, select, [contenteditable='true'], .o_popover";
const PRESSED_BY_ENTER = "a[href], button, summary, [role='button']";

/** Tell whether somebody types there. */
export function isTyping(target) {
    return Boolean(target?.closest?.(FIELDS));
}

/**
 * Tell what a key asks for, whatever the keyboard: digits count without shift on French ones.
 *
 * @param {KeyboardEvent} ev
 * @returns {string} a digit from "1" to "9", an action of ``KEYS``, or "" = nothing
 */
export function readKey(ev) {
    const withModifier = ev.altKey || ev.metaKey || ev.ctrlKey;
    if (!ev.key || ev.isComposing || ev.repeat || withModifier) {
        return "";
    }
    if (ev.key === "Enter") {
        return ev.target?.closest?.(PRESSED_BY_ENTER) ? "" : "next";
    }
    const key = NAMES[ev.key] || ev.key.toUpperCase();
    if (/^[1-9]$/.test(key)) {
        return key;
    }
    if (ACTIONS[key]) {
        return ACTIONS[key];
    }
    const [, digit] = (!ev.shiftKey && /^Digit([1-9])$/.exec(ev.code || "")) || [];
    return digit || "";
}

/** Tell whether a key sends what is typed, from within a field. */
export function isSubmit(ev) {
    return ev.key === "Enter" && (isMacOS() ? ev.metaKey : ev.ctrlKey);
}
