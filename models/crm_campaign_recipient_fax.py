# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class CrmCampaignRecipient(models.Model):
    """What a fax needs of a recipient."""

    _inherit = "crm.campaign.recipient"

    fax = fields.Char(readonly=True)

    # As _address_uniq, for faxes.
    _fax_uniq = models.UniqueIndex(
        "(execution_id, fax) WHERE exclusion IS NULL AND fax IS NOT NULL",
        "A number may be included only once in an execution.",
    )

    @api.depends("fax")
    def _compute_display_name(self):
        # EXTENDS crm_campaign — people without a contact are named by their number
        result = super()._compute_display_name()
        for recipient in self.filtered(lambda row: row.fax and not row.partner_id):
            recipient.display_name = recipient.fax
        return result
