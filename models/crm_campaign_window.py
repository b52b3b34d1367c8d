# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import send_window
from .crm_campaign_weekdays_mixin import WEEKDAYS


class CrmCampaignWindow(models.Model):
    """Days and hours at which messages may leave, in the time zone that an operation names.

    Shared by operations; a change counts at once for those under way. Written by its author and by
    marketing managers.
    """

    _name = "crm.campaign.window"
    _description = "Sending Hours"
    _inherit = ["crm.campaign.weekdays.mixin"]
    _order = "name, id"
    _default_weekdays = ("mon", "tue", "wed", "thu", "fri")

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    hour_from = fields.Float(string="Starts At", required=True, default=9.0)
    hour_to = fields.Float(
        string="Ends At",
        required=True,
        default=18.0,
        help="An hour before the first one is on the next day.",
    )

    # === CONSTRAINTS === #

    @api.constrains(*WEEKDAYS, "hour_from", "hour_to")
    def _check_opens(self):
        for window in self:
            try:
                send_window.check(window._get_window("UTC"))
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” never opens: choose a day at least, and hours between 0:00 and "
                        "24:00 that differ.",
                        name=window.name,
                    )
                ) from error

    # === CRUD METHODS === #

    def write(self, vals):
        done = super().write(vals)
        # Superuser: technical jobs; what is under way may be free to leave now.
        self.env["crm.campaign.execution"].sudo()._trigger_sender()
        return done

    # === BUSINESS METHODS === #

    def _get_window(self, zone):
        """Return the hours as ``tools/send_window.py`` knows them.

        :param str zone: name of the time zone
        :rtype: Window
        """
        self.ensure_one()
        return send_window.Window(
            self._get_weekdays(),
            round(self.hour_from * 60),
            round(self.hour_to * 60),
            zone,
        )
