# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class CrmCampaignOperationAssistant(models.TransientModel):
    """A word of warning while a budget is typed: the campaign's plan is not a limit."""

    _inherit = "crm.campaign.operation.assistant"

    budget_warning = fields.Char(compute="_compute_budget_warning", export_string_translation=False)

    @api.depends("campaign_id", "budget", "currency_id", "date_start")
    @api.depends_context("lang")
    def _compute_budget_warning(self):
        for assistant in self:
            assistant.budget_warning = assistant._get_budget_warning()

    def _get_budget_warning(self):
        """Say what is left of the campaign's plan when the budget exceeds it.

        :rtype: str | bool
        """
        campaign, currency = self.campaign_id, self.campaign_id.currency_id
        budget = self._get_budget_in_campaign()
        left = campaign.budget_remaining
        if not (campaign.budget_planned and budget and currency.compare_amounts(budget, left) > 0):
            return False
        if left <= 0:
            return self.env._(
                "Nothing is left of the budget of “%(campaign)s”: this operation exceeds it by "
                "%(budget)s more.",
                campaign=campaign.title,
                budget=currency.format(budget),
            )
        return self.env._(
            "%(left)s are left of the budget of “%(campaign)s”: this operation exceeds it by "
            "%(excess)s.",
            left=currency.format(left),
            campaign=campaign.title,
            excess=currency.format(budget - left),
        )

    def _get_budget_in_campaign(self):
        """Convert the budget at the rate of the day of departure, where the user is.

        :rtype: float
        """
        if not self.budget or not self.currency_id or not self.campaign_id.currency_id:
            return 0.0
        moment = self.date_start or fields.Datetime.now()
        return self.currency_id._convert(
            self.budget,
            self.campaign_id.currency_id,
            self.company_id or self.env.company,
            fields.Datetime.context_timestamp(self, moment).date(),
        )
