# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from odoo import models
from odoo.tools import LazyTranslate, format_date, format_datetime
from odoo.tools.date_utils import parse_iso_date

from ..tools.relative_date import recognise, recognise_range

_lt = LazyTranslate(__name__)

COMPARISONS = {
    "<": _lt("%(field)s is before %(value)s"),
    "<=": _lt("%(field)s is until %(value)s"),
    ">": _lt("%(field)s is after %(value)s"),
    ">=": _lt("%(field)s is since %(value)s"),
}
IS_WHEN = _lt("%(field)s is %(value)s")
BETWEEN = _lt("%(field)s is between %(low)s and %(high)s")

# Units from today: one, several. Sentences of their own, since languages agree differently.
DAYS = {-1: _lt("yesterday"), 0: _lt("today"), 1: _lt("tomorrow")}
AGO = {
    "second": (_lt("%(count)s second ago"), _lt("%(count)s seconds ago")),
    "minute": (_lt("%(count)s minute ago"), _lt("%(count)s minutes ago")),
    "hour": (_lt("%(count)s hour ago"), _lt("%(count)s hours ago")),
    "day": (_lt("%(count)s day ago"), _lt("%(count)s days ago")),
    "week": (_lt("%(count)s week ago"), _lt("%(count)s weeks ago")),
    "month": (_lt("%(count)s month ago"), _lt("%(count)s months ago")),
    "year": (_lt("%(count)s year ago"), _lt("%(count)s years ago")),
}
AHEAD = {
    "second": (_lt("in %(count)s second"), _lt("in %(count)s seconds")),
    "minute": (_lt("in %(count)s minute"), _lt("in %(count)s minutes")),
    "hour": (_lt("in %(count)s hour"), _lt("in %(count)s hours")),
    "day": (_lt("in %(count)s day"), _lt("in %(count)s days")),
    "week": (_lt("in %(count)s week"), _lt("in %(count)s weeks")),
    "month": (_lt("in %(count)s month"), _lt("in %(count)s months")),
    "year": (_lt("in %(count)s year"), _lt("in %(count)s years")),
}
LAST = {
    "day": (_lt("in the last day"), _lt("in the last %(count)s days")),
    "week": (_lt("in the last week, day by day"), _lt("in the last %(count)s weeks")),
    "month": (_lt("in the last month, day by day"), _lt("in the last %(count)s months")),
    "year": (_lt("in the last year, day by day"), _lt("in the last %(count)s years")),
}
NEXT = {
    "day": (_lt("in the next day"), _lt("in the next %(count)s days")),
    "week": (_lt("in the next week, from today on"), _lt("in the next %(count)s weeks")),
    "month": (_lt("in the next month, from today on"), _lt("in the next %(count)s months")),
    "year": (_lt("in the next year, from today on"), _lt("in the next %(count)s years")),
}
BETWEEN_AGO = {
    "day": _lt("between %(low)s and %(high)s days ago"),
    "week": _lt("between %(low)s and %(high)s weeks ago"),
    "month": _lt("between %(low)s and %(high)s months ago"),
    "year": _lt("between %(low)s and %(high)s years ago"),
}
BETWEEN_AHEAD = {
    "day": _lt("in %(low)s to %(high)s days"),
    "week": _lt("in %(low)s to %(high)s weeks"),
    "month": _lt("in %(low)s to %(high)s months"),
    "year": _lt("in %(low)s to %(high)s years"),
}

# Weeks, months and years of the calendar: the one before, the current one, the one after.
WHOLES = {
    ("week", -1): _lt("last week"),
    ("week", 0): _lt("this week"),
    ("week", 1): _lt("next week"),
    ("month", -1): _lt("last month"),
    ("month", 0): _lt("this month"),
    ("month", 1): _lt("next month"),
    ("year", -1): _lt("last year"),
    ("year", 0): _lt("this year"),
    ("year", 1): _lt("next year"),
}
TO_DATE = {
    "week": _lt("this week, up to today"),
    "month": _lt("this month, up to today"),
    "year": _lt("this year, up to today"),
}
LAST_WHOLES = {
    "week": _lt("in the last %(count)s whole weeks"),
    "month": _lt("in the last %(count)s whole months"),
    "year": _lt("in the last %(count)s whole years"),
}
STARTS = {
    ("week", -1): _lt("the start of last week"),
    ("week", 0): _lt("the start of this week"),
    ("week", 1): _lt("the start of next week"),
    ("month", -1): _lt("the start of last month"),
    ("month", 0): _lt("the start of this month"),
    ("month", 1): _lt("the start of next month"),
    ("year", -1): _lt("the start of last year"),
    ("year", 0): _lt("the start of this year"),
    ("year", 1): _lt("the start of next year"),
}
OTHER_STARTS = {
    "week": _lt("the start of the week, %(day)s"),
    "month": _lt("the start of the month, %(day)s"),
    "year": _lt("the start of the year, %(day)s"),
}
DATE_PARTS = {
    "year_number": _lt("year"),
    "quarter_number": _lt("quarter"),
    "month_number": _lt("month"),
    "iso_week_number": _lt("week"),
    "day_of_year": _lt("day of the year"),
    "day_of_month": _lt("day of the month"),
    "day_of_week": _lt("day of the week"),
    "hour_number": _lt("hour"),
    "minute_number": _lt("minute"),
    "second_number": _lt("second"),
}


