# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re

from lxml import etree

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.rendering_tools import parse_inline_template

from ..fragment import read_fragment
from .crm_campaign_channel_email_rendering import get_value

# What the host says of an expression that fails, with addresses in memory in between.
FAILURE = re.compile(r"Error while rendering.*?\n\s*(.+?)\n.*?Element: (.+?)(?:\n|$)", re.DOTALL)
PATH = re.compile(r"object(?:\.[A-Za-z_]\w*)+")


class CrmCampaignExecution(models.Model):
    """The messages of a departure, made and looked at before it: in batches, nothing kept."""

    _inherit = "crm.campaign.execution"

    def _get_included_sql(self):
        """Give who would receive, in four bytes a person, in the order of their ids.

        :return: select of one value
        :rtype: SQL
        """
        return SQL(
            "SELECT string_agg(int4send(person_id), ''::bytea ORDER BY person_id)"
            " FROM (%s) AS frozen WHERE exclusion IS NULL",
            self._get_frozen_sql(),
        )

    def _inspect_people(self, person_ids):
        """Make the messages of some people of a lent execution, and find what is wrong with them.

        :param person_ids: ids of the target's model; at most a batch
        :return: triples of person id, kind and detail; see ``_inspect_recipients`` of channels
        :rtype: list[tuple[int, str, str]]
        """
        self.ensure_one()
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            recipients = self._insert_people(person_ids)
            findings = self._get_channel()._inspect_recipients(self, recipients)
            findings += self._find_empty_fields(recipients)
            persons = {recipient.id: recipient.res_id for recipient in recipients}
            return [
                (persons[key], kind, self._shorten_words(detail)) for key, kind, detail in findings
            ]
        finally:
            savepoint.close(rollback=True)
            recipients.invalidate_model(flush=False)

    @api.model
    def _shorten_words(self, detail):
        """Keep of what the host says of a failure what tells one failure from another.

        :rtype: str
        """
        failure = FAILURE.search(detail)
        return f"{failure[1]} · {failure[2]}" if failure else detail

    def _insert_people(self, person_ids):
        """Make the rows of people who were found to receive, without asking why once more.

        :return: the recipients; who was deleted meanwhile, or lost the address, is left out
        """
        People = self.target_id._get_people(self.user_id, self.company_id)
        query = People._search([("id", "in", list(person_ids))])
        partner = self._get_partner_sql(query)
        selected = query.select(
            SQL("%s AS person_id", SQL.identifier(query.table, "id")),
            SQL("%s AS partner_id", partner),
            SQL("%s AS company_partner_id", self._get_company_partner_sql(query, partner)),
            SQL("%s AS address", self._get_address_sql(query)),
            SQL("NULL::varchar AS exclusion"),
        )
        frozen = SQL("SELECT * FROM (%s) AS s WHERE address IS NOT NULL ORDER BY 1", selected)
        self.env.cr.execute(
            SQL("%s ON CONFLICT DO NOTHING RETURNING id", self._get_insert_sql(frozen))
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        return self.env["crm.campaign.recipient"].browse(ids)

    # === MERGE FIELDS === #

    def _find_empty_fields(self, recipients):
        """Find the merge fields that have no value, for each recipient.

        :return: triples of recipient id, ``empty_field`` (``fallback`` when another text stands
            in) and the expression
        :rtype: list[tuple[int, str, str]]
        """
        # The responsible user's rights decide what a template may show.
        records = recipients.with_user(self.user_id).with_context(
            allowed_company_ids=self.company_id.ids
        )
        # Superuser: which merge fields the texts of the departure use.
        template = self._get_template().sudo()
        paths = {
            lang: self._get_merge_paths(template._get_translation(lang))
            for lang in recipients.grouped("lang")
        }
        findings = []
        for record in records:
            try:
                findings += [
                    (record.id, kind, expression)
                    for expression, (path, kind) in paths[record.lang].items()
                    if not get_value(record, path, "")
                ]
            except Exception:  # noqa: BLE001 - what cannot be read was found when it was rendered
                continue
        return findings

    @api.model
    def _get_merge_paths(self, template):
        """Find the merge fields of a template that are plain paths of fields.

        :return: expression -> path of fields and kind of finding when it is empty
        :rtype: dict[str, tuple[list[str], str]]
        """
        paths = {}
        for expression, fallback in self._read_merge_fields(template):
            expression = expression.strip()
            if not PATH.fullmatch(expression):
                continue
            kind = "fallback" if fallback.strip() else "empty_field"
            if expression not in paths or kind == "empty_field":
                paths[expression] = (expression.split(".")[1:], kind)
        return paths

    @api.model
    def _read_merge_fields(self, template):
        """List the merge fields of a template that its channel uses.

        :return: pairs of expression and fallback
        :rtype: list[tuple[str, str]]
        """
        is_sms = template.channel == "sms"
        text = template.body_text if is_sms else template.subject
        found = [
            (expression, fallback or "")
            for _literal, expression, fallback in parse_inline_template(str(text or ""))
            if expression
        ]
        if not is_sms and template.body_html:
            for node in read_fragment(template.body_html).iter(etree.Element):
                if expression := node.get("t-out") or node.get("t-esc"):
                    found.append((expression, " ".join(node.itertext())))
        return found
