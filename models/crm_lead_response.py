# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

# What the figures of a campaign depend on.
COUNTED = {
    "active",
    "campaign_id",
    "campaign_operation_id",
    "company_id",
    "date_closed",
    "expected_revenue",
    "probability",
    "stage_id",
}


class CrmLead(models.Model):
    """To which operation a lead is attributed. Written by what makes leads and by the job."""

    _inherit = "crm.lead"

    campaign_operation_id = fields.Many2one(
        "crm.campaign.operation",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="crm_campaign.crm_campaign_group_user",
        help="A lead counts for one operation only: the one that made it (a call, a public page), "
        "else the last one of its campaign that reached its contact before the lead was made. "
        "Without such an operation it counts for the campaign alone.",
    )
    # Campaign for which the operation was worked out
    campaign_attributed_id = fields.Many2one(
        "utm.campaign",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_system",
        export_string_translation=False,
    )

    # Leads to attribute: as few as came in within a minute.
    _attribution_idx = models.Index(
        "(campaign_id) WHERE campaign_id IS NOT NULL"
        " AND campaign_attributed_id IS DISTINCT FROM campaign_id"
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS crm — a campaign has new leads
        leads = super().create(vals_list)
        leads._request_recount()
        return leads

    def write(self, vals):
        # EXTENDS crm — leads come, go, are won or lost, or are worth something else
        changed = bool(COUNTED & set(vals))
        # Superuser, here and below: campaigns are counted again, nothing of them is shown.
        before = self.sudo().campaign_id if "campaign_id" in vals else None
        done = super().write(vals)
        if changed:
            self._request_recount(before)
        return done

    def unlink(self):
        # EXTENDS crm — a campaign has fewer leads
        campaigns = self.sudo().campaign_id
        done = super().unlink()
        self.env["crm.campaign.recount"]._request_leads(campaigns)
        return done

    # === BUSINESS METHODS === #

    def _request_recount(self, campaigns=None):
        """Have the job count the leads of the campaigns of self again.

        :param campaigns: other campaigns of the host to count as well
        """
        campaigns = self.sudo().campaign_id | (campaigns or self.env["utm.campaign"])
        self.env["crm.campaign.recount"]._request_leads(campaigns)

    def _merge_dependences(self, opportunities):
        # EXTENDS crm_campaign — so do the responses
        done = super()._merge_dependences(opportunities)
        if opportunities:
            # Superuser: who may merge leads may merge what is known of them.
            self.env["crm.campaign.response"].sudo()._merge_people(
                "lead_id", [*opportunities.ids, self.id], self.id
            )
        return done
