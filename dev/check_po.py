# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""Check or refresh the translations.

``check_po.py check <exported.pot> <i18n folder>``: the committed template must hold the terms that
Odoo exports, and fr.po a translation of each. ``write`` makes them so: new terms are left empty.
"""

import re
import sys
from pathlib import Path

import polib

MODULE, LANGUAGE = "crm_campaign", "fr"
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf.\d]*|%[sdf]|\{\w*\}|\$\{[^}]*\}")
# What changes at each export without any change of a term.
VOLATILE = ("POT-Creation-Date", "PO-Revision-Date")


def terms(entries: list) -> dict:
    """Give the entries in use by their identity, (context, text)."""
    return {(e.msgctxt, e.msgid): e for e in entries if not e.obsolete}


def check(exported: Path, folder: Path) -> list:
    """Give the errors, as lines of text."""
    template, french = folder / f"{MODULE}.pot", folder / f"{LANGUAGE}.po"
    missing = [
        f"i18n/{path.name} is missing: run `make pot`"
        for path in (template, french)
        if not path.exists()
    ]
    if missing:
        return missing
    wanted = terms(polib.pofile(str(exported)))
    errors = compare(wanted, terms(polib.pofile(str(template))), template.name)
    translated = terms(polib.pofile(str(french)))
    errors += compare(wanted, translated, french.name)
    for key in sorted(wanted.keys() & translated.keys(), key=str):
        errors += check_entry(translated[key])
    print(f"{len(wanted)} terms, {len(errors)} errors")
    return errors


def compare(wanted: dict, found: dict, name: str) -> list:
    """Give the terms that a file lacks or holds too much."""
    lacks = [
        f"{name}: missing term {key[1]!r}" for key in sorted(wanted.keys() - found.keys(), key=str)
    ]
    extra = sorted(found.keys() - wanted.keys(), key=str)
    return lacks + [f"{name}: term no longer used {key[1]!r}" for key in extra]


def check_entry(entry: polib.POEntry) -> list:
    """Give the errors of a translation: empty, fuzzy, or with other placeholders."""
    if not entry.msgstr.strip():
        return [f"fr.po: not translated {entry.msgid!r}"]
    if entry.fuzzy:
        return [f"fr.po: fuzzy {entry.msgid!r}"]
    if sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr)):
        return [f"fr.po: other placeholders in the translation of {entry.msgid!r}"]
    return []


def write(exported: Path, folder: Path) -> list:
    """Write the template, and merge it into the French file, keeping its translations."""
    folder.mkdir(exist_ok=True)
    template, french = folder / f"{MODULE}.pot", folder / f"{LANGUAGE}.po"
    source = polib.pofile(str(exported), wrapwidth=78)
    for name in VOLATILE:
        source.metadata.pop(name, None)
    source.save(str(template))
    target = (
        polib.pofile(str(french), wrapwidth=78) if french.exists() else polib.POFile(wrapwidth=78)
    )
    old = terms(target)
    target.clear()
    target.metadata = dict(source.metadata, Language=LANGUAGE)
    for entry in source:
        known = old.get((entry.msgctxt, entry.msgid))
        entry.msgstr = known.msgstr if known else ""
        entry.flags = known.flags if known else []
        target.append(entry)
    target.save(str(french))
    empty = sum(not entry.msgstr for entry in target)
    print(f"i18n: {len(target)} terms, {empty} not translated to French", file=sys.stderr)
    return []


def main() -> int:
    """Do what the command line says."""
    action, exported, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    errors = {"check": check, "write": write}[action](exported, folder)
    print("\n".join(errors), end="\n" if errors else "")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
