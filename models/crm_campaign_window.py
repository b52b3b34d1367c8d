# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import send_window

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class CrmCampaignWindow(models.Model):
    """Days and hours at which messages may leave, in the time zone that an operation names.

    Shared by operations; a change counts at once for those under way. Written by its author and by
    marketing managers.
    """

    _name = "crm.campaign.window"
    _description = "Sending Hours"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    mon = fields.Boolean("Monday", default=True)
    tue = fields.Boolean("Tuesday", default=True)
    wed = fields.Boolean("Wednesday", default=True)
    thu = fields.Boolean("Thursday", default=True)
    fri = fields.Boolean("Friday", default=True)
    sat = fields.Boolean("Saturday")
    sun = fields.Boolean("Sunday")
    hour_from = fields.Float(string="From", required=True, default=9.0)
    hour_to = fields.Float(
        string="To",
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
            frozenset(day for day, name in enumerate(WEEKDAYS) if self[name]),
            round(self.hour_from * 60),
            round(self.hour_to * 60),
            zone,
        )
