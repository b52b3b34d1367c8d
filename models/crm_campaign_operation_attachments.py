# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from hashlib import sha256

from odoo import models


class CrmCampaignOperation(models.Model):
    """Attachments of the messages: the operation's own, after those of its template."""

    _name = "crm.campaign.operation"
    _inherit = ["crm.campaign.operation", "crm.campaign.attachment.mixin"]

    def _get_frozen_fields(self):
        # EXTENDS crm_campaign — what left is not changed any more
        return super()._get_frozen_fields() | {"attachment_ids"}

    def _get_attachments(self):
        """Return the files that go with each message.

        Superuser: whoever may dispatch the operation may send the files of its template.
        """
        self.ensure_one()
        operation_sudo = self.sudo()
        files = operation_sudo.template_id.attachment_ids.sorted("id")
        return files | operation_sudo.attachment_ids.sorted("id")

    def _assert_attachments(self):
        """Check the files of template and operation together.

        :raise ValidationError: they are too big
        """
        self._assert_attachments_fit(self._get_attachments())

    def _get_proof_digest(self):
        # EXTENDS crm_campaign — the files are part of what is approved
        digest = super()._get_proof_digest()
        files = [(file.name, file.checksum) for file in self._get_attachments()]
        return sha256(repr((digest, files)).encode()).hexdigest() if files else digest
