# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import json
import re
import tempfile

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..exceptions import ChannelUnavailable
from ..table_files import write_csv, write_xlsx, write_xml
from ..tools.spreadsheet import neutralise


class CrmCampaignChannelFile(models.AbstractModel):
    """File: recipients with chosen merge fields, for a mail house or another program.

    Each batch keeps its lines; the file itself is written when everybody has their fate. It needs
    no address and asks for no consent: what is done with it is not known here. People without
    consent for letters or emails are left out by targets or by the channels themselves.
    """

    _name = "crm.campaign.channel.file"
    _inherit = "crm.campaign.channel.document"
    _description = "File Channel"

    # Each record is an address of its own.
    _address_column = "res_id"
    _consent_channel = None
    # How names of parts begin; that of a finished file never does.
    _part_prefix = "~lines-"

    @api.model
    def _get_words(self):
        # EXTENDS crm_campaign — its own words
        return {
            "way": self.env._("From the Target to the File"),
            "pending": self.env._("To Write"),
            "sent": self.env._("Lines Written"),
            "back": "",
        }

    # === DEPARTURE === #

    @api.model
    def _check_departure(self, operation):
        """Check that the template says what to write, and that the responsible may export."""
        if not operation.template_id.column_ids:
            raise UserError(
                self.env._(
                    "Template “%(name)s” has no column: choose what the file shows.",
                    name=operation.template_id.name,
                )
            )
        if not operation._get_sender_user().has_group("base.group_allow_export"):
            raise UserError(
                self.env._(
                    "%(user)s may not export data, so no file can be made with their rights.",
                    user=operation._get_sender_user().name,
                )
            )

    @api.model
    def _address_sql(self, query, People):
        """Take the record itself for its address: nobody is without, nobody is twice."""
        return SQL.identifier(query.table, "id")

    @api.model
    def _prepare_execution(self, execution):
        """Freeze format and columns."""
        template = execution.template_id
        # Superuser: executions are made by departures only; see action_dispatch.
        execution.sudo().write(
            {
                "file_format": template.file_format,
                "file_columns": [
                    [column.name, column.expression] for column in template.column_ids
                ],
            }
        )

    # === BATCHES === #

    @api.model
    def _render_sample(self, execution, recipient):
        """Refuse: what goes into a file is looked at in the file.

        :raise UserError: always
        """
        raise UserError(self.env._("A file has no sample to approve: untick “Proof Required”."))

    @api.model
    def _make_part(self, execution, recipients):
        """Look the merge fields of a batch up; one line of JSON a recipient."""
        # What the responsible may not see is in no file of theirs.
        readers = recipients.with_user(execution.user_id)
        readers = readers.with_context(allowed_company_ids=execution.company_id.ids)
        expressions = [expression for _heading, expression in execution.file_columns]
        lines, places, errors = [], {}, {}
        for recipient in readers:
            try:
                texts = [self._look_up(recipient, expression) for expression in expressions]
            except Exception as error:  # noqa: BLE001 - fields of other addons may raise anything
                errors[recipient.id] = str(error) or type(error).__name__
                continue
            places[recipient.id] = (len(lines), 1)
            lines.append(json.dumps([recipient.id, texts], ensure_ascii=False))
        if not lines:
            return None, errors
        name = f"{self._part_prefix}{recipients[:1].id}-{recipients[-1:].id}.txt"
        return (name, "\n".join(lines).encode(), places), errors

    @api.model
    def _look_up(self, recipient, expression):
        """Follow a merge field from a recipient; nothing is evaluated.

        :param str expression: ``object.partner_id.name``
        :return: text, empty when there is no value
        :rtype: str
        """
        value = recipient
        for name in expression.split(".")[1:]:
            value = value[name]
        return value if isinstance(value, str) else str(value or "")

    # === END === #

    @api.model
    def _finish_execution(self, execution):
        """Write the file of everybody who has a line; nothing for what was cancelled.

        :raise ChannelUnavailable: the disk does not take it
        """
        super()._finish_execution(execution)
        places = self.env["crm.campaign.piece"]._read_places(
            SQL("r.execution_id = %s", execution.id)
        )
        if not places or execution.state == "cancelled":
            return
        try:
            with tempfile.TemporaryFile() as stream:
                self._write(execution, stream, places)
                stream.seek(0)
                content = stream.read()
        except OSError as error:
            raise ChannelUnavailable(self.env._("The file could not be written.")) from error
        self._keep_file(execution, self._get_file_name(execution), content)

    @api.model
    def _write(self, execution, stream, places):
        """Write the file of an execution in its format.

        :param places: as ``crm.campaign.piece._read_places`` gives them
        """
        columns = execution.file_columns
        rows = self._read_lines(places)
        if execution.file_format == "xml":
            write_xml(stream, columns, rows, self._describe(execution, len(places)))
            return
        write = {"csv": write_csv, "xlsx": write_xlsx}[execution.file_format]
        headings = [neutralise(heading) for heading, _expression in columns]
        write(stream, headings, ([neutralise(text) for text in texts] for _id, texts in rows))

    @api.model
    def _read_lines(self, places):
        """Give the lines at some places, reading each part once.

        :return: iterator of (recipient id, texts)
        """
        part_id, lines = None, []
        for attachment_id, position, _extent in places:
            if attachment_id != part_id:
                part_id = attachment_id
                part = self.env["ir.attachment"].sudo().browse(part_id)
                lines = part.raw.decode().split("\n")
                part.invalidate_recordset(["raw"])
            yield json.loads(lines[position])

    @api.model
    def _describe(self, execution, count):
        """Give what stands at the head of the XML; see ``static/xsd/recipients.xsd``."""
        return {
            "template": execution.template_id.name,
            "campaign": execution.campaign_id.code or "",
            "operation": execution.operation_id.code or "",
            "login": execution.user_id.login,
            "created": f"{fields.Datetime.now():%Y-%m-%dT%H:%M:%SZ}",
            "count": str(count),
        }

    @api.model
    def _get_file_name(self, execution):
        """Name a file ``<template>_<login>_<date-time>.<ext>``, in the time zone of the author."""
        author = execution.user_id
        moment = fields.Datetime.context_timestamp(
            execution.with_context(tz=author.tz), fields.Datetime.now()
        )
        parts = [execution.template_id.name, author.login, f"{moment:%Y-%m-%d_%H-%M-%S}"]
        # What file systems do not take.
        parts = [re.sub(r"[^\w.@+ -]+|^[.~]+", "-", part).strip() for part in parts]
        return f"{'_'.join(parts)}.{execution.file_format}"
