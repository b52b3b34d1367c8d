# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Ids that an administrator's SQL selects, without trusting what the SQL says.

The text is never taken apart to see whether it is harmless. Each layer is for one danger, and the
first three are kept by the database:

* **nothing is written**: a connection of its own, in a ``READ ONLY`` transaction that is rolled
  back. Whatever fails there leaves the caller's transaction as it was;
* **nothing lasts**: one deadline over all statements, through ``statement_timeout``;
* **one SELECT**: the text is a sub-select of a constant query that PL/pgSQL opens as a cursor. It
  refuses several statements, and all but a SELECT, before anything runs;
* **nothing that the user may not read**: every table that the text names is hidden behind a common
  table expression of the same name (``_get_view``) with the records and columns that the user may
  read, so no secret can come out, not even in the message of a failed cast. Names of schemas, which
  would lead around it, are refused, as are tables that belong to no model;
* **no function that acts or reads elsewhere** (files, settings, other connections, queries in
  text): refused by name.

The two last layers look for *words*. A name can only be used where its letters stand in the text
(``U&"…"``, which spells letters by number, is refused), so words are more than the names in use:
a word in a comment may be refused for nothing, but no name goes unseen.

What remains: an administrator is trusted not to write a query that is slow on purpose, and sees in
a message of the database values that the user could read anyway. The connection sees what is
committed: changes of the caller's transaction are not part of the result.
"""

import re
import time
from contextlib import closing

import psycopg2

from odoo.fields import Domain
from odoo.tools import SQL

INTEGER_TYPES = (20, 21, 23)  # type codes of int8, int2, int4

WORD = re.compile(r"[a-z_][a-z0-9_$]*")
NAME_BYTES = 63  # PostgreSQL cuts longer names

# Catalogues and functions of the server, by name; volatile functions are refused besides these.
FORBIDDEN_WORD = re.compile(r"pg_|lo_|dblink|txid_|current_setting$|.*_to_xml")
# Volatile functions, and functions of extensions, that do no harm.
HARMLESS_FUNCTIONS = ("random", "clock_timestamp", "unaccent")

# Never read, whoever asks: the technical tables, and whatever sounds like a key.
SECRET_TABLE = re.compile(r"ir_(?!model$|model_data$)|auth_|iap_|fetchmail_|payment_")
SECRET_NAME = re.compile(
    r"passw|secret|token|api_?key|totp|credential|private_key|smtp_pass|mail_server"
)

OPEN_CURSOR = """
DO $$
DECLARE
    chosen refcursor := 'crm_campaign_chosen';
BEGIN
    OPEN chosen NO SCROLL FOR EXECUTE current_setting('crm_campaign.sql');
