# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import html2plaintext


class CrmLead(models.Model):
    """A lead that a mass action obtained: how the list of these shows it."""

    _inherit = "crm.lead"

    obtained_market = fields.Char(string="Market", compute="_compute_obtained_market")
    obtained_company_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Contact's Company"
    )
    obtained_comment = fields.Char(string="Comment", compute="_compute_obtained_comment")
    obtained_closed_at = fields.Datetime(related="date_closed", string="Won or Lost On")

    # === COMPUTE METHODS === #

    @api.depends("tag_ids.name")
    def _compute_obtained_market(self):
        """Say the tags as one text, for exports."""
        for lead in self:
            lead.obtained_market = ", ".join(lead.tag_ids.mapped("name"))

    @api.depends("description")
    def _compute_obtained_comment(self):
        for lead in self:
            lead.obtained_comment = html2plaintext(lead.description or "").strip()

    # === BUSINESS METHODS === #

    def _note_made_in_bulk(self):
        """Do what ``create`` would have done for leads that a mass action inserted.

        Extended by addons whose ``create`` does more than fill in columns. ``self`` is superuser,
        complete, and may be thousands of leads.
        """
        self._request_recount()
