# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class CrmCampaignRecount(models.Model):
    """The executions of which something happened are those that may have got responses."""

    _inherit = "crm.campaign.recount"

    @api.model
    def _take(self):
        # EXTENDS crm_campaign — replies and clicks become responses, all of a minute at once
        executions = super()._take()
        self.env["crm.campaign.response"]._note_returns(executions)
        return executions


class CrmCampaignExecution(models.Model):
    """Responses are counted by the job that counts recipients."""

    _inherit = "crm.campaign.execution"

    @api.model
    def _cron_refresh_counters(self):
        # EXTENDS crm_campaign — then leads, and the figures of responses
        done = super()._cron_refresh_counters()
        responses = self.env["crm.campaign.response"]
        leads = responses._note_leads()
        responses._count_new()
        totals = self.env["crm.campaign.total"]
        totals._rebuild_leads(self.env["crm.campaign.recount"]._take_leads())
        self.env["ir.cron"]._commit_progress(leads, remaining=0)
        return done
