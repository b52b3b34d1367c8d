# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""The people of `make demo`: the shipped contacts, and what they do with the letters they get.

Who got a letter knows nothing but the messages that the SMTP server accepted and the address of
the site: all they do goes over HTTP, or in by the mail gateway of the running server, as the
host's ``odoo-mailgate`` does.
"""

import csv
import random
import re
import urllib.error
import urllib.request
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from email import policy
from email.message import EmailMessage
from email.utils import formataddr, formatdate, getaddresses, make_msgid
from html import unescape
from pathlib import Path
from typing import NamedTuple

from smtp_sink import read_messages

import odoo.init  # noqa: F401 - the host's set-up of the process
from odoo.fields import Command

CONTACTS = Path(__file__).resolve().parent.parent / "demo" / "contacts.csv"
CATEGORY = "Client"
DEPARTMENTS = ("22", "29", "35", "56")
TEXT_COLUMNS = ("name", "function", "email", "phone", "street", "street2", "zip", "city", "comment")
BATCH = 1000
IMPORT_CONTEXT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    # Contacts keep the address of the file, missing zips included, not that of their company.
    "_partners_skip_fields_sync": True,
}

SEED = 2026
SHARE_OPENING = 0.35
SHARE_CLICKING = 0.12
BOUNCES = 2
SCANNED = 12  # letters of which a gateway follows every link
PREFETCHED = 40  # letters of which a mail program fetches the image for nobody
THREADS = 2
TIMEOUT_S = 30
ADMIN = ("admin", "admin")  # login and password of a fresh Odoo

PIXEL = re.compile(r'<img[^>]+src="([^"]+/crm_campaign/open/[^"]+)"')
# How programs call themselves: those of people, a gateway that hides, Apple's Mail.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PREFETCHER = "Mozilla/5.0"
# What a merge field or a placeholder looks like that was not replaced.
LEFT_OVER = re.compile(r"\{\{|\}\}|\bt-out\b|/unsubscribe_from_list")
LINK = re.compile(r'href="([^"]+/r/\w+/m/\d+)"')

BOUNCE = """\
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: {envelope_from}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-Id: {bounce_id}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_demo"

--=_demo
Content-Type: text/plain; charset=us-ascii

<{address}>: 550 5.1.1 User unknown in virtual mailbox table

--=_demo
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: {date}

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown in virtual mailbox table

--=_demo
Content-Type: text/rfc822-headers

