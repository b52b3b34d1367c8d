# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class CrmCampaignClaim(models.Model):
    """A claim of a sender that lives, or died without notice. See ``claim.py``, its only writer.

    The table is unlogged: PostgreSQL empties it when it recovers from a crash, and keeps it over an
    orderly restart. A row that is gone thus tells that answers may have been lost.
    """

    _name = "crm.campaign.claim"
    _description = "Campaign Sender Claim"
    _log_access = False

    execution_id = fields.Integer(required=True)
    claimed_at = fields.Datetime(required=True)

    # Two claims of one name would be taken for each other when one of them ends.
    _name_uniq = models.UniqueIndex("(execution_id, claimed_at)")

    def init(self):
        self.env.cr.execute("ALTER TABLE crm_campaign_claim SET UNLOGGED")
