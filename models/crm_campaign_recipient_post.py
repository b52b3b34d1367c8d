# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.exceptions import UserError


class CrmCampaignRecipient(models.Model):
    """What a letter needs of a recipient."""

    _inherit = "crm.campaign.recipient"

    postal_address = fields.Text(
        readonly=True,
        help="As it was at departure: lines in capitals, the code of the country last.",
    )

    # === ACTION METHODS === #

    def action_returned_mail(self):
        """Record letters that came back: nobody writes to these addresses until they change."""
        self._assert_may_decide()
        letters = self.filtered(lambda row: row.postal_address and row.state in ("sent", "bounced"))
        if not letters or letters != self:
            raise UserError(self.env._("Only letters that were printed can come back."))
        letters._mark_bounced(self.env._("Returned by the post"))
        for model, rows in letters.grouped("res_model").items():
            people = self.env[model].browse(rows.mapped("res_id")).exists()
            # Superuser: who answers for an operation notes what became of it on its people.
            owners = people if "mail_returned_on" in people else rows.partner_id
            owners.sudo().mail_returned_on = fields.Date.context_today(self)

    def action_reprint(self):
        """Download the letters of these recipients again, exactly as they were made."""
        self.check_access("read")
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm_campaign/letters.pdf?recipient_ids={ids}",
            "target": "download",
        }
