# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.campaign.contact.mixin"]