{headers}
--=_demo--
"""


# === CONTACTS === #


def read_contacts() -> list[dict]:
    """Return the rows of the shipped file, all values text."""
    with CONTACTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def import_contacts(env, rows: list[dict]):
    """Create the contacts, companies first, as they are typed; tags are created once."""
    Partner = env["res.partner"].with_context(**IMPORT_CONTEXT)
    names = sorted({row["category"] for row in rows} - {""})
    tags = env["res.partner.category"].create([{"name": name} for name in names])
    known = {
        "tags": dict(zip(names, tags.ids, strict=True)),
        "countries": {country.code: country.id for country in env["res.country"].search([])},
        "langs": {code for code, _name in env["res.lang"].get_installed()},
        "companies": {},
    }
    companies = [row for row in rows if row["is_company"] == "1"]
    people = [row for row in rows if row["is_company"] != "1"]
    for group in (companies, people):
        for start in range(0, len(group), BATCH):
            batch = group[start : start + BATCH]
            partners = Partner.create([prepare_partner(row, known) for row in batch])
            references = [row["reference"] for row in batch]
            known["companies"].update(zip(references, partners.ids, strict=True))


def prepare_partner(row: dict, known: dict) -> dict:
    """Return the values of a contact.

    :param dict known: ids by name: ``tags``, ``countries``, ``companies`` (by reference); and
        ``langs``, the installed codes
    """
    vals = {name: row[name] or False for name in TEXT_COLUMNS} | {
        "ref": row["reference"],
        "is_company": row["is_company"] == "1",
        "active": row["active"] == "1",
        "birthdate_date": row["birthdate"] or False,
        "parent_id": known["companies"].get(row["company_reference"], False),
        "country_id": known["countries"].get(row["country_code"], False),
        "category_id": [Command.link(known["tags"][row["category"]])] if row["category"] else [],
    }
    return vals | ({"lang": row["lang"]} if row["lang"] in known["langs"] else {})


def is_targeted(row: dict) -> bool:
    """Tell whether a row of the file is a customer of the region with an email."""
    is_near = row["country_code"] == "FR" and row["zip"].startswith(DEPARTMENTS)
    return is_near and row["category"] == CATEGORY and bool(row["email"])


def write_criteria(env) -> list:
    """Return the same as :func:`is_targeted` as a domain."""
    tag = env["res.partner.category"].search([("name", "=", CATEGORY)])
    zips = [("zip", "=like", f"{department}%") for department in DEPARTMENTS]
    return [
        ("category_id", "in", tag.ids),
        ("country_id", "=", env.ref("base.fr").id),
        ("email", "!=", False),
        *["|"] * (len(zips) - 1),
        *zips,
    ]


# === LETTERS === #


class Letter(NamedTuple):
    """What somebody finds in the mailbox; urls as the message has them, "" = none."""

    address: str
    envelope_from: str
    pixel_url: str
    link_urls: tuple[str, ...]
    unsubscribe_url: str
    message: EmailMessage

    @property
    def message_id(self) -> str:
        """Message-Id with its angle brackets."""
        return str(self.message["Message-Id"])


class Acts(NamedTuple):
    """Who does what: sets of addresses, and the Message-Id of the only reply."""

    openers: set[str]
    clickers: set[str]
    unsubscribed: set[str]
    bounced: set[str]
    repliers: set[str]
    reply_id: str
    scanned: set[str]
    prefetched: set[str]

    def by_figure(self, accepted: set[str]) -> dict[str, set[str]]:
        """Return the addresses that must stand behind each figure of the execution.

        Whoever clicks or answers has opened, images or not.

        :param set[str] accepted: addresses that the SMTP server accepted
        """
        return {
            "sent": accepted,
            "delivered": accepted - self.bounced,
            "opened": self.openers | self.clickers | self.repliers,
            "clicked": self.clickers,
            "machine_opened": self.scanned | self.prefetched,
            "machine_clicked": self.scanned,
            "replied": self.repliers,
            "bounced": self.bounced,
            "unsubscribed": self.unsubscribed,
        }


def read_letters(folder) -> list[Letter]:
    """Return the letters in the sink's folder, by address, so that chance draws alike each time."""
    letters = [_read_letter(message) for message in read_messages(folder)]
    return sorted(letters, key=lambda letter: letter.address)


def _read_letter(message: EmailMessage) -> Letter:
    html = message.get_body(("html",))
    text = html.get_content() if html else ""
    pixel = PIXEL.search(text)
    return Letter(
        address=str(message["X-Sink-Rcpt-To"]),
        envelope_from=str(message["X-Sink-Mail-From"]),
        pixel_url=unescape(pixel[1]) if pixel else "",
        link_urls=tuple(map(unescape, LINK.findall(text))),
        unsubscribe_url=str(message["List-Unsubscribe"] or "").strip("<> "),
        message=message,
    )


