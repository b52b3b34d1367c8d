# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models

from ..tools.sms_parts import count_sms


class CrmCampaignChannelSms(models.AbstractModel):
    """Checks of text messages: those that take more SMS than the text does with its fallbacks."""

    _inherit = "crm.campaign.channel.sms"

    @api.model
    def _inspect_recipients(self, execution, recipients):
        # Superuser: how long the texts of the departure are.
        template = execution._get_template().sudo()
        expected = {
            recipient.id: template._get_translation(recipient.lang).sms_parts
            for recipient in recipients
        }
        findings = []
        for recipient_id, payload in self._prepare_batch(execution, recipients).items():
            if isinstance(payload, str):
                findings.append((recipient_id, "error", payload))
                continue
            parts = count_sms(payload["text"]).parts
            if not payload["text"].strip():
                findings.append((recipient_id, "empty_text", ""))
            elif parts > expected[recipient_id]:
                findings.append((recipient_id, "long_sms", str(parts)))
        return findings
