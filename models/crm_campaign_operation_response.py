# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

HELP = "People who answered, by kind of answer; brought up to date every minute."


class CrmCampaignOperation(models.Model):
    """The way from an operation to its responses, which follow it wherever it goes."""

    _inherit = "crm.campaign.operation"

    response_count = fields.Integer(string="Responses", readonly=True, copy=False, help=HELP)

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS crm_campaign — another campaign gets the responses; leads stay with the first one
        before = self.campaign_id if "campaign_id" in vals else None
        done = super().write(vals)
        if before:
            self._count_campaigns_again(self, before | self.campaign_id)
        return done

    def unlink(self):
        # EXTENDS crm_campaign — responses go along, leads stay with the campaign
        campaigns = self.campaign_id
        done = super().unlink()
        self._count_campaigns_again(self.browse(), campaigns)
        return done

    # === ACTION METHODS === #

    def action_view_responses(self):
        """Open the responses to the operation."""
        self.ensure_one()
        return self.env["crm.campaign.response"]._prepare_action(
            self.name,
            [("operation_id", "=", self.id)],
            {"default_operation_id": self.id, "default_campaign_id": self.campaign_id.id},
        )

    # === BUSINESS METHODS === #

    @api.model
    def _count_campaigns_again(self, operations, campaigns):
        """Count what came of campaigns again, after one of their operations went.

        :param operations: those that are still there
        """
        self.env["crm.campaign.response"]._recount(operations, campaigns)
        # Superuser: which campaigns are counted, nothing of them is shown.
        utm_campaigns = campaigns.sudo().utm_campaign_id
        self.env["crm.campaign.recount"]._request_leads(utm_campaigns)


class CrmCampaign(models.Model):
    """The way from a campaign to its responses."""

    _inherit = "crm.campaign"

    response_count = fields.Integer(string="Responses", readonly=True, copy=False, help=HELP)

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS crm_campaign — days and amounts are those of the company
        done = super().write(vals)
        if "company_id" in vals:
            operations = self.env["crm.campaign.operation"]
            operations._count_campaigns_again(operations, self)
        return done

    # === ACTION METHODS === #

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
