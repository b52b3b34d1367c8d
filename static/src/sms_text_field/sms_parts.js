/**
 * Characters and parts of a text message: the twin of tools/sms_parts.py, which names the sources.
 */

const GSM_BASIC =
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const GSM_EXTENDED = "\f^{}\\[~]|€";
const GSM7 = "GSM-7";
const UCS2 = "UCS-2";
const SIZES = { [GSM7]: [160, 153], [UCS2]: [70, 67] };
const PLACEHOLDER = /\{\{(.+?)(?:\|\|\|\s*(.*?))?\}\}/g;

const GSM_UNITS = new Map([
    ...[...GSM_BASIC].map((character) => [character, 1]),
    ...[...GSM_EXTENDED].map((character) => [character, 2]),
]);

/**
 * @param {string} text
 * @returns {{encoding: string, characters: number, units: number, parts: number}}
 */
export function countSms(text) {
    const characters = [...text];
    const isGsm7 = characters.every((character) => GSM_UNITS.has(character));
    const encoding = isGsm7 ? GSM7 : UCS2;
    // A string of JavaScript is made of UTF-16 units, as UCS-2 messages are.
    const sizes = characters.map((character) =>
        isGsm7 ? GSM_UNITS.get(character) : character.length
    );
    const units = sizes.reduce((sum, size) => sum + size, 0);
    return {
        encoding,
        characters: characters.length,
        units,
        parts: countParts(sizes, units, ...SIZES[encoding]),
    };
}

function countParts(sizes, units, alone, chained) {
    if (units <= alone) {
        return units ? 1 : 0;
    }
    let parts = 1;
    let room = chained;
    for (const size of sizes) {
        if (size > room) {
            parts += 1;
            room = chained;
        }
        room -= size;
    }
    return parts;
}

/** Put the fallback of each merge field in its place; nothing where there is none. */
export function fillShortest(text) {
    return text.replace(PLACEHOLDER, (_match, _expression, fallback) => (fallback || "").trimEnd());
}

/**
 * Put the worst that can come in the place of each merge field.
 *
 * @param {string} text
 * @param {Object<string, [number, boolean]>} worsts expression -> longest value in units, and
 *      whether some value needs UCS-2
 */
export function fillLongest(text, worsts) {
    return text.replace(PLACEHOLDER, (_match, expression, fallback) => {
        const [longest, unicode] = worsts[expression.trim()] || [0, false];
        const count = countSms((fallback || "").trimEnd());
        const standIn = unicode || count.encoding === UCS2 ? "ï" : "x";
        return standIn.repeat(Math.max(longest, count.units));
    });
}

/** Add the mention of how to say stop, unless the text has one; as the server does at departure. */
export function addStop(text, mention) {
    if (!mention || /\{stop\}|\bSTOP\b/.test(text)) {
        return text;
    }
    return `${text.trimEnd()}\n${mention}`;
}
