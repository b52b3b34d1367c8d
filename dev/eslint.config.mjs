// Rules that find mistakes; layout is prettier's.
const browser =
    "window document console setTimeout clearTimeout setInterval clearInterval fetch URL";
const odoo = "odoo luxon QUnit";
const names = `${browser} URLSearchParams FormData Blob File Event CustomEvent ResizeObserver navigator location ${odoo}`;

export default [
    {
        files: ["**/*.js"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: Object.fromEntries(names.split(" ").map((name) => [name, "readonly"])),
        },
        rules: {
            "constructor-super": "error",
            eqeqeq: "error",
            "no-const-assign": "error",
            "no-debugger": "error",
            "no-dupe-args": "error",
            "no-dupe-class-members": "error",
            "no-dupe-keys": "error",
            "no-duplicate-case": "error",
            "no-redeclare": "error",
            "no-restricted-syntax": ["error", "WithStatement"],
            "no-self-assign": "error",
            "no-this-before-super": "error",
            "no-undef": "error",
            "no-unreachable": "error",
            "no-unused-vars": ["error", { args: "none" }],
            "no-var": "error",
            "prefer-const": "error",
            "valid-typeof": "error",
        },
    },
];
