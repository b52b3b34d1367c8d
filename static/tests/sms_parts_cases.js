/**
 * What texts take, for JavaScript and for Python (tests/test_tools_sms_parts.py reads this file):
 * name, text, times it is repeated, encoding, characters, units, parts.
 */
// prettier-ignore
export const SMS_CASES = [
    ["nothing", "", 1, "GSM-7", 0, 0, 0],
    ["one character", "a", 1, "GSM-7", 1, 1, 1],
    ["a full message", "a", 160, "GSM-7", 160, 160, 1],
    ["one more than a full message", "a", 161, "GSM-7", 161, 161, 2],
    ["two full parts", "a", 306, "GSM-7", 306, 306, 2],
    ["three parts", "a", 307, "GSM-7", 307, 307, 3],
    ["accents of the basic alphabet", "èéùìòàÇÉäöñüß", 1, "GSM-7", 13, 13, 1],
    ["Greek capitals", "ΔΦΓΛΩΠΨΣΘΞ", 1, "GSM-7", 10, 10, 1],
    ["a line break is one character", "a\nb", 1, "GSM-7", 3, 3, 1],
    ["extended characters take two", "^{}\\[~]|€", 1, "GSM-7", 9, 18, 1],
    ["a full message of euros", "€", 80, "GSM-7", 80, 160, 1],
    ["81 euros", "€", 81, "GSM-7", 81, 162, 2],
    ["a euro is never split: 76 to a part", "€", 153, "GSM-7", 153, 306, 3],
    ["a small c with a cedilla", "ç", 1, "UCS-2", 1, 1, 1],
    ["a typographic apostrophe", "l’offre", 1, "UCS-2", 7, 7, 1],
    ["i with a diaeresis, a full message", "ï", 70, "UCS-2", 70, 70, 1],
    ["i with a diaeresis, two parts", "ï", 71, "UCS-2", 71, 71, 2],
    ["i with a diaeresis, two full parts", "ï", 134, "UCS-2", 134, 134, 2],
    ["i with a diaeresis, three parts", "ï", 135, "UCS-2", 135, 135, 3],
    ["an emoji takes two", "😀", 1, "UCS-2", 1, 2, 1],
    ["a full message of emojis", "😀", 35, "UCS-2", 35, 70, 1],
    ["an emoji is never split: 33 to a part", "😀", 67, "UCS-2", 67, 134, 3],
    ["a euro is one unit in UCS-2", "€ï", 1, "UCS-2", 2, 2, 1],
    ["a tab is not in the alphabet", "a\tb", 1, "UCS-2", 3, 3, 1],
    ["a no-break space is not either", "5\u00a0€", 1, "UCS-2", 3, 3, 1],
];
