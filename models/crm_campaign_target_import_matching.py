# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import csv
import io
import itertools
import re
from contextlib import closing

from odoo import models
from odoo.tools import SQL, email_normalize

from ..people_workbook import read_rows
from ..tools.people_file import read_people

# An address that is its own normal form but for capitals; what else there is, the host reads.
PLAIN_EMAIL = re.compile(r"[\w%+-]+(\.[\w%+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)

CREATE_STAGE = """
    DROP TABLE IF EXISTS crm_campaign_import_stage;
    CREATE TEMPORARY TABLE crm_campaign_import_stage (
        line_number integer PRIMARY KEY,
        reference text, email text, phone text, name text, company text,
        email_key text, phone_key text,
        status text,     -- NULL as long as nothing is known
        reason text,     -- why, in a word that _get_reasons puts in a sentence
        number integer,  -- a figure of that sentence
        res_id integer, parent_id integer
    ) ON COMMIT DROP
"""
COPY_STAGE = """
    COPY crm_campaign_import_stage (line_number, reference, email, phone, name, company,
                                    email_key, status, reason)
    FROM STDIN WITH (FORMAT csv)
"""


class CrmCampaignTargetImport(models.Model):
    """Who a line means: lines are copied to a temporary table and recognised rule by rule there.

    The number of statements depends neither on the lines nor on the people; what people look like
    is asked through their model, so that the author recognises nobody whom the author cannot see.
    """

    _inherit = "crm.campaign.target.import"

    _chunk_size = 5_000

    # === BUSINESS METHODS === #

    def _stage_lines(self):
        """Copy the lines of the file to a temporary table, some thousands at a time.

        :raise PeopleFileError: the file cannot be read
        """
        self.env.cr.execute(CREATE_STAGE)
        with self._open_file() as file, closing(read_rows(file)) as rows:
            people = read_people(rows, self._max_lines)
            while chunk := list(itertools.islice(people, self._chunk_size)):
                self._copy_lines(chunk)
        self.env.cr.execute("ANALYZE crm_campaign_import_stage")

    def _copy_lines(self, people):
        buffer = io.StringIO()
        csv.writer(buffer).writerows(map(self._prepare_stage_row, people))
        buffer.seek(0)
        self.env.cr.copy_expert(COPY_STAGE, buffer)

    def _prepare_stage_row(self, person):
        email_key = ""
        if person.email:
            if PLAIN_EMAIL.fullmatch(person.email):
                email_key = person.email.lower()
            else:
                email_key = email_normalize(person.email, strict=False) or ""
        status = "rejected" if person.problem else ""
        return (*person[:6], email_key, status, person.problem)

    def _match_lines(self):
        """Recognise people rule by rule; then somebody's second line repeats the first one."""
        query = self._get_people()._search(self.target_id._get_kind_domain())
        for code, line_key, person_key in self._get_rules(query):
            if code == "phone":
                self._normalise_phones()
            self._match_by(query, code, line_key, person_key)
        self._mark_repeated(SQL("s.res_id"), SQL("s.status = 'matched'"))

    def _get_rules(self, query):
        """Give the rules that were chosen, in their order. Extended by integrators.

        A line and a person match when both keys are equal texts; NULL matches nobody.

        :param query: query over the people, to find their columns
        :return: code of the rule (a word of ``_get_reasons``), key of a line of the temporary
            table (alias ``s``), key of a person
        :rtype: list[tuple[str, SQL, SQL]]
        """
        People = self._get_people()
        names = {"reference": "ref", "email": "email_normalized", "phone": "phone_sanitized"}
        columns = {"reference": "reference", "email": "email_key", "phone": "phone_key"}
        rules = [
            (code, SQL.identifier("s", columns[code]), People._field_to_sql(query.table, name))
            for code, name in names.items()
            if self[f"match_{code}"] and name in People._fields
        ]
        if self.match_name:
            rules.append(("name", *self._get_name_keys(query)))
        return rules

    def _get_name_keys(self, query):
        """Give the keys of rule “name and company”: a company goes by its name alone.

        :return: key of a line, key of a person
        :rtype: tuple[SQL, SQL]
        """
        People = self._get_people()
        if self.record_kind == "company":
            line = [self._get_line_name()]
            names = ["name"]
        elif self.record_kind == "lead":
            line = [SQL("s.name"), SQL("s.company")]
            names = ["contact_name", "partner_name"]
        else:
            line = [self._get_line_name(), SQL("s.company")]
            names = ["name", "commercial_company_name"]
        person = [People._field_to_sql(query.table, name) for name in names]
        return self._fold(line), self._fold(person)

    def _get_line_name(self):
        """Give the name of whom a line means: without one, the company itself, if it may be one."""
        contact = self.record_kind in ("contact", "lead")
        return SQL("s.name") if contact else SQL("COALESCE(s.name, s.company)")

    def _fold(self, texts):
        """Give one key of several texts, without case, and without accents where that is cheap."""
        folded = [self.env.registry.unaccent(SQL("lower(trim(%s))", text)) for text in texts]
        return SQL(" || chr(31) || ").join(folded)

    def _match_by(self, query, code, line_key, person_key):
        """Recognise the lines that wait for it by one rule.

        Several people for one key make the line ambiguous. Archived people count only where
        nobody else answers, so that nobody who was archived is created again.
        """
        People = self._get_people()
        active = SQL("TRUE")
        if People._active_name:
            active = People._field_to_sql(query.table, People._active_name)
        people = query.select(
            SQL("%s AS id", SQL.identifier(query.table, "id")),
            SQL("%s AS key", person_key),
            SQL("%s AS active", active),
        )
        self.env.cr.execute(
            SQL(
                """
                WITH counted AS (
                    SELECT people.key, count(*) AS total, min(people.id) AS id,
                           count(*) FILTER (WHERE people.active) AS active_total,
                           min(people.id) FILTER (WHERE people.active) AS active_id
                      FROM (%(people)s) AS people
                     WHERE people.key IN (SELECT %(line_key)s
                                            FROM crm_campaign_import_stage s
                                           WHERE s.status IS NULL)
                  GROUP BY people.key
                ), found AS (
                    SELECT key, COALESCE(active_id, id) AS id,
                           CASE WHEN active_total > 0 THEN active_total ELSE total END AS total
                      FROM counted
                )
                UPDATE crm_campaign_import_stage s
                   SET status = CASE WHEN found.total = 1 THEN 'matched' ELSE 'ambiguous' END,
                       reason = CASE WHEN found.total = 1 THEN %(code)s ELSE 'ambiguous' END,
                       res_id = CASE WHEN found.total = 1 THEN found.id END,
                       number = found.total
                  FROM found
                 WHERE s.status IS NULL AND found.key = %(line_key)s
                """,
                people=people,
                line_key=line_key,
                code=code,
            )
        )

    def _normalise_phones(self):
        """Give the lines that still wait the phone as the host writes it, in the import's country.

        Only those: the host reads some thousands of numbers a second.
        """
        country = self.company_id.country_id
        Partner = self.env["res.partner"]
        last = 0
        while rows := self.env.execute_query(
            SQL(
                """
                SELECT line_number, phone FROM crm_campaign_import_stage
                 WHERE status IS NULL AND phone IS NOT NULL AND line_number > %s
              ORDER BY line_number LIMIT %s
                """,
                last,
                self._chunk_size,
            )
        ):
            last = rows[-1][0]
            keys = [
                Partner._phone_format(number=phone, country=country) or None
                for _line, phone in rows
            ]
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE crm_campaign_import_stage s SET phone_key = read.key
                      FROM unnest(%s, %s::text[]) AS read (line_number, key)
                     WHERE s.line_number = read.line_number
                    """,
                    [line for line, _phone in rows],
                    keys,
                )
            )

    def _mark_repeated(self, key, condition):
        """Mark the lines that repeat an earlier one.

        :param SQL key: what they have in common, over alias ``s``; NULL is nothing
        :param SQL condition: lines that are looked at
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_import_stage repeated
                   SET status = 'duplicate', reason = 'duplicate', number = first.line_number
                  FROM (SELECT s.line_number AS own_number,
                               min(s.line_number) OVER (PARTITION BY %(key)s) AS line_number
                          FROM crm_campaign_import_stage s
                         WHERE %(key)s IS NOT NULL AND %(condition)s) AS first
                 WHERE repeated.line_number = first.own_number
                   AND first.own_number != first.line_number
                """,
                key=key,
                condition=condition,
            )
        )
