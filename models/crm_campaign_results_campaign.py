# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models

from .crm_campaign_results import LEADS


class CrmCampaign(models.Model):
    """The results of a campaign: those of its operations, and what belongs to none of them."""

    _name = "crm.campaign"
    _inherit = ["crm.campaign", "crm.campaign.results.mixin"]

    def _get_result_operations(self):
        return self.with_context(active_test=False).operation_ids

    def _get_results_domain(self):
        return [("campaign_id", "=", self.id)]

    def _get_leads_action(self, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_lead_action_obtained"
        )
        return {
            **action,
            "name": self.env._("Leads: %s", self.name),
            "domain": [*self.action_view_leads()["domain"], *LEADS[name]],
            "context": {"active_test": False},
        }

    def _get_budget_action(self):
        return self.action_view_budget()
