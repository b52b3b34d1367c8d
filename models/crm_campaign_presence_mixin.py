# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models

from ..const import PRESS_KINDS


class CrmCampaignPresenceMixin(models.AbstractModel):
    """Where we are seen: the fields of a trade show and of a press campaign.

    The operation has them, and the assistant that prepares it.
    """

    _name = "crm.campaign.presence.mixin"
    _description = "Trade Show and Press"

    # Trade show
    show_venue = fields.Char(string="Venue")
    show_stand = fields.Char(string="Stand")
    show_organiser_id = fields.Many2one("res.partner", string="Organiser")
    show_team_ids = fields.Many2many(
        "res.users",
        string="Team",
        domain=[("share", "=", False)],
        help="Colleagues who are on the stand.",
    )
    show_visitors_expected = fields.Integer(string="Expected Visitors")
    show_visitors_real = fields.Integer(
        string="Real Visitors",
        copy=False,
        help="Counted on the stand, whether one knows who they were or not.",
    )
    # Press
    press_medium = fields.Char(string="Medium", help="Newspaper, magazine, website, radio…")
    press_kind = fields.Selection(PRESS_KINDS, string="Kind of Insertion", default="advert")
    press_issue_date = fields.Date(string="Date of the Issue")
    press_publication_date = fields.Date(
        string="Published On", help="Day on which the insertion really came out."
    )
    press_format = fields.Char(string="Format")
    press_reference = fields.Char(string="Reference")
    press_contact_id = fields.Many2one("res.partner", help="Whom to speak to at the medium.")

    @api.model
    def _get_presence_fields(self):
        """Name the fields of this mixin: what the assistant hands over to the operation.

        Extended by integrators.

        :rtype: list[str]
        """
        return [name for name in self._fields if name.startswith(("show_", "press_"))]
