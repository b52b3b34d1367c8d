# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import operator as operators
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.anniversary import count_days_to, get_codes

COMPARISONS = {"<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge}


class ResPartner(models.Model):
    """Birthdays as criteria that anybody can pick: in n days, today, this month.

    "Today" is the day in the time zone of the user for whom the search is made. Searches compare
    month and day with the values of an index, so that a million contacts are not read.
    """

    _inherit = "res.partner"

    days_to_birthday = fields.Integer(
        string="Days to Birthday",
        compute="_compute_days_to_birthday",
        search="_search_days_to_birthday",
        help="0 on the day itself. Who was born on 29 February is celebrated on the 28th in "
        "common years.",
    )
    birthday_period = fields.Selection(
        [
            ("today", "Today"),
            ("tomorrow", "Tomorrow"),
            ("this_week", "This Week"),
            ("next_week", "Next Week"),
            ("this_month", "This Month"),
            ("next_month", "Next Month"),
        ],
        string="Birthday",
        store=False,
        search="_search_birthday_period",
        help="To search only. Weeks begin on Monday.",
    )

    # Month and day of birth. Not only of those who have one: PostgreSQL uses what it knows of the
    # values of an index only where that holds every row. As a number of four bytes it is as small.
    _crm_campaign_birthday_idx = models.Index(
        "(((EXTRACT(MONTH FROM birthdate_date) * 100 + EXTRACT(DAY FROM birthdate_date))::int))"
    )

    # === COMPUTE METHODS === #

    @api.depends("birthdate_date")
    @api.depends_context("tz")
    def _compute_days_to_birthday(self):
        today = fields.Date.context_today(self)
        for partner in self:
            birth = partner.birthdate_date
            partner.days_to_birthday = count_days_to(birth, today) if birth else 0

    @api.model
    def _search_days_to_birthday(self, operator, value):
        if operator == "in":
            wanted = {number for number in value if number is not False}
            domain = self._get_birthday_domain(number for number in wanted if 0 <= number <= 365)
            return domain if wanted == set(value) else domain | Domain("birthdate_date", "=", False)
        if operator not in COMPARISONS:
            return NotImplemented
        compare = COMPARISONS[operator]
        return self._get_birthday_domain(number for number in range(366) if compare(number, value))

    @api.model
    def _search_birthday_period(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        monday = today - timedelta(days=today.weekday())
        first = today.replace(day=1)
        month, week = relativedelta(months=1), timedelta(days=7)
        periods = {
            "today": (today, today + timedelta(days=1)),
            "tomorrow": (today + timedelta(days=1), today + timedelta(days=2)),
            "this_week": (monday, monday + week),
            "next_week": (monday + week, monday + 2 * week),
            "this_month": (first, first + month),
            "next_month": (first + month, first + 2 * month),
        }
        days = [
            start + timedelta(days=number)
            for start, end in (periods[period] for period in value if period in periods)
            for number in range((end - start).days)
        ]
        domain = self._get_celebrated_domain(days)
        return domain | Domain("birthdate_date", "=", False) if False in value else domain

    # === BUSINESS METHODS === #

    @api.model
    def _get_birthday_domain(self, numbers):
        """Return who is celebrated in some numbers of days from today."""
        today = fields.Date.context_today(self)
        return self._get_celebrated_domain(today + timedelta(days=number) for number in numbers)

    @api.model
    def _get_celebrated_domain(self, days, path="birthdate_date"):
        """Return who is celebrated on some days, as a condition that uses the index.

        :param days: dates
        :param str path: date of the model searched; that of birth has an index
        :rtype: Domain
        """
        codes = tuple(sorted(get_codes(days)))
        if not codes:
            return Domain.FALSE

        def to_sql(model, alias, query):
            birth = model._field_to_sql(alias, path, query)
            return SQL(
                "(%(birth)s IS NOT NULL AND (EXTRACT(MONTH FROM %(birth)s) * 100"
                " + EXTRACT(DAY FROM %(birth)s))::int IN %(codes)s)",
                birth=birth,
                codes=codes,
            )

        return Domain.custom(to_sql=to_sql)
