# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""`make fill N=… DB=…`: add N invented contacts and N / 10 leads to a database, set by set.

The same N, SEED and day give the same rows. Numbers go on after the highest reference F00000000
found, so a second run adds other people. Stored computed columns hold what the host would compute.
"""

import datetime
import json
import os
import sys
import time

from fill_leads import insert_leads
from fill_people import Batch, create_word_tables, drop_word_tables, insert_partners

import odoo.init  # noqa: F401 - the host's set-up of the process
from odoo import sql_db
from odoo.tools import SQL, config

DEFAULT_ROWS = 10_000
SEED = 2026
MOST_ROWS = 10_000_000
CHUNK = 100_000

SHARED_EMAIL = 0.024  # of the people; a tenth of the owners drawn has none: 2 % remain
BLOCKED_EMAIL = 0.01
BLOCKED_PHONE = 0.005

# name, French name, share of the contacts
TAGS = (
    ("Newsletter", "Lettre d'information", 0.50),
    ("Loyalty Card", "Carte de fidélité", 0.30),
    ("Web Shop", "Boutique en ligne", 0.20),
    ("Trade Fair", "Salon professionnel", 0.15),
    ("Catalogue", "Catalogue papier", 0.10),
    ("Showroom", "Magasin", 0.07),
    ("Training", "Formation", 0.05),
    ("Reseller", "Revendeur", 0.03),
    ("Journalist", "Journaliste", 0.02),
    ("Sponsor", "Mécène", 0.01),
)

TABLES = (
    "res_partner",
    "res_partner_res_partner_category_rel",
    "crm_lead",
    "mail_blacklist",
    "phone_blacklist",
)


def fill(cr, n: int, seed: int = SEED, today: datetime.date | None = None) -> dict[str, int]:
    """Add n contacts and n // 10 leads in the open transaction, and analyze their tables.

    The caller commits or rolls back, flushes its environment before and invalidates it after.

    :param cr: a cursor of the host on a database with the addon
    :param today: the day from which ages and past years count, default the current one
    :return: what was added: partners, companies, …, and "tag <name>" for each of TAGS
    """
    batch = prepare_batch(cr, n, seed, today or datetime.date.today())
    trust_references(cr, True)
    create_word_tables(cr)
    for low in range(1, n + 1, CHUNK):
        high = min(low + CHUNK - 1, n)
        insert_partners(cr, batch, low, high)
        say(f"{high} contacts")
    share_emails(cr, batch)
    insert_tags(cr, batch)
    insert_blacklists(cr, batch)
    say("tags and blacklists")
    leads = insert_leads(cr, batch)
    say(f"{leads} leads")
    drop_word_tables(cr)
    trust_references(cr, False)
    for table in TABLES:
        cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    return count_rows(cr, batch, leads)


def trust_references(cr, trusted: bool):
    """Spare PostgreSQL the checks of foreign keys, half of the time, where the role may do that."""
    [(superuser,)] = fetch(cr, SQL("SELECT current_setting('is_superuser') = 'on'"))
    if superuser:
        role = "replica" if trusted else "origin"
        cr.execute(SQL("SELECT set_config('session_replication_role', %s, TRUE)", role))


def say(text: str):
    """Print progress."""
    sys.stderr.write(f"{text}\n")


def fetch(cr, query: SQL) -> list[tuple]:
    """Return the rows of a query."""
    cr.execute(query)
    return cr.fetchall()


def prepare_batch(cr, n: int, seed: int, today: datetime.date) -> Batch:
    """Reserve ids and numbers, and read what the rows refer to."""
    [(start,)] = fetch(
        cr,
        SQL(
            "SELECT coalesce(max(substr(ref, 2)::bigint), 0) FROM res_partner"
            " WHERE ref LIKE 'F%%' AND ref ~ '^F[0-9]{8}$'"
        ),
    )
    [(base,)] = fetch(
        cr,
        SQL("SELECT setval('res_partner_id_seq', nextval('res_partner_id_seq') + %s) - %s", n, n),
    )
    [(company_id,)] = fetch(cr, SQL("SELECT min(id) FROM res_company"))
    users = fetch(
        cr,
        SQL(
            """
            SELECT id FROM res_users JOIN res_company_users_rel ON user_id = id AND cid = %s
             WHERE active AND NOT share ORDER BY id
            """,
            company_id,
        ),
    )
    langs = [code for (code,) in fetch(cr, SQL("SELECT code FROM res_lang WHERE active"))]
    english = "en_US" if "en_US" in langs else langs[0]
    french = "fr_FR" if "fr_FR" in langs else english
    user_ids = [user_id for (user_id,) in users]
    return Batch(n, seed, today, start, base, company_id, user_ids, (french, english))


# === WHAT SURROUNDS CONTACTS === #


def share_emails(cr, batch: Batch):
    """Give some people the address of somebody else."""
    cr.execute(
        SQL(
            """
            UPDATE res_partner AS other
               SET email = owner.email, email_normalized = owner.email_normalized
              FROM (SELECT %(base)s + g AS id, %(base)s + %(owner)s AS owner_id
                      FROM generate_series(%(first)s::bigint, %(n)s) AS g,
                           LATERAL (SELECT %(start)s + g AS i) AS numbers
                     WHERE %(shared)s) AS pair
              JOIN res_partner AS owner ON owner.id = pair.owner_id
             WHERE other.id = pair.id AND owner.id != other.id AND owner.email IS NOT NULL
            """,
            base=batch.base,
            start=batch.start,
            first=batch.companies + 1,
            n=batch.n,
            owner=batch.slot("owner of email", batch.n),
            shared=batch.chance("shared email", SHARED_EMAIL),
        )
    )


def insert_tags(cr, batch: Batch):
    """Tag contacts; the tags are created by the first run."""
    for name, french, share in TAGS:
        tag_id = find_tag(cr, name) or create_tag(cr, name, french)
        cr.execute(
            SQL(
                """
                INSERT INTO res_partner_res_partner_category_rel (partner_id, category_id)
                SELECT %s + g, %s
                  FROM generate_series(1::bigint, %s) AS g, LATERAL (SELECT %s + g AS i) AS numbers
                 WHERE %s
                """,
                batch.base,
                tag_id,
                batch.n,
                batch.start,
                batch.chance(name, share),
            )
        )


def find_tag(cr, name: str) -> int | None:
    """Return the oldest tag of an English name."""
    query = SQL("SELECT min(id) FROM res_partner_category WHERE name ->> 'en_US' = %s", name)
    return fetch(cr, query)[0][0]


def create_tag(cr, name: str, french: str) -> int:
    """Create a tag, return its id."""
    names = json.dumps({"en_US": name, "fr_FR": french})
    color = 1 + [tag[0] for tag in TAGS].index(name)
    query = SQL(
        "INSERT INTO res_partner_category (name, color, active) VALUES (%s, %s, TRUE) RETURNING id",
        names,
        color,
    )
    [(tag_id,)] = fetch(cr, query)
    cr.execute(SQL("UPDATE res_partner_category SET parent_path = id || '/' WHERE id = %s", tag_id))
    return tag_id


def insert_blacklists(cr, batch: Batch):
    """Block some addresses and some telephone numbers."""
    for table, column, source, number, share in (
        ("mail_blacklist", "email", "email_normalized", SQL("id - %s", batch.base - batch.start),
         BLOCKED_EMAIL),
        ("phone_blacklist", "number", "phone_sanitized", SQL("substr(phone_sanitized, 2)::bigint"),
         BLOCKED_PHONE),
    ):  # fmt: skip
        cr.execute(
            SQL(
                """
                INSERT INTO %s (%s, active, create_uid, write_uid, create_date, write_date)
                SELECT DISTINCT %s, TRUE, 1, 1, %s::timestamp, %s::timestamp
                  FROM res_partner, LATERAL (SELECT %s AS i) AS numbers
                 WHERE id > %s AND id <= %s AND %s IS NOT NULL AND %s
                ON CONFLICT (%s) DO NOTHING
                """,
                SQL.identifier(table),
                SQL.identifier(column),
                SQL.identifier(source),
                batch.today,
                batch.today,
                number,
                batch.base,
                batch.base + batch.n,
                SQL.identifier(source),
                batch.chance(table, share),
                SQL.identifier(column),
            )
        )


# === COUNTS === #


def count_rows(cr, batch: Batch, leads: int) -> dict[str, int]:
    """Return what a batch holds."""
    query = SQL(
        """
        SELECT count(*) AS partners,
               count(*) FILTER (WHERE is_company) AS companies,
               count(parent_id) AS children,
               count(email_normalized) AS emails,
               count(email_normalized) - count(DISTINCT email_normalized) AS shared_emails,
               count(phone_sanitized) AS phones,
               count(*) FILTER (WHERE NOT active) AS archived,
               count(birthdate_date) AS birthdates,
               count(user_id) AS users,
               count(company_id) AS with_company,
               count(ref) AS refs,
               count(*) FILTER (WHERE email_normalized IN (SELECT email FROM mail_blacklist))
                   AS blocked_emails,
               count(*) FILTER (WHERE phone_sanitized IN (SELECT number FROM phone_blacklist))
                   AS blocked_phones
          FROM res_partner
         WHERE id > %s AND id <= %s
        """,
        batch.base,
        batch.base + batch.n,
    )
    [row] = fetch(cr, query)
    counts = dict(zip([column.name for column in cr.description], row, strict=True))
    tags = SQL(
        """
        SELECT 'tag ' || (name ->> 'en_US'), count(*)
          FROM res_partner_res_partner_category_rel JOIN res_partner_category ON id = category_id
         WHERE partner_id > %s AND partner_id <= %s
         GROUP BY 1 ORDER BY 2 DESC
        """,
        batch.base,
        batch.base + batch.n,
    )
    return counts | {"leads": leads} | dict(fetch(cr, tags))


def main() -> int:
    """Fill the database FILL_DB with N contacts of SEED, print what was added."""
    wanted = {"N": str(DEFAULT_ROWS), "SEED": str(SEED)}
    wanted = {name: os.environ.get(name) or value for name, value in wanted.items()}
    for name, value in wanted.items():
        if not value.isdigit() or not 0 < int(value) <= MOST_ROWS:
            say(f"{name}={value} is no number from 1 to {MOST_ROWS}.")
            return 2
    config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level=error"])
    start = time.perf_counter()
    with sql_db.db_connect(os.environ["FILL_DB"]).cursor() as cr:
        counts = fill(cr, int(wanted["N"]), int(wanted["SEED"]))
    for name, count in counts.items():
        sys.stdout.write(f"{count:>10}  {name}\n")
    say(f"{time.perf_counter() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
