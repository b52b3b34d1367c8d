# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import logging

import psycopg2

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.people_file import CELL_LENGTH, PeopleFileError

_logger = logging.getLogger(__name__)

# Creating people writes nothing in their chatter and makes nobody follow them.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


class CrmCampaignTargetImport(models.Model):
    """What is made of the lines that nobody answers, and what is kept of them all."""

    _inherit = "crm.campaign.target.import"

    _create_size = 500

    # === BUSINESS METHODS - UNKNOWN PEOPLE === #

    def _settle_unknown_lines(self):
        """Reject what cannot be created; of the rest, lines for one person make one person.

        :raise UserError: more new people than one file may create
        """
        create = self.create_missing
        self._reject(SQL("s.email IS NOT NULL AND s.email_key IS NULL"), "invalid_email")
        if not create:
            self._reject(SQL("TRUE"), "unknown")
            return
        self._reject(SQL("COALESCE(%s, s.email) IS NULL", self._get_line_name()), "nameless")
        query = self._get_people()._search([])
        for _code, line_key, _person_key in self._get_rules(query):
            self._mark_repeated(line_key, SQL("s.status IS NULL"))
        [(count,)] = self.env.execute_query(
            SQL("SELECT count(*) FROM crm_campaign_import_stage WHERE status IS NULL")
        )
        if count > self._max_new_people:
            raise UserError(
                self.env._(
                    "%(count)s people of this file are unknown, more than the %(limit)s that a "
                    "file may create here: import them as contacts first, then this file again.",
                    count=count,
                    limit=self._max_new_people,
                )
            )

    def _reject(self, condition, reason):
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_import_stage s SET status = 'rejected', reason = %s
                 WHERE s.status IS NULL AND %s
                """,
                reason,
                condition,
            )
        )

    def _create_people(self):
        """Create who is left, some hundreds at a time, with the rights of the author."""
        if not self.create_missing:
            return
        self._find_parents()
        People = self._get_people().with_context(**QUIET)
        while lines := self._take_unknown_lines():
            people = People.create([self._prepare_partner_vals(line) for line in lines])
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE crm_campaign_import_stage s
                       SET status = 'created', reason = 'created', res_id = made.id
                      FROM unnest(%s, %s) AS made (line_number, id)
                     WHERE s.line_number = made.line_number
                    """,
                    [line["line_number"] for line in lines],
                    people.ids,
                )
            )
            self.env.invalidate_all()
        self._follow_repeated_lines()

    def _take_unknown_lines(self):
        """Return the next lines to create people from, as dicts of their columns."""
        names = ("line_number", "reference", "email", "phone", "name", "company", "parent_id")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %s FROM crm_campaign_import_stage
                 WHERE status IS NULL ORDER BY line_number LIMIT %s
                """,
                SQL(", ").join(map(SQL.identifier, names)),
                self._create_size,
            )
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _find_parents(self):
        """Find the companies named in lines: those of which the author sees exactly one."""
        if self.record_kind == "company":
            return
        Company = self._get_people().with_context(active_test=True)
        query = Company._search([("is_company", "=", True)])
        companies = query.select(
            SQL("%s AS id", SQL.identifier(query.table, "id")),
            SQL("%s AS key", self._fold([Company._field_to_sql(query.table, "name")])),
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_import_stage s SET parent_id = known.id
                  FROM (SELECT key, min(id) AS id FROM (%s) AS companies
                      GROUP BY key HAVING count(*) = 1) AS known
                 WHERE s.status IS NULL AND s.name IS NOT NULL AND known.key = %s
                """,
                companies,
                self._fold([SQL("s.company")]),
            )
        )

    def _prepare_partner_vals(self, line):
        """Give the values of a person created from a line. Extended by integrators.

        :param dict line: ``line_number``, ``reference``, ``email``, ``phone``, ``name``,
            ``company`` as in the file or None, and ``parent_id``: the one company of that name
        :rtype: dict
        """
        alone = not line["name"] and line["company"] and self.record_kind != "contact"
        is_company = self.record_kind == "company" or bool(alone)
        vals = {
            "name": line["name"] or (is_company and line["company"]) or line["email"],
            "ref": line["reference"],
            "email": line["email"],
            "phone": line["phone"],
            "is_company": is_company,
        }
        if not is_company:
            vals["parent_id"] = line["parent_id"]
            vals["company_name"] = not line["parent_id"] and line["company"]
        return vals

    def _follow_repeated_lines(self):
        """Give repeated lines the person of the line that they repeat; they may be chained."""
        for _rule in range(4):
            self.env.cr.execute(
                """
                UPDATE crm_campaign_import_stage repeated SET res_id = first.res_id
                  FROM crm_campaign_import_stage first
                 WHERE repeated.status = 'duplicate' AND repeated.res_id IS NULL
                   AND first.line_number = repeated.number
                """
            )

    # === BUSINESS METHODS - RESULT === #

    def _save_members(self):
        """Note the people in the target; those of earlier files go first if that was asked.

        A file that means nobody replaces nobody.
        """
        people = SQL(
            "SELECT DISTINCT res_id FROM crm_campaign_import_stage"
            " WHERE status IN ('matched', 'created')"
        )
        if self.replace:
            self.env.cr.execute(
                SQL(
                    """
                    DELETE FROM crm_campaign_target_member
                     WHERE target_id = %s AND origin = 'import' AND EXISTS (%s)
                    """,
                    self.target_id.id,
                    people,
                )
            )
        Member = self.env["crm.campaign.target.member"]
        Member.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_campaign_target_member
                            (target_id, res_id, origin,
                             create_uid, create_date, write_uid, write_date)
                SELECT %(target)s, people.res_id, 'import', %(user)s, %(now)s, %(user)s, %(now)s
                  FROM (%(people)s) AS people
                 ORDER BY people.res_id
                    ON CONFLICT (target_id, res_id) WHERE origin = 'import' DO NOTHING
                """,
                target=self.target_id.id,
                user=self.env.uid,
                now=fields.Datetime.now(),
                people=people,
            )
        )
        Member.invalidate_model()
        self.target_id.invalidate_recordset(["import_count"])
        self.target_id._forget_figures()

    def _save_lines(self):
        """Write the report and its figures; the import is done."""
        reasons = self._get_reasons()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_campaign_target_import_line
                            (import_id, line_number, reference, email, phone, name, company,
                             status, res_id, message)
                SELECT %s, s.line_number, s.reference, s.email, s.phone, s.name, s.company,
                       s.status, s.res_id,
                       replace(why.text, '{number}', COALESCE(s.number, 0)::text)
                  FROM crm_campaign_import_stage s
             LEFT JOIN unnest(%s, %s) AS why (reason, text) ON why.reason = s.reason
                 ORDER BY s.line_number
                """,
                self.id,
                list(reasons),
                list(reasons.values()),
            )
        )
        counts = dict(
            self.env.execute_query(
                SQL("SELECT status, count(*) FROM crm_campaign_import_stage GROUP BY status")
            )
        )
        self.env.cr.execute("DROP TABLE crm_campaign_import_stage")
        self.env["crm.campaign.target.import.line"].invalidate_model()
        self._finish(counts)

    def _finish(self, counts):
        """:param counts: status of a line -> number of lines"""
        nobody = not counts.get("matched") and not counts.get("created")
        # Superuser: what the import writes about itself.
        self.sudo().write(
            {
                **{
                    f"{status}_count": counts.get(status, 0)
                    for status in ("matched", "created", "ambiguous", "rejected", "duplicate")
                },
                "line_count": sum(counts.values()),
                "state": "done",
                "finished_at": fields.Datetime.now(),
                "error_message": nobody
                and self.env._("Nobody was recognised: the target is as it was."),
            }
        )

    # === HELPERS - WORDS === #

    def _get_reasons(self):
        """Give the sentence behind each word of column ``reason``. Extended by integrators.

        Where ``{number}`` stands, the figure of the line comes.

        :rtype: dict[str, str]
        """
        return {
            "reference": self.env._("By reference"),
            "email": self.env._("By email"),
            "phone": self.env._("By phone"),
            "name": self.env._("By name and company"),
            "created": self.env._("Unknown so far"),
            "ambiguous": self.env._("%(count)s people answer to it", count="{number}"),
            "duplicate": self.env._("Already on line %(line)s", line="{number}"),
            "unknown": self.env._("Nobody answers to it"),
            "invalid_email": self.env._("Not an email address"),
            "nameless": self.env._("Neither name nor email: nobody can be created from it"),
            "blank": self.env._("Nothing in the columns that are read"),
            "formula": self.env._("A cell is a formula: put its value instead"),
            "control": self.env._("A cell holds a character that is no text"),
            "too_long": self.env._(
                "A cell is longer than %(length)s characters", length=CELL_LENGTH
            ),
        }

    def _describe_error(self, error):
        """Put in words why the whole file was refused.

        :rtype: str
        """
        if isinstance(error, PeopleFileError):
            return self._describe_file_error(error)
        if isinstance(error, UserError):
            return str(error)
        _logger.warning("Import %s failed", self.id, exc_info=True)
        if isinstance(error, psycopg2.Error):
            return self._get_people()._sql_error_to_message(error)
        return self.env._(
            "Something unexpected happened (%s): nothing was imported.", type(error).__name__
        )

    def _describe_file_error(self, error):
        details = error.details
        line = details.get("line") or 0
        accepted = "; ".join(": ".join(pair) for pair in self._get_accepted_headers())
        return {
            "empty": self.env._("The file holds no lines below its headers."),
            "no_headers": self.env._(
                "No column is recognised. The first line says: %(found)s. It must name columns "
                "such as: %(accepted)s.",
                found=", ".join(f"“{header}”" for header in details.get("found", ())),
                accepted=accepted,
            ),
            "too_many_lines": self.env._(
                "The file has more than %(limit)s lines: split it.", limit=details.get("limit")
            ),
            "not_text": self.env._("This is neither a CSV file nor an XLSX workbook."),
            "encoding": self.env._(
                "The characters of the file cannot be read (line %(line)s): save it as CSV UTF-8.",
                line=line or "?",
            ),
            "nul": self.env._(
                "Line %(line)s holds a null character: the file is damaged, or no text.", line=line
            ),
            "quotes": self.env._(
                "The quotes of line %(line)s are not closed, or not doubled within a text.",
                line=line,
            ),
            "old_workbook": self.env._("This is an old Excel workbook: save it as XLSX or CSV."),
            "bomb": self.env._(
                "This workbook would unpack to far more than it seems to hold: save it as CSV."
            ),
            "entities": self.env._(
                "This workbook declares XML entities, which no spreadsheet program does."
            ),
            "not_workbook": self.env._("This workbook is damaged, or no XLSX workbook."),
        }[error.code]
