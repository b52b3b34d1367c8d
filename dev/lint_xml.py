# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""Check XML files against the host's schemas: ``lint_xml.py <odoo package> <file> …``.

Data files obey ``import_xml.rng``; the architectures of new (not inherited) views obey the schema
of their kind, where the host has one (form and kanban views have none).
"""

import sys
from pathlib import Path

from lxml import etree

VIEW_KINDS = ("list", "search", "graph", "pivot", "calendar", "activity")


def check(path: Path, schemas: dict) -> list:
    """Give the errors of a file, as lines of text."""
    try:
        tree = etree.parse(path)
    except etree.XMLSyntaxError as error:
        return [f"{path}:{error.lineno}: {error.msg}"]
    if tree.getroot().tag != "odoo":
        return []
    errors = validate(path, tree, schemas["data"])
    for record in tree.iterfind(".//record[@model='ir.ui.view']"):
        if record.find("field[@name='inherit_id']") is None:
            errors += check_view(path, record, schemas)
    return errors


def check_view(path: Path, record: etree._Element, schemas: dict) -> list:
    """Give the errors of a view's architecture."""
    arch = record.find("field[@name='arch']")
    nodes = [] if arch is None else [node for node in arch if isinstance(node.tag, str)]
    if len(nodes) != 1 or nodes[0].tag not in schemas:
        return []
    return validate(path, nodes[0], schemas[nodes[0].tag])


def validate(path: Path, tree: object, schema: etree.RelaxNG) -> list:
    """Validate and give the errors; a node's own line is kept."""
    if schema.validate(tree):
        return []
    return [f"{path}:{error.line}: {error.message}" for error in schema.error_log]


def main() -> int:
    """Check the files that the command line names."""
    odoo = Path(sys.argv[1])
    schemas = {"data": etree.RelaxNG(etree.parse(odoo / "import_xml.rng"))}
    for kind in VIEW_KINDS:
        rng = odoo / "addons" / "base" / "rng" / f"{kind}_view.rng"
        schemas[kind] = etree.RelaxNG(etree.parse(rng))
    errors = [error for name in sys.argv[2:] for error in check(Path(name), schemas)]
    print("\n".join(errors), end="\n" if errors else "")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
