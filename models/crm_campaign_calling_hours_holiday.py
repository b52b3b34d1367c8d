# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, timedelta

from odoo import api, fields, models

from ..tools.calling_hours import EASTER_DAYS, get_easter

HOLIDAY_KINDS = [
    ("fixed", "Fixed Date"),
    ("easter", "Counted from Easter"),
]
MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]


class CrmCampaignCallingHoursHoliday(models.Model):
    """A day of each year on which nobody is called, in some calling hours.

    On the same date, or as many days from Easter Sunday. Written by marketing managers.
    """

    _name = "crm.campaign.calling.hours.holiday"
    _description = "Public Holiday without Calls"
    _order = "calling_hours_id, sequence, id"

    calling_hours_id = fields.Many2one(
        "crm.campaign.calling.hours", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=50)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(HOLIDAY_KINDS, required=True, default="fixed")
    month = fields.Selection(MONTHS, required=True, default="1")
    day = fields.Integer(required=True, default=1)
    easter_days = fields.Integer(
        string="Days from Easter",
        default=1,
        help="Days from Easter Sunday, negative before it: -2 is Good Friday, 1 is Easter Monday, "
        "39 is Ascension Day, 50 is Whit Monday.",
    )
    next_date = fields.Date(string="Next Time", compute="_compute_next_date", help="From today on.")

    # === COMPUTE METHODS === #

    @api.depends("kind", "month", "day", "easter_days")
    def _compute_next_date(self):
        today = fields.Date.context_today(self)
        for holiday in self:
            # 29 February may be eight years away.
            days = (holiday._get_date(today.year + shift) for shift in range(9))
            holiday.next_date = next((day for day in days if day and day >= today), False)

    # === CONSTRAINTS === #

    @api.constrains("kind", "month", "day", "easter_days", "calling_hours_id")
    def _check_day(self):
        self.calling_hours_id._check_profile()

    # === BUSINESS METHODS === #

    def _get_rule(self):
        """Return the day as ``tools/calling_hours.py`` knows it.

        :return: (month, day), or days from Easter Sunday
        :rtype: tuple[int, int] | int
        """
        self.ensure_one()
        return self.easter_days if self.kind == "easter" else (int(self.month), self.day)

    def _get_date(self, year):
        """Return the day in a year; False where it does not come, as 29 February.

        :rtype: date | bool
        """
        self.ensure_one()
        if self.kind == "easter":
            days = self.easter_days
            return days in EASTER_DAYS and get_easter(year) + timedelta(days=days)
        try:
            return date(year, int(self.month), self.day)
        except ValueError:
            return False
