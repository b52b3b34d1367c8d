# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.fields import Domain


class CrmCampaignTargetMixin(models.AbstractModel):
    """Fields to search for the records of a target or of a figure, whatever their number.

    Every model of ``crm.campaign.target._get_models_by_kind`` inherits it: the lists that targets
    and departures open are lists of that model.
    """

    _name = "crm.campaign.target.mixin"
    _description = "Record Held by Targets"

    campaign_target_ids = fields.Many2many(
        "crm.campaign.target",
        string="Campaign Targets",
        store=False,
        search="_search_campaign_target_ids",
        groups="crm_campaign.crm_campaign_group_user",
    )
    campaign_execution_ids = fields.Many2many(
        "crm.campaign.execution",
        string="Recipient Of",
        store=False,
        search="_search_campaign_execution_ids",
        groups="crm_campaign.crm_campaign_group_user",
    )
    campaign_departure = fields.Char(
        store=False,
        search="_search_campaign_departure",
        groups="crm_campaign.crm_campaign_group_user",
        export_string_translation=False,
    )

    # === COMPUTE METHODS === #

    @api.model
    def _search_campaign_target_ids(self, operator, value):
        return self.env["crm.campaign.target"]._get_targets_domain(operator, value)

    @api.model
    def _search_campaign_execution_ids(self, operator, value):
        Execution = self.env["crm.campaign.execution"]
        return Execution._get_people_domain(self._name, operator, value)

    @api.model
    def _search_campaign_departure(self, operator, value):
        if operator != "in":
            return NotImplemented
        Operation = self.env["crm.campaign.operation"]
        return Domain.OR(Operation._get_departure_domain(figure) for figure in value)
