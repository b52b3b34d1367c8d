# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


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

    def _merge_dependences(self, opportunities):
        # EXTENDS crm_campaign — so do the responses
        done = super()._merge_dependences(opportunities)
        if opportunities:
            # Superuser: who may merge leads may merge what is known of them.
            self.env["crm.campaign.response"].sudo()._merge_people(
                "lead_id", [*opportunities.ids, self.id], self.id
            )
        return done
