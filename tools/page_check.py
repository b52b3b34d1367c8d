# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""What can be said of a page of an email without fetching anything: its links and its images."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

NUMBER = re.compile(r"\+?[\d().\s/-]{2,}")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# Labels of letters, digits and hyphens (RFC 1123), whatever the alphabet; or an address of IPv6.
HOST = re.compile(r"(?:(?!-)[\w-]{1,63}(?<!-)\.?)+|[\da-fA-F:]+")
#: Written in place of a link by who has none yet.
PLACEHOLDERS = frozenset(("", "#", "http://", "https://"))


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links: list[str] = []
        self.bare_images: list[str] = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"] or "")
        elif tag == "img" and attributes.get("alt") is None:
            self.bare_images.append(attributes.get("src") or "")

    handle_startendtag = handle_starttag


def read_page(page: str) -> tuple[list[str], list[str]]:
    """Find the links of a page, and its images that say nothing to who does not see them.

    An empty alternative text is one: it says that the image is mere decoration (WCAG 2.2, H67).

    :return: targets of links, sources of images without alternative text, each in order and once

    >>> read_page('<a href="/a">x</a><img src="x.png"><img src="y.png" alt=""><a href="/a">y</a>')
    (['/a'], ['x.png'])
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return list(dict.fromkeys(reader.links)), list(dict.fromkeys(reader.bare_images))


def find_bad_links(links: list[str]) -> Iterator[str]:
    """Give the links that cannot lead anywhere, in order.

    >>> list(find_bad_links(["https://example.com/x", "www.example.com", "mailto:nobody"]))
    ['www.example.com', 'mailto:nobody']
    """
    return (link for link in links if not is_valid_link(link))


def is_valid_link(link: str) -> bool:
    """Tell whether a link is well-formed (RFC 3986); nothing is fetched.

    A path of our own site (``/shop``) and a place in the page (``#top``) are.

    >>> [is_valid_link(link) for link in ("https://example.com", "http://", "tel:+33612345678")]
    [True, False, True]
    """
    link = link.strip()
    if link in PLACEHOLDERS or re.search(r"[\s<>\"{}|\\^`]", link):
        return False
    if link[0] in "/#" and not link.startswith("//"):
        return True
    try:
        parts = urlsplit(link)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return bool(host and HOST.fullmatch(host) and ("." in host or host == "localhost"))
    if parts.scheme == "mailto":
        return bool(ADDRESS.fullmatch(parts.path))
    return parts.scheme in ("tel", "sms") and bool(NUMBER.fullmatch(parts.path))