class CrmCampaignTarget(models.Model):
    """Words for dates, the fixed ones and those in relation to today."""

    _inherit = "crm.campaign.target"

    def _describe_bounds(self, low, high, model, prefix):
        """Put two neighbouring conditions in words when they are the bounds of one range.

        ``>=`` and ``<`` of smart dates, as the editor of criteria writes them, or ``>=`` and
        ``<=`` of fixed values, the host's “between”. Not on a path through several records, of
        which one may fulfil the first bound and another one the second.

        :return: the words, or None when they are no range
        """
        expression = getattr(low, "field_expr", None)
        if expression is None or expression != getattr(high, "field_expr", None):
            return None
        path = self._read_path(expression, model, prefix)
        operators = (low.operator, high.operator)
        kind = path.field.type if path.field and not path.is_many else ""
        if operators == (">=", "<=") and kind in (
            "date",
            "datetime",
            "integer",
            "float",
            "monetary",
        ):
            bounds = [self._describe_value(path.field, part.value) for part in (low, high)]
            return self._say(BETWEEN, field=path.label, low=bounds[0], high=bounds[1])
        if operators != (">=", "<") or kind not in ("date", "datetime"):
            return None
        when = recognise_range(str(low.value), str(high.value))
        words = when and self._describe_when(when)
        return words and self._say(IS_WHEN, field=path.label, value=words)

    def _describe_comparison(self, path, operator, value):
        """Say that a date is before or after another one.

        A moment that is given as a day is the beginning of it: “after” includes that day.
        """
        if path.field.type == "datetime" and _is_day(value):
            operator = {">": ">=", "<=": "<"}.get(operator, operator)
        words = self._describe_date(path.field, value)
        return self._say(COMPARISONS[operator], field=path.label, value=words)

    def _describe_date(self, field, value):
        """Put a date or a moment (UTC) in words: the user's format, or in relation to today."""
        if isinstance(value, str):
            when = recognise(value)
            if when:
                return self._describe_when(when)
            try:
                value = parse_iso_date(value)
            except ValueError:
                return self._quote(value)
        if isinstance(value, datetime) and field.type == "datetime":
            return format_datetime(self.env, value, tz=self.env.context.get("tz"))
        if isinstance(value, date):
            return format_date(self.env, value)
        return self._quote(value)

    def _describe_date_part(self, name):
        """Return the word for a part of a date, such as ``month_number``."""
        return self.env._(DATE_PARTS[name]) if name in DATE_PARTS else name

    # === IN RELATION TO TODAY === #

    def _describe_when(self, when):
        """Put a ``tools.relative_date.When`` in words; None when there are none.

        :rtype: str | None
        """
        describe = {
            "now": self._describe_now,
            "day": self._describe_day,
            "days": self._describe_days,
            "last": self._describe_last,
            "next": self._describe_next,
            "whole": self._describe_whole,
            "wholes": self._describe_wholes,
            "to_date": self._describe_to_date,
            "start": self._describe_start,
        }
        return describe[when.kind](when)

    def _describe_now(self, _when):
        return self.env._("now")

    def _describe_day(self, when, number=None):
        number = when.first if number is None else number
        if number == 0 or (when.unit == "day" and number in DAYS):
            return self.env._(DAYS[number])
        return self._count(AGO if number < 0 else AHEAD, when.unit, abs(number))

    def _describe_days(self, when):
        if when.last < 0 and when.unit in BETWEEN_AGO:
            return self._say(BETWEEN_AGO[when.unit], low=-when.last, high=-when.first)
        if when.first > 0 and when.unit in BETWEEN_AHEAD:
            return self._say(BETWEEN_AHEAD[when.unit], low=when.first, high=when.last)
        return self.env._(
            "between %(low)s and %(high)s",
            low=self._describe_day(when, when.first),
            high=self._describe_day(when, when.last),
        )

    def _describe_last(self, when):
        return self._count(LAST, when.unit, when.first)

    def _describe_next(self, when):
        return self._count(NEXT, when.unit, when.first)

    def _describe_whole(self, when):
        known = WHOLES.get((when.unit, when.first))
        return known and self.env._(known)

    def _describe_wholes(self, when):
        if when.last != -1:
            return None
        return self._say(LAST_WHOLES[when.unit], count=-when.first)

    def _describe_to_date(self, when):
        return self.env._(TO_DATE[when.unit])

    def _describe_start(self, when):
        known = STARTS.get((when.unit, when.first))
        if known:
            return self.env._(known)
        return self._say(OTHER_STARTS[when.unit], day=self._describe_day(when))

    def _count(self, sentences, unit, count):
        """Say a number of units with the sentence for one or the one for several."""
        one, several = sentences[unit]
        return self._say(one if count == 1 else several, count=count)


def _is_day(value):
    """Tell whether the value of a condition is a day and no moment."""
    if isinstance(value, str):
        return value.startswith("today") or (len(value) <= 10 and value[:1].isdigit())
    return isinstance(value, date) and not isinstance(value, datetime)
