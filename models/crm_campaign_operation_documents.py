# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class CrmCampaignOperation(models.Model):
    """What operations need whose product is a document."""

    _inherit = "crm.campaign.operation"

    generic_title = fields.Char(
        tracking=True,
        help="To whom letters to companies are addressed, below the name of the company: "
        "“The Sales Director”.",
    )

    def _get_frozen_fields(self):
        # EXTENDS crm_campaign — it is printed on the letters
        return super()._get_frozen_fields() | {"generic_title"}