END $$
"""
FETCH_NOTHING = "FETCH FORWARD 0 FROM crm_campaign_chosen"  # tells the columns
FETCH_BATCH = "FETCH FORWARD 20000 FROM crm_campaign_chosen"


class SqlRefused(Exception):
    """A query was refused, by a check or by the database; the message is for the user."""


class ReadOnlySelect:
    """One run of a query.

    :param env: environment of the user whose rights hold
    :param str text: one SELECT with one column of ids
    :param str table: table in which the ids must exist
    :param int timeout_s: seconds after which the whole run is given up
    """

    def __init__(self, env, text, table, timeout_s):
        self.env = env
        self.text = text.strip().rstrip("; \t\r\n")
        self.table = table
        self.timeout_s = timeout_s

    def get_ids(self) -> str:
        """Run the query.

        :return: the distinct ids, NULL left out, as a PostgreSQL array literal ``{1,2,3}``: a
            million of them take a few megabytes
        :raise SqlRefused: says why
        """
        self.deadline = time.monotonic() + self.timeout_s
        try:
            with closing(self.env.registry.cursor(readonly=True)) as self.cr:
                # Without a replica the host lends a connection that may write.
                self.cr.execute("SET TRANSACTION READ ONLY")
                return self._select()
        except psycopg2.errors.QueryCanceled as error:
            raise self._time_out() from error
        except (psycopg2.Error, ValueError) as error:
            raise SqlRefused((str(error) or type(error).__name__).splitlines()[0]) from error

    # --- the run ---

    def _select(self):
        tables = self._check_words()
        self._open(tables)
        self._execute(FETCH_NOTHING)
        self._check_columns()
        parts, unknown, example = [], 0, None
        while ids := self._fetch():
            batch = ",".join(map(str, ids))
            count, first = self._find_unknown(batch)
            if count:
                unknown, example = unknown + count, example or first
            else:
                parts.append(batch)
        if unknown:
            raise SqlRefused(
                self.env._(
                    "%(count)s of the numbers it gives are no ids of %(table)s, for example "
                    "%(example)s",
                    count=unknown,
                    table=self.table,
                    example=example,
                )
            )
        return "{%s}" % ",".join(parts)

    def _open(self, tables):
        """Open the cursor: the text as a sub-select that sees the views instead of the tables.

        A view gets its table's name in a second step only: what the rules of one table look up in
        another, they must find there.
        """
        views, names = [], []
        for number, table in enumerate(tables):
            view = SQL.identifier(f"crm_campaign_view_{number}")
            views.append(SQL("%s AS NOT MATERIALIZED (%s)", view, self._get_view(table)))
            name = SQL.identifier(table)
            names.append(SQL("%s AS NOT MATERIALIZED (SELECT * FROM %s)", name, view))
        head = SQL("WITH %s ", SQL(", ").join(views + names)) if tables else SQL()
        # Only the views have parameters: the text must not be read as a format.
        query = (
            f"{self.cr.mogrify(head).decode() if tables else ''}"
            f"SELECT DISTINCT chosen.* FROM (\n{self.text}\n) AS chosen"
        )
        self._execute(SQL("SELECT set_config('crm_campaign.sql', %s, true)", query))
        self._execute(OPEN_CURSOR)

    def _fetch(self):
        """Return the next ids; empty at the end."""
        while True:
            self._execute(FETCH_BATCH)
            rows = self.cr.fetchall()
            ids = [row[0] for row in rows if row[0] is not None]
            if ids or not rows:
                return ids

    def _find_unknown(self, batch):
        """Count the ids that are not in the table, and give one of them."""
        self._execute(
            SQL(
                """
                SELECT count(*), min(id) FROM unnest(%s::bigint[]) AS id
                 WHERE NOT EXISTS (SELECT FROM %s AS known WHERE known.id = id.id)
                """,
                "{%s}" % batch,
                SQL.identifier(self.table),
            )
        )
        return self.cr.fetchone()

    def _execute(self, query):
        """Run a statement within the time that is left."""
        left = int((self.deadline - time.monotonic()) * 1000)
        if left <= 0:
            raise self._time_out()
        self.cr.execute(SQL("SELECT set_config('statement_timeout', %s, true)", str(left)))
        self.cr.execute(query, log_exceptions=False)

    def _time_out(self):
        return SqlRefused(
            self.env._("it did not end within %(seconds)s seconds", seconds=self.timeout_s)
        )

    # --- the checks ---

    def _check_columns(self):
        types = [column.type_code for column in self.cr.description]
        if len(types) != 1:
            raise SqlRefused(
                self.env._(
                    "it must give one column, the ids, and it gives %(count)s", count=len(types)
                )
            )
        if types[0] not in INTEGER_TYPES:
            raise SqlRefused(self.env._("it must give ids, which are whole numbers"))

    def _check_words(self):
        """Refuse the names that are off limits.

        :return: names of tables that the text may use, sorted
        :rtype: list[str]
        """
        lowered = self.text.lower()
        words = {word[:NAME_BYTES] for word in WORD.findall(lowered)}
        forbidden = sorted(filter(FORBIDDEN_WORD.match, words))
        if 'u&"' in lowered:
            forbidden.append('U&"')
        forbidden += self._find_names(
            """
            SELECT nspname FROM pg_namespace WHERE nspname = ANY(%(words)s)
             UNION
            SELECT proname FROM pg_proc
             WHERE proname = ANY(%(words)s) AND proname != ALL(%(harmless)s)
               AND (provolatile = 'v'
                    OR pronamespace != 'pg_catalog'::regnamespace AND provolatile != 'i')
            """,
            words,
        )
        if forbidden:
            raise self._refuse_name(forbidden[0])
        return self._find_names(
            """
            SELECT relname FROM pg_class
             WHERE relname = ANY(%(words)s) AND relkind IN ('r', 'p', 'v', 'm', 'f')
               AND pg_table_is_visible(oid)
            """,
            words,
        )

    def _find_names(self, query, words):
        names = {"words": sorted(words), "harmless": list(HARMLESS_FUNCTIONS)}
        self._execute(SQL(query, **names))
        return sorted(row[0] for row in self.cr.fetchall())

    def _refuse_name(self, name):
        return SqlRefused(self.env._("“%(name)s” may not be used", name=name))

    # --- what the user may read ---

    def _get_view(self, table) -> SQL:
        """Give the records and columns of a table that the user may read.

        :raise SqlRefused: the user may not read the table, or nobody may that way
        """
        if SECRET_TABLE.match(table) or SECRET_NAME.search(table):
            raise self._refuse_name(table)
        models = [
            self.env[name]
            for name, model in self.env.registry.items()
            if model._table == table and not model._abstract
        ]
        if not models:
            return self._get_relation_view(table)
        for model in models:
            if not model.has_access("read"):
                raise self._refuse_name(table)
        model = models[0].with_context(active_test=False)
        query = model._search(Domain.TRUE)
        columns = [
            SQL.identifier(query.table, field.name)
            for field in model._fields.values()
            if field.store
            and field.column_type
            and not SECRET_NAME.search(field.name)
            and model._has_field_access(field, "read")
        ]
        return query.select(*columns)

    def _get_relation_view(self, table) -> SQL:
        """Give the pairs of a many2many whose two models the user may read."""
        for (relation, *columns), names in self.env.registry.many2many_relations.items():
            fields = [self.env[model]._fields[name] for model, name in names]
            if relation == table and fields and all(map(self._may_read_field, fields)):
                names_sql = SQL(", ").join(map(SQL.identifier, columns))
                return SQL("SELECT %s FROM %s", names_sql, SQL.identifier(table))
        raise self._refuse_name(table)

    def _may_read_field(self, field):
        model = self.env[field.model_name]
        return (
            model.has_access("read")
            and self.env[field.comodel_name].has_access("read")
            and model._has_field_access(field, "read")
        )
