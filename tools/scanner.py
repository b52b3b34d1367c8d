# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Tell what people do with a message from what machines do with it.

Mail gateways fetch images and follow links before or while they deliver; some mail programs fetch
images for people who never look. A machine is known by what it says of itself (found out by the
caller), by coming too early, or by following many links at once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import NamedTuple

# Nobody reads a message that left less than this ago.
EARLY_S = 5
# Nobody follows this many links within this time.
BURST_S = 5
BURST_LINKS = 3
# After so much silence about a message all events of a burst are known.
SETTLE_S = 10


class Event(NamedTuple):
    """Something that was asked for: an image or a link.

    ``link`` names the link of a click, 0 for an opening; ``suspect`` is the reason for which the
    request itself was a machine's, "" = none.
    """

    kind: str
    moment: datetime
    link: int = 0
    suspect: str = ""


def judge(events: Sequence[Event], sent_at: datetime | None, link_count: int) -> list[str]:
    """Tell for each event of one message whether a machine made it.

    Rule, first reason that holds: the request gave itself away; it came before the message had
    left, or within ``EARLY_S`` of that; it belongs to a burst: within ``BURST_S``, ``BURST_LINKS``
    links of the message were followed, or all of them when it has two. Openings amid a burst
    belong to it. Sound only once no event has come for ``SETTLE_S``.

    :param sent_at: moment when the message left, on the clock of the events; None = not yet
    :param link_count: distinct links in the message; a message of one link knows no burst
    :return: for each event, in the same order: its own ``suspect``, ``early``, ``burst``, or "" for
        a person

    >>> noon = datetime(2026, 3, 2, 12)
    >>> second = timedelta(seconds=1)
    >>> judge([Event("open", noon + 2 * second), Event("open", noon + 60 * second)], noon, 4)
    ['early', '']
    >>> judge([Event("click", noon + s * second, s) for s in (60, 61, 63, 90)], noon, 4)
    ['burst', 'burst', 'burst', '']
    """
    moments = _find_bursts(events, link_count)
    return [_judge_event(event, sent_at, moments) for event in events]


def _judge_event(event, sent_at, bursts):
    if event.suspect:
        return event.suspect
    if sent_at is None or event.moment < sent_at + timedelta(seconds=EARLY_S):
        return "early"
    if any(start <= event.moment <= end for start, end in bursts):
        return "burst"
    return ""


def _find_bursts(events, link_count):
    """Return the spans (first moment, last moment) in which many links were followed."""
    enough = min(BURST_LINKS, link_count)
    if enough < 2:
        return []
    clicks = sorted((event.moment, event.link) for event in events if event.kind == "click")
    bursts = []
    first = 0
    for last, (moment, _link) in enumerate(clicks):
        while moment - clicks[first][0] > timedelta(seconds=BURST_S):
            first += 1
        if len({link for _moment, link in clicks[first : last + 1]}) >= enough:
            bursts.append((clicks[first][0], moment))
    return bursts


def read_networks(text: str | None) -> list:
    """Read networks, one a line or separated by spaces or commas.

    :return: ``IPv4Network`` or ``IPv6Network`` objects
    :raise ValueError: something is no network

    >>> read_networks("192.0.2.0/24\\n2001:db8::/32")
    [IPv4Network('192.0.2.0/24'), IPv6Network('2001:db8::/32')]
    """
    return [ip_network(word) for word in (text or "").replace(",", " ").split()]


def is_within(address: str | None, networks: Sequence) -> bool:
    """Tell whether an address is in one of some networks; what is no address is in none.

    >>> is_within("192.0.2.7", read_networks("192.0.2.0/24"))
    True
    >>> is_within("::ffff:192.0.2.7", read_networks("192.0.2.0/24"))
    True
    >>> is_within("somewhere", read_networks("192.0.2.0/24"))
    False
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found.version == network.version and found in network for network in networks)


def says(user_agent: str, pattern: str, whole: bool = False) -> bool:
    """Tell whether a program's name holds a text, or is that text, whatever the case.

    >>> says("Mozilla/5.0 (compatible; bingbot/2.0)", "BingBot")
    True
    >>> says("Mozilla/5.0 (X11)", "Mozilla/5.0", whole=True)
    False
    """
    name, wanted = user_agent.strip().casefold(), pattern.strip().casefold()
    return name == wanted if whole else wanted in name