def is_complete(letter: Letter) -> bool:
    """Tell whether every merge field and placeholder was replaced, in subject and bodies."""
    parts = [letter.message.get_body((kind,)) for kind in ("plain", "html")]
    contents = [part.get_content() for part in parts if part]
    return not LEFT_OVER.search("\n".join([str(letter.message["Subject"]), *contents]))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leave redirections alone: the sites behind the links do not exist."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        """Answer None, which makes a redirection an HTTPError."""


class People:
    """Everybody who got a letter.

    :param str base_url: the site, for the mail gateway
    :param str database: its database
    :param list[Letter] letters: at least ten
    """

    def __init__(self, base_url: str, database: str, letters: list[Letter]):
        self.base_url = base_url
        self.database = database
        self.letters = letters
        self.random = random.Random(SEED)
        # No proxy: everything is on this machine.
        self.browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)

    def act(self) -> Acts:
        """Do what people do with a letter, and tell who did what.

        :raise RuntimeError: the site did not answer somebody as it should
        """
        letters = self.random.sample(self.letters, len(self.letters))
        bounced, readers = letters[:BOUNCES], letters[BOUNCES:]
        openers = self._draw(readers, SHARE_OPENING)
        clickers = self._draw(readers, SHARE_CLICKING)  # some of them never load the images
        leaver, replier = self.random.choice(openers), self.random.choice(readers)
        seen = {letter.address for letter in (*openers, *clickers)}
        unseen = [letter for letter in readers if letter.address not in seen]
        scanned, prefetched = unseen[:SCANNED], readers[-PREFETCHED:]
        self._scan(scanned, prefetched)
        self._browse(openers, clickers, leaver)
        reply = self._write_reply(replier)
        self._deliver([*map(self._write_bounce, bounced), reply.as_bytes(policy=policy.SMTP)])
        groups = (openers, clickers, [leaver], bounced, [replier])
        addresses = [{letter.address for letter in group} for group in groups]
        machines = [{letter.address for letter in group} for group in (scanned, prefetched)]
        return Acts(*addresses, reply["Message-Id"], *machines)

    def _draw(self, letters, share):
        return self.random.sample(letters, round(len(self.letters) * share))

    # === OVER HTTP === #

    def _scan(self, scanned, prefetched):
        """Do what machines do: images that nobody sees, all links of a letter at once."""
        for letter in prefetched:
            self._request(200, letter.pixel_url, None, PREFETCHER)
        for letter in scanned:
            first, *others = letter.link_urls
            self._request(301, first, None)
            self._request(200, letter.pixel_url, None)
            for url in others:
                self._request(301, url, None)

    def _browse(self, openers, clickers, leaver):
        """Make all requests, in any order, a few at a time."""
        requests = [(200, letter.pixel_url, None) for letter in openers]
        requests += [(301, letter.link_urls[0], None) for letter in clickers]
        requests.append((200, leaver.unsubscribe_url, b"List-Unsubscribe=One-Click"))
        self.random.shuffle(requests)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self._request, *zip(*requests, strict=True)))

    def _request(self, expected: int, url: str, data: bytes | None, program: str = BROWSER):
        """Make one request (a POST when there is data).

        :raise RuntimeError: another HTTP status than ``expected``
        """
        request = urllib.request.Request(url, data, {"User-Agent": program})
        try:
            with self.browser.open(request, timeout=TIMEOUT_S) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
            error.close()
        if status != expected:
            raise RuntimeError(f"{url} répond {status} au lieu de {expected}.")

    # === BY MAIL === #

    def _deliver(self, messages: list[bytes]):
        """Put messages into the mail gateway, as the program ``odoo-mailgate`` does."""
        login, password = ADMIN
        with xmlrpc.client.ServerProxy(f"{self.base_url}/xmlrpc/2/common") as common:
            uid = common.authenticate(self.database, login, password, {})
        account = (self.database, uid, password)
        url = f"{self.base_url}/xmlrpc/2/object"
        with xmlrpc.client.ServerProxy(url, allow_none=True) as models:
            for message in messages:
                arguments = [False, xmlrpc.client.Binary(message)]
                models.execute_kw(*account, "mail.thread", "message_process", arguments, {})

    @staticmethod
    def _write_bounce(letter: Letter) -> bytes:
        """Return the delivery status notification (RFC 3464) that a letter comes back with."""
        head, _blank, _body = letter.message.as_bytes(policy=policy.SMTP).partition(b"\r\n\r\n")
        lines = [line for line in head.decode("ascii").split("\r\n") if line[:7] != "X-Sink-"]
        text = BOUNCE.format(
            address=letter.address,
            envelope_from=letter.envelope_from,
            bounce_id=make_msgid(domain="mx.example.net"),
            date=formatdate(localtime=True),
            headers="\n".join(lines),
        )
        return text.replace("\n", "\r\n").encode("ascii")

    @staticmethod
    def _write_reply(letter: Letter) -> EmailMessage:
        """Return the answer of somebody, written to where the letter asks for answers."""
        received = letter.message
        [(name, _address)] = getaddresses([str(received["To"])])
        reply = EmailMessage()
        reply["From"] = formataddr((name, letter.address))
        reply["To"] = str(received["Reply-To"] or received["From"])
        reply["Subject"] = f"Re: {received['Subject']}"
        reply["Date"] = formatdate(localtime=True)
        reply["Message-Id"] = make_msgid(domain="mail.example.com")
        reply["In-Reply-To"] = reply["References"] = letter.message_id
        reply.set_content(
            "Bonjour,\n\nGardez-moi deux places, je passerai samedi matin.\n\nMerci !\n"
        )
        return reply
