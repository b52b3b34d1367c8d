# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Pieces of pages, as fields of HTML hold them: several nodes or bare text, without a root."""

from lxml import html
from markupsafe import Markup


def read_fragment(body):
    """Parse a piece of a page.

    :param body: HTML; may be empty
    :return: a ``div`` around it
    :rtype: lxml.html.HtmlElement
    """
    return html.fragment_fromstring(str(body or ""), create_parent="div")


def write_fragment(root) -> Markup:
    """Write what ``read_fragment`` gave, without the ``div`` around it."""
    inner = html.tostring(root, encoding="unicode").removeprefix("<div>")
    return Markup(inner.removesuffix("</div>"))


def drop_directives(node):
    """Take the directives of QWeb off a node, and a ``t`` from around what it holds."""
    for name in [name for name in node.attrib if name.startswith("t-")]:
        del node.attrib[name]
    if node.tag == "t":
        node.drop_tag()
