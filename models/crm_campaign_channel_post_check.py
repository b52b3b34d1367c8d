# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class CrmCampaignChannelPost(models.AbstractModel):
    """Checks of letters: those that cannot be laid out, and those of several pages."""

    _inherit = "crm.campaign.channel.post"

    # Laying a letter out takes milliseconds.
    _check_batch_size = 100

    @api.model
    def _inspect_recipients(self, execution, recipients):
        part, errors = self._make_part(execution, recipients)
        findings = [(recipient_id, "error", words) for recipient_id, words in errors.items()]
        if part:
            _name, _content, places = part
            findings += [
                (recipient_id, "long_letter", str(pages))
                for recipient_id, (_position, pages) in places.items()
                if pages > 1
            ]
        return findings
