# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.tools import SQL


class CrmCampaignRecipient(models.Model):
    _inherit = "crm.campaign.recipient"

    # Its place among the reasons is its place among the checks.
    exclusion = fields.Selection(
        selection_add=[("archived",), ("cancelled", "Registration Cancelled"), ("no_address",)],
        ondelete={"cancelled": "set archived"},
    )


class CrmCampaignExecution(models.Model):
    _inherit = "crm.campaign.execution"

    def _get_reasons_sql(self, query, address, visible):
        # EXTENDS crm_campaign — who cancelled does not come
        reasons = super()._get_reasons_sql(query, address, visible)
        if self.res_model == "event.registration":
            reasons["cancelled"] = SQL("%s = 'cancel'", SQL.identifier(query.table, "state"))
        return reasons
