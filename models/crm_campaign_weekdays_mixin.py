# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from functools import partial

from odoo import fields, models

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _default(name, record):
    return name in record._default_weekdays


class CrmCampaignWeekdaysMixin(models.AbstractModel):
    """A record that chooses days of the week, one box each.

    The model that inherits may declare ``_default_weekdays``, names of the boxes ticked at first.
    """

    _name = "crm.campaign.weekdays.mixin"
    _description = "Days of the Week"

    _default_weekdays = ()

    mon = fields.Boolean("Monday", default=partial(_default, "mon"))
    tue = fields.Boolean("Tuesday", default=partial(_default, "tue"))
    wed = fields.Boolean("Wednesday", default=partial(_default, "wed"))
    thu = fields.Boolean("Thursday", default=partial(_default, "thu"))
    fri = fields.Boolean("Friday", default=partial(_default, "fri"))
    sat = fields.Boolean("Saturday", default=partial(_default, "sat"))
    sun = fields.Boolean("Sunday", default=partial(_default, "sun"))

    def _get_weekdays(self):
        """Return the days that are ticked, 0 = Monday.

        :rtype: frozenset[int]
        """
        self.ensure_one()
        return frozenset(day for day, name in enumerate(WEEKDAYS) if self[name])
