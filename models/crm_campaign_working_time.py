# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import datetime, time, timedelta

from pytz import timezone

from odoo import api, models
from odoo.tools.intervals import Intervals

# The host ends days at 23:59:59: what is left of a day off is no working time.
HALF_A_MINUTE = timedelta(seconds=30)
# Local dates of two time zones never differ by more.
ZONES_APART = timedelta(days=2)


class CrmCampaignWorkingTime(models.AbstractModel):
    """Days on which colleagues work, as the host knows them.

    A user works by the schedule of their resource in the company, which is the employee's where the
    HR app is installed, less time off and public holidays; without a resource by the schedule of
    the company, less public holidays. Without any schedule the host calls a person fully flexible:
    every day is worked, weekends included, unless there is time off. Of a schedule with flexible
    hours, it takes the first days of each week, from Monday on, that make up the weekly hours.
    """

    _name = "crm.campaign.working.time"
    _description = "Working Time of Callers"

    @api.model
    def _get_work_days(self, users, start, end, company):
        """Return the days on which users have any working time.

        The number of queries depends on the schedules and the time zones, not on the users.

        :param users: ``res.users``; may be empty
        :param date start: first day
        :param date end: last day, included; before the start = no day at all
        :param company: ``res.company`` for which they work
        :return: user id → days in order, in the time zone of the user, else of the company, else
            UTC; every user has a list
        :rtype: dict[int, list[date]]
        """
        # Superuser: time off and contracts are private, the days that remain for calls are not.
        # Nothing else leaves this model.
        users, company = users.sudo(), company.sudo()
        days = {user.id: [] for user in users}
        get_zone = self.env["crm.campaign.call"]._get_caller_zone
        if start <= end:
            for group, hours in self._iterate_hours(users, start, end, company):
                for zone, same in group.grouped(lambda user: get_zone(user, company)).items():
                    found = self._list_days(hours, timezone(zone), start, end)
                    days.update({user.id: found[:] for user in same})
        return days

    # === READING THE HOST === #

    def _iterate_hours(self, users, start, end, company):
        """Give groups of users with their working hours.

        :return: tuples of ``res.users`` and ``Intervals`` of moments that know their time zone;
            they may go beyond the days asked for
        :rtype: iterator
        """
        resources = self._find_resources(users, company)
        for zone, group in resources.grouped("tz").items():
            hours = self._get_resource_hours(group, start, end, timezone(zone), company)
            for resource in group:
                yield resource.user_id, hours[resource.id]
        others = users - resources.user_id
        get_zone = self.env["crm.campaign.call"]._get_caller_zone
        for zone, group in others.grouped(lambda user: get_zone(user, company)).items():
            yield group, self._get_company_hours(start, end, timezone(zone), company)

    def _find_resources(self, users, company):
        """Return the resources of users in a company, the oldest one of each.

        Machines have a user too where somebody looks after them.
        """
        domain = [
            ("user_id", "in", users.ids),
            ("company_id", "=", company.id),
            ("resource_type", "=", "user"),
            ("active", "=", True),
        ]
        found = self.env["resource.resource"].sudo().with_company(company)
        found = found.search(domain, order="id desc")
        return found.browse({resource.user_id: resource.id for resource in found}.values())

    def _get_resource_hours(self, resources, start, end, zone, company):
        """Return the working hours of resources, all of one time zone.

        The host forgets the time off of fully flexible employees with a contract.

        :return: resource id → ``Intervals``
        :rtype: dict
        """
        bounds = self._get_bounds(start, end, zone)
        hours, _calendars = resources._get_valid_work_intervals(*bounds)
        flexible = resources.filtered(lambda resource: resource._is_fully_flexible())
        if flexible:
            calendar = company.resource_calendar_id
            leaves = calendar._leave_intervals_batch(*bounds, flexible, tz=zone)
            for resource in flexible:
                hours[resource.id] -= leaves[resource.id]
        return hours

    def _get_company_hours(self, start, end, zone, company):
        """Return the working hours of a company, as kept by somebody in a time zone.

        :rtype: Intervals
        """
        calendar = company.resource_calendar_id.with_company(company)
        bounds = self._get_bounds(start, end, zone)
        # Without a resource to compare with, the host takes the public holidays of all companies.
        domain = [("time_type", "=", "leave"), ("company_id", "in", [company.id, False])]
        leaves = calendar._leave_intervals_batch(*bounds, domain=domain, tz=zone)[False]
        if calendar:
            return calendar._attendance_intervals_batch(*bounds, tz=zone)[False] - leaves
        return Intervals([(*bounds, self.env["resource.calendar.attendance"])]) - leaves

    # === DAYS === #

    @api.model
    def _get_bounds(self, start, end, zone):
        """Return moments around two days of any time zone, the first one on a Monday at midnight.

        The host deals out flexible hours in weeks that begin where it starts to count.

        :param zone: of ``pytz``

        :rtype: tuple[datetime, datetime]
        """
        first, last = start - ZONES_APART, end + ZONES_APART
        first -= timedelta(days=first.weekday())
        return tuple(zone.localize(datetime.combine(day, time.min)) for day in (first, last))

    @api.model
    def _list_days(self, hours, zone, start, end):
        """Return the days between two days, both included, of which hours cover a minute.

        :param Intervals hours: moments that know their time zone
        :param zone: time zone of the days, of ``pytz``
        :rtype: list[date]
        """
        days = set()
        for begin, stop, _origin in hours:
            begin, stop = begin + HALF_A_MINUTE, stop - HALF_A_MINUTE
            if begin <= stop:
                first = max(begin.astimezone(zone).date(), start)
                last = min(stop.astimezone(zone).date(), end)
                days.update(first + timedelta(days=more) for more in range((last - first).days + 1))
        return sorted(days)
