# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Contacts whom several operations of a week concern, to list them from the planning."""

    _inherit = "res.partner"

    campaign_pressure = fields.Char(
        store=False,
        search="_search_campaign_pressure",
        groups="crm_campaign.crm_campaign_group_user",
        export_string_translation=False,
    )

    # === SEARCH METHODS === #

    @api.model
    def _search_campaign_pressure(self, operator, value):
        if operator != "in":
            return NotImplemented
        Planning = self.env["crm.campaign.planning"]
        return Domain.OR(Planning._get_pressed_domain(week) for week in value)
