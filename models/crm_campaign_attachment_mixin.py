# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command


class CrmCampaignAttachmentMixin(models.AbstractModel):
    """Files that go with a message. They belong to the record: who reads it reads them."""

    _name = "crm.campaign.attachment.mixin"
    _description = "Campaign Attachments"

    # Most megabytes of the attachments of one message.
    _attachments_mb = 10

    attachment_ids = fields.Many2many(
        "ir.attachment", string="Attachments", copy=False, bypass_search_access=True
    )

    # === CONSTRAINTS === #

    @api.constrains("attachment_ids")
    def _check_attachments_size(self):
        for record in self:
            record._assert_attachments_fit(record.attachment_ids)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.filtered("attachment_ids")._adopt_attachments()
        return records

    def write(self, vals):
        done = super().write(vals)
        if "attachment_ids" in vals:
            self._adopt_attachments()
        return done

    def copy(self, default=None):
        copies = super().copy(default)
        if "attachment_ids" not in (default or {}):
            for record, copied in zip(self, copies, strict=True):
                copied.attachment_ids = [
                    Command.link(file.copy({"res_model": self._name, "res_id": copied.id}).id)
                    for file in record.attachment_ids
                ]
        return copies

    # === BUSINESS METHODS === #

    def _adopt_attachments(self):
        """Make files that were uploaded for a record its own, and refuse those of others.

        :raise AccessError: a file that the user may not read
        """
        for record in self:
            record.attachment_ids.check_access("read")
            # Superuser: uploaded before the record existed; the user may read them, as checked.
            new = record.attachment_ids.sudo().filtered(lambda file: not file.res_id)
            new.write({"res_model": self._name, "res_id": record.id})

    @api.model
    def _assert_attachments_fit(self, files):
        """Check that files are files, and small enough together.

        :raise ValidationError: says how big they are and may be
        """
        # Superuser: sizes only, of files that the record already has.
        files = files.sudo()
        links = files.filtered(lambda file: file.type != "binary")
        if links:
            raise ValidationError(
                self.env._("“%(name)s” is a link, not a file.", name=links[0].name)
            )
        # Superuser: a setting of the server, of which nothing is shown but its value.
        parameters = self.env["ir.config_parameter"].sudo()
        limit = float(parameters.get_param("crm_campaign.attachments_mb") or self._attachments_mb)
        size = sum(files.mapped("file_size")) / 1e6
        if size > limit:
            raise ValidationError(
                self.env._(
                    "The attachments take %(size).1f MB, %(limit).1f MB are allowed: many mail "
                    "servers refuse bigger messages. Put a link to the file into the message.",
                    size=size,
                    limit=limit,
                )
            )
