# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""The statements with which fill.py adds contacts; what a row holds is a hash of its number.

Nobody real can be written to or called: domains and telephone ranges are those of
contacts_words.py. The 50,000 numbers are fixed lines (the host knows no valid mobile number in a
range kept for fiction), so that people share them when there are many.
"""

import datetime
import zlib
from typing import NamedTuple

import contacts_words as words
from generate_contacts import local_part

from odoo.tools import SQL

YEARS = 6  # between the oldest contact and today

COMPANIES = 0.08
CHILDREN = 2 / 3  # of those who are no company
WITH_EMAIL = 0.90
CAPITALIZED_EMAIL = 0.03
WITH_PHONE = 0.60
ARCHIVED = 0.03
WITH_USER = 0.40
WITH_COMPANY = 0.05
WITH_BIRTHDATE = 0.30
LEAP_DAY = 0.005  # of the birthdates, besides those that fall on 29 February by chance
WITH_REFERENCE = 0.20
WITH_STREET = 0.80
FRENCH_SPEAKING = 0.85

# Thousandths of the contacts who live there; France has the rest.
TOWNS_OTHERS = (
    "LU 1855 Luxembourg", "DE 50667 Köln", "ES 08001 Barcelona", "IT 20121 Milano",
    "PT 4000-022 Porto",
)  # fmt: skip
ABROAD = {"BE": 50, "CH": 30, "": 20}
WEST = 240


# === WORDS === #


def spread(items, count: int) -> list:
    """Repeat items in their order until they are ``count``."""
    return [items[number * len(items) // count] for number in range(count)]


def prepare_towns() -> list[tuple[str, str, str]]:
    """Return a thousand places (country code, zip, town), as often as people live there."""
    slots = [f"FR {town}" for town in spread(words.TOWNS_WEST, WEST)]
    slots += [
        f"FR {town}" for town in spread(words.TOWNS_ELSEWHERE, 1000 - WEST - sum(ABROAD.values()))
    ]
    for code, count in ABROAD.items():
        towns = [town for town in words.TOWNS_ABROAD if code and town.startswith(code)]
        slots += spread(towns or TOWNS_OTHERS, count)
    return [tuple(slot.split(" ", 2)) for slot in slots]


def prepare_firms() -> list[str]:
    """Return names of companies, where {a} and {b} stand for surnames."""
    trades = [line.partition(" : ")[0] for line in words.TRADES]
    trades = [f"{trade} {{a}}" for trade in trades if not trade.endswith(" P")]
    forms = [f"{form} {trade}" for form, trade in zip(words.LEGAL_FORMS * 4, trades, strict=False)]
    return [*words.FIRMS, *trades, *forms]


def prepare_formats(country: str) -> list[str]:
    """Return replacements for the nine digits of a French number after the zero, by weight."""
    formats = words.PHONE_FORMATS if country == "FR" else words.PHONE_FORMATS_ABROAD
    places = [f"\\{place}" for place in range(1, 10)]
    return [form.format(*places) for weight, form in formats for _ in range(weight)]


def create_word_tables(cr):
    """Create the temporary tables of first names, surnames and towns, numbered from 1."""
    first = [
        (name, local_part(name), woman)
        for _years, *both in words.GENERATIONS
        for pair in zip(*(spread(names, 30) for names in both), strict=True)
        for woman, name in enumerate(pair)
    ]
    last = [(name, local_part(name, "")) for name in (*words.SURNAMES, *words.SURNAMES_WEST)]
    for table, columns, rows in (
        ("fill_first", ("word", "slug", "woman"), first),
        ("fill_last", ("word", "slug"), last),
        ("fill_town", ("code", "zip", "city"), prepare_towns()),
    ):
        lists = [[str(row[place]) for row in rows] for place in range(len(columns))]
        cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE %s AS SELECT * FROM ROWS FROM (%s) WITH ORDINALITY"
                " AS t (%s, slot)",
                SQL.identifier(table),
                SQL(", ").join(SQL("unnest(%s::text[])", items) for items in lists),
                SQL(", ").join(map(SQL.identifier, columns)),
            )
        )
        cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def drop_word_tables(cr):
    """Leave no temporary table behind."""
    cr.execute(SQL("DROP TABLE fill_first, fill_last, fill_town"))


# === EXPRESSIONS === #


class Batch(NamedTuple):
    """What the statements share: rows are numbered from start + 1, their ids from base + 1."""

    n: int
    seed: int
    today: datetime.date
    start: int
    base: int
    company_id: int
    user_ids: list[int]
    langs: tuple[str, str]

    @property
    def companies(self) -> int:
        """Return how many of the rows are companies: the first ones."""
        return round(self.n * COMPANIES)

    def dice(self, name: str, number: str = "i") -> SQL:
        """Return a number of [0, 1[ that depends on the seed, a name and the number of a row."""
        return SQL(
            "((hashint8extended(%s, %s) & 2147483647)::float8 / 2147483648::float8)",
            SQL.identifier(number),
            zlib.crc32(f"{self.seed}:{name}".encode()),
        )

    def slot(self, name: str, count: int, number: str = "i", front: bool = False) -> SQL:
        """Return one of 1 … count; with ``front``, the first ones more often."""
        dice = self.dice(name, number)
        if front:
            dice = SQL("%s * %s", dice, self.dice(f"{name} front", number))
        return SQL("(1 + floor(%s * %s))::int", count, dice)

    def pick(self, name: str, items, number: str = "i", front: bool = False) -> SQL:
        """Return one of the items, all texts or all ids."""
        kind = SQL("int[]" if isinstance(items[0], int) else "text[]")
        slot = self.slot(name, len(items), number, front)
        return SQL("(%s::%s)[%s]", list(items), kind, slot)

    def chance(self, name: str, share: float, number: str = "i") -> SQL:
        """Return a condition that is true for a share of the rows."""
        return SQL("%s < %s", self.dice(name, number), share)

    def moment(self, name: str) -> SQL:
        """Return a moment (UTC) of the last years."""
        seconds = SQL("floor(%s * %s)", self.dice(name), YEARS * 365.25 * 86400)
        return SQL("%s::timestamp - make_interval(secs => %s)", self.today, seconds)


# === CONTACTS === #


def people_query(batch: Batch, low: int, high: int) -> SQL:
    """Return the rows ``low`` … ``high`` of a batch with what they draw from the words.

    ``i`` numbers the row, ``h`` the row whose home, company and salesperson it shares: the company
    for its people, the row itself for the others.
    """
    surnames = len(words.SURNAMES) + len(words.SURNAMES_WEST)
    first_names = 60 * len(words.GENERATIONS)
    return SQL(
        """
        SELECT person.*, %(base)s + h - %(start)s AS home_id, first.word AS first, first.woman,
               last.word AS last, first.slug || '.' || last.slug || i AS mailbox,
               replace(replace(%(firm)s, '{a}', a.word), '{b}', b.word) AS firm,
               a.slug || '-' || h || %(end)s AS domain, town.zip, town.city, town.code,
               country.id AS country_id,
               %(range)s || lpad(floor(%(digits)s * 10000)::text, 4, '0') AS digits
          FROM (SELECT *, CASE WHEN is_child THEN %(start)s + %(parent)s ELSE i END AS h
                  FROM (SELECT *, NOT is_company AND %(child)s AS is_child
                          FROM (SELECT %(start)s + g AS i, %(base)s + g AS id,
                                       g <= %(companies)s AS is_company
                                  FROM generate_series(%(low)s::bigint, %(high)s) AS g) AS n
                        OFFSET 0) AS c
                OFFSET 0) AS person
          JOIN fill_first AS first ON first.slot = %(first)s
          JOIN fill_last AS last ON last.slot = %(last)s
          JOIN fill_last AS a ON a.slot = %(a)s
          JOIN fill_last AS b ON b.slot = %(b)s
          JOIN fill_town AS town ON town.slot = %(town)s
          LEFT JOIN res_country AS country ON country.code = town.code
        """,
        start=batch.start,
        base=batch.base,
        low=low,
        high=high,
        companies=batch.companies,
        child=batch.chance("child", CHILDREN if batch.companies else 0),
        parent=batch.slot("parent", batch.companies, front=True),
        first=batch.slot("first name", first_names),
        last=batch.slot("last name", surnames, front=True),
        a=batch.slot("firm a", surnames, "h", front=True),
        b=batch.slot("firm b", surnames, "h", front=True),
        town=batch.slot("town", 1000, "h"),
        firm=batch.pick("firm", prepare_firms(), "h"),
        end=batch.pick("domain end", [end for _weight, end in words.DOMAIN_ENDS], "h", front=True),
        range=batch.pick("range", [r for zone, r in words.FICTION_RANGES.items() if zone != "06"]),
        digits=batch.dice("digits"),
    )


def email_columns(batch: Batch) -> SQL:
    """Return the columns email and email_normalized, each of a person of its own."""
    return SQL(
        """
        SELECT CASE WHEN %(capitalized)s THEN initcap(address) ELSE address END AS email,
               address AS email_normalized
          FROM (SELECT CASE WHEN %(none)s THEN NULL
                            WHEN is_company THEN %(box)s || '@' || domain
                            WHEN is_child THEN mailbox || '@' || domain
                            ELSE mailbox || '@' || %(provider)s END AS address
                OFFSET 0) AS addresses
        """,
        capitalized=batch.chance("capitalized email", CAPITALIZED_EMAIL),
        none=SQL("NOT %s", batch.chance("email", WITH_EMAIL)),
        box=batch.pick("mailbox", words.MAILBOXES),
        provider=batch.pick("provider", words.PROVIDERS, front=True),
    )


def birthdate(batch: Batch) -> SQL:
    """Return a date of birth of somebody between 18 and 90, now and then 29 February."""
    oldest = batch.today.year - 90
    return SQL(
        """
        CASE WHEN is_company OR NOT %(known)s THEN NULL
             WHEN %(leap)s THEN make_date(greatest(born / 4 * 4, %(first_leap)s), 2, 29)
             ELSE make_date(born, 1, 1) + floor(365 * %(day)s)::int END
        """,
        known=batch.chance("birthdate", WITH_BIRTHDATE),
        leap=batch.chance("leap day", LEAP_DAY),
        first_leap=(oldest + 3) // 4 * 4,
        day=batch.dice("day of birth"),
    )


def identity_columns(batch: Batch) -> dict[str, SQL]:
    """Return the columns of res_partner that say who somebody is."""
    titles = [[title.split("|")[side] for title in words.FUNCTIONS] for side in (0, -1)]
    return {
        "name": SQL("name"),
        "complete_name": SQL("CASE WHEN is_child THEN firm || ', ' || name ELSE name END"),
        "is_company": SQL("is_company"),
        "function": SQL(
            "CASE WHEN is_child AND %s THEN CASE woman WHEN '0' THEN %s ELSE %s END END",
            batch.chance("function", 0.8),
            *(batch.pick("title", side, front=True) for side in titles),
        ),
        "email": SQL("email"),
        "email_normalized": SQL("email_normalized"),
        "phone": SQL("phone"),
        "phone_sanitized": SQL("CASE WHEN phone IS NOT NULL THEN '+33' || substr(digits, 2) END"),
        "birthdate_date": birthdate(batch),
        "ref": SQL(
            "CASE WHEN %s OR i = %s THEN 'F' || lpad(i::text, 8, '0') END",
            batch.chance("reference", WITH_REFERENCE),
            batch.start + batch.n,  # where the next run goes on
        ),
    }


def home_columns(batch: Batch) -> dict[str, SQL]:
    """Return the columns of res_partner that people share with their company."""
    fr, en = batch.langs
    speaks_french = batch.chance("lang", FRENCH_SPEAKING, "h")
    return {
        "parent_id": SQL("CASE WHEN is_child THEN home_id END"),
        "commercial_partner_id": SQL("home_id"),
        "commercial_company_name": SQL("CASE WHEN is_company OR is_child THEN firm END"),
        "street": SQL(
            "CASE WHEN %s THEN %s || ' ' || %s END",
            batch.chance("street", WITH_STREET, "h"),
            batch.slot("house", 140, "h", front=True),
            batch.pick("road", words.STREETS, "h", front=True),
        ),
        "zip": SQL("zip"),
        "city": SQL("city"),
        "country_id": SQL("country_id"),
        "lang": SQL("CASE WHEN %s THEN %s ELSE %s END", speaks_french, fr, en),
        "user_id": SQL(
            "CASE WHEN %s THEN %s END",
            batch.chance("has user", WITH_USER if batch.user_ids else 0, "h"),
            batch.pick("user", batch.user_ids or [0], "h"),
        ),
        "company_id": SQL(
            "CASE WHEN %s THEN %s END", batch.chance("company", WITH_COMPANY, "h"), batch.company_id
        ),
    }


def technical_columns(batch: Batch) -> dict[str, SQL]:
    """Return the columns of res_partner that nobody types."""
    return {
        "id": SQL("id"),
        "type": SQL("'contact'"),
        "tz": SQL("'Europe/Paris'"),
        "active": SQL("NOT %s", batch.chance("archived", ARCHIVED)),
        "color": SQL("0"),
        "message_bounce": SQL("0"),
        "partner_share": SQL("TRUE"),
        "create_uid": SQL("1"),
        "write_uid": SQL("1"),
        "create_date": SQL("moment"),
        "write_date": SQL("moment"),
    }


def partner_phone(batch: Batch) -> SQL:
    """Return the column phone, as people write the digits."""
    return SQL(
        """
        SELECT CASE WHEN %s THEN regexp_replace(digits, '^0(.)(.)(.)(.)(.)(.)(.)(.)(.)$',
                                                CASE code WHEN 'FR' THEN %s ELSE %s END) END
        """,
        batch.chance("phone", WITH_PHONE),
        batch.pick("phone format", prepare_formats("FR")),
        batch.pick("phone format", prepare_formats("")),
    )


def insert_partners(cr, batch: Batch, low: int, high: int):
    """Insert the rows ``low`` … ``high`` of a batch."""
    columns = identity_columns(batch) | home_columns(batch) | technical_columns(batch)
    cr.execute(
        SQL(
            """
            INSERT INTO res_partner (%(names)s)
            SELECT %(expressions)s
              FROM (%(people)s OFFSET 0) AS people,
                   LATERAL (%(email)s) AS emails,
                   LATERAL (%(phone)s OFFSET 0) AS phones (phone),
                   LATERAL (SELECT CASE WHEN is_company THEN firm ELSE first || ' ' || last END)
                        AS names (name),
                   LATERAL (SELECT %(oldest)s + floor(72 * %(born)s)::int) AS years (born),
                   LATERAL (SELECT %(moment)s) AS moments (moment)
            """,
            names=SQL(", ").join(map(SQL.identifier, columns)),
            expressions=SQL(", ").join(columns.values()),
            people=people_query(batch, low, high),
            email=email_columns(batch),
            phone=partner_phone(batch),
            oldest=batch.today.year - 90,
            born=batch.dice("year of birth"),
            moment=batch.moment("created"),
        )
    )
