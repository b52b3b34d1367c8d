# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class CrmCampaignRecipient(models.Model):
    """What a letter needs of a recipient."""

    _inherit = "crm.campaign.recipient"

    postal_address = fields.Text(
        readonly=True,
        help="As it was at departure: lines in capitals, the code of the country last.",
    )

    # As _address_uniq, for letters.
    _postal_address_uniq = models.UniqueIndex(
        "(execution_id, postal_address) WHERE exclusion IS NULL AND postal_address IS NOT NULL",
        "An address may be included only once in an execution.",
    )

    # === ACTION METHODS === #

    def action_reprint(self):
        """Download the letters of these recipients again, exactly as they were made."""
        self.check_access("read")
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm_campaign/letters.pdf?recipient_ids={ids}",
            "target": "download",
        }
