# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import FILE_FORMATS


class CrmCampaignExecution(models.Model):
    """What executions keep whose product is a document: letters, a file."""

    _inherit = "crm.campaign.execution"

    # Content copied at departure
    frozen_subject = fields.Char(readonly=True, export_string_translation=False)
    frozen_body = fields.Html(sanitize=False, readonly=True, export_string_translation=False)
    file_format = fields.Selection(FILE_FORMATS, readonly=True)
    # [[heading, expression], ...]
    file_columns = fields.Json(readonly=True)
    # The channel's own words for its figures
    way_words = fields.Char(compute="_compute_words", export_string_translation=False)
    pending_words = fields.Char(compute="_compute_words", export_string_translation=False)
    sent_words = fields.Char(compute="_compute_words", export_string_translation=False)
    back_words = fields.Char(compute="_compute_words", export_string_translation=False)
    part_count = fields.Integer(
        string="Parts",
        compute="_compute_part_count",
        help="Letters are made in parts, each of which is a document.",
    )
    file_ids = fields.Many2many("ir.attachment", string="Files", compute="_compute_file_ids")

    # === COMPUTE METHODS === #

    @api.depends("frozen_subject", "frozen_body")
    def _compute_content(self):
        # EXTENDS crm_campaign — letters have no mailing of the host
        result = super()._compute_content()
        for execution in self.filtered(lambda run: not run.mailing_id):
            execution.subject = execution.frozen_subject
            execution.body_html = execution.frozen_body
        return result

    @api.depends("channel")
    def _compute_words(self):
        for execution in self:
            words = execution._get_channel()._get_words() if execution.channel else {}
            for name in ("way", "pending", "sent", "back"):
                execution[f"{name}_words"] = words.get(name)

    def _compute_part_count(self):
        """Count the documents of letters; files have one, whatever its parts."""
        posts = self.filtered(lambda run: run.channel == "post")
        # Superuser: who reads an execution may know of its parts; they are read one by one.
        counts = dict(
            self.env["ir.attachment"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", posts.ids),
                    ("res_field", "=", False),
                ],
                ["res_id"],
                ["__count"],
            )
        )
        for execution in self:
            execution.part_count = counts.get(execution.id, 0)

    def _compute_file_ids(self):
        """Find the complete files; their parts are not shown."""
        Attachment = self.env["ir.attachment"]
        for execution in self:
            execution.file_ids = execution.channel == "file" and Attachment.search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", execution.id),
                    ("name", "not like", self.env["crm.campaign.channel.file"]._part_prefix + "%"),
                ],
                order="id desc",
            )

    # === ACTION METHODS === #

    def action_download_letters(self):
        """Download the letters that are made, in one document."""
        self.ensure_one()
        if not self.sent_count:
            raise UserError(
                self.env._("No letter is made yet: the job makes them one after the other.")
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm_campaign/execution/{self.id}/letters.pdf",
            "target": "download",
        }

    def action_download_parts(self):
        """Download the letters that are made, as an archive of their parts."""
        action = self.action_download_letters()
        return {**action, "url": f"/crm_campaign/execution/{self.id}/letters.zip"}

    def action_download_file(self):
        """Download the latest file."""
        self.ensure_one()
        if not self.file_ids:
            raise UserError(self.env._("The file is not made yet."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.file_ids[0].id}?download=true",
            "target": "download",
        }

    def action_print_labels(self):
        """Choose a sheet of labels for the people of the execution."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Print Labels"),
            "res_model": "crm.campaign.label.print",
            "view_mode": "form",
            "target": "new",
            "context": {"default_execution_id": self.id},
        }

    # === HELPERS === #

    def _get_departure_day(self):
        """Return the day of departure in the time zone of the author.

        :rtype: datetime.date
        """
        self.ensure_one()
        author = self.user_id.sudo()
        moment = self.started_at or fields.Datetime.now()
        return fields.Datetime.context_timestamp(self.with_context(tz=author.tz), moment).date()
