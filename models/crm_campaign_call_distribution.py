# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from collections import Counter, defaultdict
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import CALL_OPEN_STATES
from ..tools.call_distribution import Call, Distribution, NoRoom, Terms, distribute, redistribute
from ..tools.call_shares import Caller

# Days after the end that are looked at first, and at most: longer than that, somebody must decide.
FIRST_HORIZON_DAYS = 60
LAST_HORIZON_DAYS = 3 * 366


class CrmCampaignCallDistribution(models.AbstractModel):
    """Between the database and ``tools/call_distribution.py``: callers, their days, their words.

    A *plan* is what a simulation started from, as JSON: with the same calls it gives the same
    distribution again, whatever callers have entered meanwhile.
    """

    _name = "crm.campaign.call.distribution"
    _description = "Distribution of Calls"

    # === CALLERS === #

    @api.model
    def _prepare_callers(self, users, start, end, company, **options):
        """Read what the distribution must know of callers.

        :param users: callers, in the order that is shown
        :param date start: first day of the period
        :param date end: last day for which working time is read
        :param company: whose working time counts where a user has none of their own
        :param options: ``objective`` (calls a day of who is no telemarketer) and ``percentages``
            (user id -> part given by hand)
        :rtype: list[Caller]
        """
        percentages = options.get("percentages") or {}
        default = options.get("objective") or 0
        work_days = self.env["crm.campaign.working.time"]._get_work_days(users, start, end, company)
        planned = self._read_planned(users, start)
        return [
            Caller(
                user.id,
                user.name,
                user._get_call_objective(default),
                work_days[user.id],
                planned[user.id],
                percentages.get(user.id, 0.0),
            )
            for user in users
        ]

    @api.model
    def _read_planned(self, users, start):
        """Count the open calls that callers have per day, from a day on, of all operations.

        :return: user id -> day -> number of calls
        :rtype: dict[int, Counter[date]]
        """
        self.env["crm.campaign.call"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT user_id, date_planned, count(*) FROM crm_campaign_call
                 WHERE user_id IN %s AND date_planned >= %s AND state IN %s
              GROUP BY user_id, date_planned
                """,
                tuple(users.ids) or (0,),
                start,
                CALL_OPEN_STATES,
            )
        )
        planned = defaultdict(Counter)
        for user_id, day, count in rows:
            planned[user_id][day] = count
        return planned

    @api.model
    def _count_overdue(self, users):
        """Count the open calls that were planned for days gone by.

        :rtype: dict[int, int]
        """
        groups = (
            self.env["crm.campaign.call"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", users.ids),
                    ("state", "in", CALL_OPEN_STATES),
                    ("date_planned", "<", fields.Date.context_today(self)),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        return {user.id: count for user, count in groups}

    # === DISTRIBUTION === #

    @api.model
    def _simulate(self, calls, users, terms, company, **options):
        """Distribute calls over callers and their days, as many days after the end as it takes.

        :param list[Call] calls: in their order
        :param users: callers
        :param Terms terms: method and period
        :param options: as of ``_prepare_callers``; ``absences`` as ``redistribute`` takes them
        :return: the distribution, and the callers that it started from
        :rtype: tuple[Distribution, list[Caller]]
        :raise UserError: in words, what stands against it
        """
        absences = options.pop("absences", None)
        horizon = FIRST_HORIZON_DAYS
        while True:
            until = terms.end + timedelta(days=horizon)
            callers = self._prepare_callers(users, terms.start, until, company, **options)
            try:
                if absences is None:
                    return distribute(calls, callers, terms), callers
                return redistribute(calls, callers, absences, terms), callers
            except NoRoom as error:
                if horizon >= LAST_HORIZON_DAYS:
                    raise UserError(self._describe_no_room(error, users)) from error
                horizon = min(horizon * 4, LAST_HORIZON_DAYS)
            except ValueError as error:
                raise UserError(self._describe_problem(str(error))) from error

    @api.model
    def _describe_no_room(self, error, users):
        names = ", ".join(user.name for user in users if user.id in error.calls)
        return self.env._(
            "By availability, there is no day left for the calls of %(names)s: raise their "
            "objectives, lower the reserve, add callers, or distribute by calendar.",
            names=names,
        )

    @api.model
    def _describe_problem(self, code):
        """Put in words why calls cannot be distributed.

        :param str code: text of a ``ValueError`` of the kernels
        :rtype: str
        """
        return {
            "no caller": self.env._("Choose who calls."),
            "no working day": self.env._(
                "None of the callers works in this period: choose others, or another period."
            ),
            "ends before it starts": self.env._("The period ends before it starts."),
            "no such reserve": self.env._("The time kept free is between 0 and 100 %."),
            "objective below 0": self.env._("The objective of calls a day is negative."),
            "no such percentage": self.env._("A percentage is a number, 0 or more."),
            "percentages above 100": self.env._("The percentages make more than 100."),
        }.get(code, code)

    @api.model
    def _describe_notice(self, notice, names):
        """Put a notice of the kernel in words.

        :param dict names: user id -> name
        :rtype: str
        """
        values = {
            "name": names.get(notice.caller),
            "date": notice.day and fields.Date.to_string(notice.day),
            "count": notice.count,
        }
        if notice.day:
            values["date"] = self.env["ir.qweb.field.date"].value_to_html(notice.day, {})
        return {
            "no_working_day": lambda: self.env._(
                "%(name)s does not work in this period.", **values
            ),
            "nobody_works": lambda: self.env._("Nobody works on %(date)s.", **values),
            "overload": lambda: self.env._(
                "%(name)s has %(count)s call(s) more than the objective on %(date)s.", **values
            ),
            "after_end": lambda: self.env._(
                "%(count)s call(s) of %(name)s come after the end, the last one on %(date)s.",
                **values,
            ),
        }[notice.code]()

    # === PLANS === #

    @api.model
    def _dump_plan(self, callers, terms, count):
        """Put in JSON what a simulation started from.

        :param int count: number of calls
        :rtype: dict
        """
        return {
            "count": count,
            "method": terms.method,
            "start": terms.start.isoformat(),
            "end": terms.end.isoformat(),
            "reserve": terms.reserve,
            "callers": [
                {
                    "key": caller.key,
                    "name": caller.name,
                    "objective": caller.objective,
                    "percentage": caller.percentage,
                    "work_days": [day.isoformat() for day in caller.work_days],
                    "planned": {day.isoformat(): n for day, n in caller.planned.items()},
                }
                for caller in callers
            ],
        }

    @api.model
    def _distribute_plan(self, plan, calls) -> Distribution:
        """Distribute calls as a plan says.

        :param dict plan: as of ``_dump_plan``
        :param list[Call] calls: as many as the plan counted
        """
        terms = Terms(
            plan["method"],
            date.fromisoformat(plan["start"]),
            date.fromisoformat(plan["end"]),
            plan["reserve"],
        )
        callers = [
            Caller(
                row["key"],
                row["name"],
                row["objective"],
                [date.fromisoformat(day) for day in row["work_days"]],
                {date.fromisoformat(day): count for day, count in row["planned"].items()},
                row["percentage"],
            )
            for row in plan["callers"]
        ]
        return distribute(calls, callers, terms)

    @api.model
    def _read_future_calls(self, execution, callers, method):
        """Read the calls that an execution would make, in the order in which it makes them.

        :param execution: not frozen yet; may be a new record
        :param callers: users who call
        :param str method: as of ``_read_calls``
        :rtype: list[Call]
        """
        people = SQL(
            "SELECT partner_id, company_partner_id FROM (%s) AS frozen"
            " WHERE exclusion IS NULL ORDER BY person_id",
            execution._get_frozen_sql(),
        )
        return self._read_calls(people, callers, method)

    @api.model
    def _read_calls(self, people, callers, method):
        """Read the calls to distribute.

        :param SQL people: select of ``partner_id`` and ``company_partner_id``, in the order
            in which they are called
        :param callers: users who call
        :param str method: by account only, owners are looked for
        :rtype: list[Call]
        """
        self.env.flush_all()
        if method != "account":
            rows = self.env.execute_query(SQL("SELECT count(*) FROM (%s) people", people))
            return [Call(number) for number in range(rows[0][0])]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT CASE WHEN p.user_id IN %(ids)s THEN p.user_id
                            WHEN k.user_id IN %(ids)s THEN k.user_id END
                  FROM (SELECT ordered.*, row_number() OVER () AS place
                          FROM (%(people)s) ordered) people
             LEFT JOIN res_partner p ON p.id = people.partner_id
             LEFT JOIN res_partner k ON k.id = people.company_partner_id
              ORDER BY place
                """,
                ids=tuple(callers.ids) or (0,),
                people=people,
            )
        )
        return [Call(number, owner_id) for number, (owner_id,) in enumerate(rows)]
