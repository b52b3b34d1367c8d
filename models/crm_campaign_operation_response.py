# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

HELP = "People who answered, by kind of answer; brought up to date every minute."


class CrmCampaignOperation(models.Model):
    """The way from an operation to its responses."""

    _inherit = "crm.campaign.operation"

    response_count = fields.Integer(string="Responses", readonly=True, copy=False, help=HELP)

    def action_view_responses(self):
        """Open the responses to the operation."""
        self.ensure_one()
        return self.env["crm.campaign.response"]._prepare_action(
            self.name,
            [("operation_id", "=", self.id)],
            {"default_operation_id": self.id, "default_campaign_id": self.campaign_id.id},
        )


class CrmCampaign(models.Model):
    """The way from a campaign to its responses."""

    _inherit = "crm.campaign"

    response_count = fields.Integer(string="Responses", readonly=True, copy=False, help=HELP)

    def action_view_responses(self):
        """Open the responses to all operations of the campaign, and to the campaign itself."""
        self.ensure_one()
        return self.env["crm.campaign.response"]._prepare_action(
            self.title, [("campaign_id", "=", self.id)], {"default_campaign_id": self.id}
        )


class CrmCampaignResponse(models.Model):
    _inherit = "crm.campaign.response"

    @api.model
    def _prepare_action(self, name, domain, context):
        """Prepare the action that opens some responses.

        :param str name: title
        :param list domain: which ones
        :param dict context: defaults of one that is entered there
        :rtype: dict
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_response_action"
        )
        return {
            **action,
            "name": self.env._("Responses: %s", name),
            "domain": domain,
            "context": context,
        }
