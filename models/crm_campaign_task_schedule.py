# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_datetime

from ..const import INTERVAL_TYPES
from ..tools import recurrence
from ..tools.send_window import get_moment
from .crm_campaign_weekdays_mixin import WEEKDAYS

SCHEDULE_FIELDS = (
    "date_start",
    "date_end",
    "interval_number",
    "interval_type",
    "time_of_day",
    "tz",
    "period_ids",
    *WEEKDAYS,
)


class CrmCampaignTask(models.Model):
    """When a task is due: worked out by ``tools/recurrence.py``, kept in ``next_run`` (UTC).

    Changing it concerns the future only: what has not run follows the new schedule.
    """

    _name = "crm.campaign.task"
    _inherit = ["crm.campaign.task", "crm.campaign.weekdays.mixin"]

    date_start = fields.Date(
        string="Start", required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(string="End", tracking=True, help="Last day. Empty: no end.")
    interval_number = fields.Integer(string="Every", required=True, default=1, tracking=True)
    interval_type = fields.Selection(
        INTERVAL_TYPES, string="Frequency", required=True, default="days", tracking=True
    )
    time_of_day = fields.Float(required=True, default=9.0, tracking=True)
    period_ids = fields.One2many(
        "crm.campaign.task.period",
        "task_id",
        string="Periods",
        copy=True,
        help="The task pauses outside of them. None: it runs from start to end.",
    )
    weekdays = fields.Char(
        compute="_compute_weekdays",
        store=True,
        help="Days of the week on which the task runs, 0 = Monday, separated by commas.",
    )
    catch_up_hours = fields.Integer(
        string="Catch Up within (Hours)",
        default=12,
        help="A run that the server missed leaves late within these hours; afterwards it is noted "
        "as skipped.",
    )
    next_run = fields.Datetime(readonly=True, copy=False)
    last_run = fields.Datetime(readonly=True, copy=False)
    periodicity = fields.Char(compute="_compute_periodicity")
    next_runs_message = fields.Char(string="Next Runs", compute="_compute_next_runs_message")

    # The one question of a tick: who is due?
    _next_run_idx = models.Index("(next_run) WHERE next_run IS NOT NULL")
    _catch_up_within_a_day = models.Constraint(
        "CHECK(catch_up_hours BETWEEN 0 AND 23)",
        "A run can be caught up within 0 to 23 hours.",
    )

    # === COMPUTE METHODS === #

    @api.depends(*WEEKDAYS)
    def _compute_weekdays(self):
        for task in self:
            task.weekdays = ",".join(str(day) for day in sorted(task._get_weekdays()))

    @api.depends("trigger", *SCHEDULE_FIELDS)
    @api.depends_context("lang")
    def _compute_periodicity(self):
        for task in self:
            task.periodicity = task._describe_periodicity()

    @api.depends("trigger", "period_ids.date_start", "period_ids.date_end", *SCHEDULE_FIELDS)
    @api.depends_context("lang")
    def _compute_next_runs_message(self):
        now = fields.Datetime.now()
        for task in self:
            task.next_runs_message = task._describe_next_runs(now)

    # === CONSTRAINTS === #

    @api.constrains(*SCHEDULE_FIELDS)
    def _check_schedule(self):
        messages = {
            "no interval": self.env._("The frequency is one at least."),
            "no such hour": self.env._("The time of day lies between 0:00 and 23:59."),
            "ends before it starts": self.env._("It ends before it starts."),
            "period ends before it starts": self.env._("A period ends before it starts."),
            "never due": self.env._("It would never run: look at its days and its periods."),
        }
        for task in self:
            try:
                recurrence.check(task._get_rule())
            except ValueError as error:
                message = messages.get(str(error), str(error))
                raise ValidationError(
                    self.env._("“%(name)s”: %(message)s", name=task.name, message=message)
                ) from error

    # === BUSINESS METHODS === #

    def _get_rule(self):
        """Return the schedule as ``tools/recurrence.py`` knows it.

        :rtype: recurrence.Rule
        """
        self.ensure_one()
        periods = (
            recurrence.Period(period.date_start, period.date_end or None)
            for period in self.period_ids
        )
        return recurrence.Rule(
            start=self.date_start,
            end=self.date_end or None,
            interval=self.interval_number,
            unit=self.interval_type,
            weekdays=self._get_weekdays(),
            minutes=round(self.time_of_day * 60),
            zone=self.tz or "UTC",
            periods=tuple(periods),
        )

    def _is_immediate(self):
        """Tell whether the task runs when something happens, not at a time of day."""
        return self.trigger in ("event", "code")

    def _schedule(self, after=None):
        """Wait for the first due moment later than a moment; none for tasks of events.

        :param datetime | None after: naive UTC; now by default
        """
        after = after or fields.Datetime.now()
        for task in self:
            late = max(after, task._get_end_of_last_day())
            due = None if task._is_immediate() else recurrence.next_due(task._get_rule(), late)
            # Superuser: written here and by the jobs only.
            task.sudo().next_run = due or False

    def _get_end_of_last_day(self):
        """Return the last second of the day of the last run: nobody is reached twice on one day.

        :return: naive UTC; long ago when there was none
        :rtype: datetime
        """
        if not self.last_run:
            return datetime.min
        tomorrow = self._get_day(self.last_run) + timedelta(days=1)
        return get_moment(tomorrow, 0, ZoneInfo(self.tz)) - timedelta(seconds=1)

    def _follow_change(self, names):
        """Have a changed schedule hold from now on.

        :param names: fields that changed
        """
        enabled = self.filtered("enabled")
        if "type_id" in names:
            enabled.sudo()._forget_events()
        if set(names) & {*SCHEDULE_FIELDS, "type_id"}:
            enabled._schedule()

    def _is_open(self, day):
        """Tell whether the task runs on a day at all: for events.

        :param date day: day in the task's time zone
        """
        self.ensure_one()
        if day < self.date_start or (self.date_end and day > self.date_end):
            return False
        return not self.period_ids or any(
            period.date_start <= day <= (period.date_end or day) for period in self.period_ids
        )

    def _get_catch_up(self):
        """Return how late a missed run may leave.

        :rtype: timedelta
        """
        self.ensure_one()
        return timedelta(hours=self.catch_up_hours)

    # === WORDS === #

    def _describe_periodicity(self):
        """Put the frequency in words, in the language of the context.

        :rtype: str
        """
        self.ensure_one()
        if self._is_immediate():
            return self.env._("Within a minute of the event")
        words = self._describe_frequency()
        if days := self._describe_weekdays():
            words = self.env._("%(frequency)s, on %(days)s", frequency=words, days=days)
        minutes = round(self.time_of_day * 60)
        words = self.env._(
            "%(frequency)s at %(time)s (%(zone)s)",
            frequency=words,
            time=f"{minutes // 60:02}:{minutes % 60:02}",
            zone=self.tz,
        )
        if self.period_ids:
            words = self.env._(
                "%(frequency)s, in %(count)s period(s)", frequency=words, count=len(self.period_ids)
            )
        return words

    def _describe_frequency(self):
        """Put “every n days” in words.

        :rtype: str
        """
        number = self.interval_number
        if number == 1:
            return {
                "days": self.env._("Every day"),
                "weeks": self.env._("Every week"),
                "months": self.env._("Every month"),
            }[self.interval_type]
        return {
            "days": self.env._("Every %s days", number),
            "weeks": self.env._("Every %s weeks", number),
            "months": self.env._("Every %s months", number),
        }[self.interval_type]

    def _describe_weekdays(self):
        """Name the days of the week that are ticked.

        :rtype: str
        """
        if self.interval_type == "months":
            return ""
        return ", ".join(
            self._fields[name]._description_string(self.env) for name in WEEKDAYS if self[name]
        )

    def _describe_next_runs(self, now):
        """Name the next three due moments, in the task's time zone.

        :param datetime now: naive UTC
        :rtype: str
        """
        self.ensure_one()
        if self._is_immediate():
            return self.env._("Within a minute of each event")
        try:
            moments = recurrence.upcoming(self._get_rule(), now, 3)
        except (ValueError, TypeError, OverflowError):
            return self.env._("These days and hours never come.")
        if not moments:
            return self.env._("It is over.")
        return " · ".join(
            format_datetime(self.env, moment, tz=self.tz, dt_format="EEE d MMM y HH:mm")
            for moment in moments
        )
