# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models

from ..const import DOCUMENT_CHANNELS


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

    def _get_departure_fields(self):
        # EXTENDS crm_campaign — no email leaves
        names = super()._get_departure_fields()
        if self.channel in DOCUMENT_CHANNELS:
            return [name for name in names if name != "email_from"]
        return names
