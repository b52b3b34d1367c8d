# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import SQL


class CrmCampaignCommunication(models.Model):
    """Mass actions told the contact nothing: what they made is on the record itself.

    Those on leads would show, besides, that a lead exists to who may read the contact only.
    """

    _inherit = "crm.campaign.communication"

    @api.model
    def _from(self):
        # EXTENDS crm_campaign — without mass actions
        return SQL("%s WHERE x.channel != 'action'", super()._from())
