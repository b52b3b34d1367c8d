# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from time import monotonic

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import planning

# Weeks that are still to be counted after so much time are not.
MOST_SECONDS = 12
# Up to so many selects are joined, which takes a third of the time of sorting millions of people;
# more of them would make a plan that grows faster than they do.
MOST_JOINED = 16
# States of recipients whom nothing reaches.
NOTHING_CAME = ("excluded", "withdrawn", "failed", "bounced")


class CrmCampaignPlanning(models.Model):
    """Pressure: the people whom several operations of a week concern.

    Those of an operation that left are the ones who got it or still will; those of one to come are
    in its target right now, as the user may see them. A task counts once a week, with the people
    whom its runs of that week concern. Leads count as their contact; to-dos for colleagues do not
    count.
    """

    _inherit = "crm.campaign.planning"

    # === BUSINESS METHODS === #

    @api.model
    def get_pressure(self, weeks):
        """Count, week by week, the people whom two operations or more concern.

        :param list weeks: pairs of a first moment and the first one after it (UTC, as text)
        :return: one dict a week: ``people`` concerned twice or more, None when counting took too
            long; ``targeted`` at all; ``most``, how often somebody is; ``names`` of what concerns
            them; ``is_partial`` when the target of one of these could not be evaluated
        :rtype: list[dict]
        """
        self.check_access("read")
        periods = [tuple(map(fields.Datetime.to_datetime, week)) for week in weeks]
        rows = self._search_concerning(periods)
        deadline, known = monotonic() + MOST_SECONDS, {}
        return [
            self._get_week_pressure(period, rows, known, monotonic() > deadline)
            for period in periods
        ]

    @api.model
    def _get_pressed_domain(self, week):
        """Give the contacts whom several operations of a week concern, to search for them.

        :param str week: its first moment, and the first one after it, with ``/`` between
        :rtype: Domain
        """
        self.check_access("read")
        period = self._read_week(week)
        sources = self._get_sources(period, self._search_concerning([period]), {})[0]
        if len(sources) < 2:
            return Domain.FALSE
        times = self._get_times_sql(list(sources.values()))
        pressed = SQL("(SELECT partner_id FROM (%s) counted WHERE times > 1)", times)
        return Domain("id", "in", pressed)

    @api.model
    def _read_week(self, week):
        """Read a week as the planning writes it.

        :param str week: see ``_get_pressed_domain``
        :return: first moment, and the first one after it
        :rtype: tuple[datetime, datetime]
        :raise UserError: it is another text, which somebody typed in a search
        """
        try:
            start, end = map(fields.Datetime.to_datetime, str(week).split("/"))
        except ValueError as error:
            raise UserError(
                self.env._("“%s” is no week: open these people from the planning.", week or "")
            ) from error
        return start, end

    @api.model
    def _search_concerning(self, periods):
        """Return the rows of some periods that concern people."""
        if not periods:
            return self.browse()
        domain = Domain("date_start", "<", max(end for _start, end in periods))
        domain &= Domain("date_stop", ">", min(start for start, _end in periods))
        return self.search(domain & Domain("target_id", "!=", False))

    @api.model
    def _get_week_pressure(self, period, rows, known, is_late):
        """Count the people of one week; returns what ``get_pressure`` says.

        :param dict known: people of the operations that were looked up already
        :param bool is_late: there is no time left
        """
        sources, is_partial = self._get_sources(period, rows, known)
        pressure = {
            "people": 0,
            "targeted": 0,
            "most": 0,
            "names": [record.display_name for record in sources],
            "is_partial": is_partial,
        }
        if len(sources) < 2:
            return pressure
        counts = None if is_late else self._count_pressed(sources.values())
        people, targeted, most = counts or (None, None, None)
        return pressure | {"people": people, "targeted": targeted, "most": most}

    @api.model
    def _count_pressed(self, sources):
        """Count people, within the time limit of targets.

        :return: how many are concerned twice or more, at all, and how often at most; None when it
            took too long
        :rtype: tuple[int, int, int] | None
        """
        counts = self.env["crm.campaign.target"]._query_within_time(
            SQL(
                "SELECT count(*) FILTER (WHERE times > 1), count(*), COALESCE(max(times), 0)"
                " FROM (%s) counted",
                self._get_times_sql(list(sources)),
            )
        )
        return counts and counts[0]

    @api.model
    def _get_times_sql(self, sources):
        """Give how often each contact is concerned.

        :param list[SQL] sources: selects of ``partner_id``, each contact once
        :return: select of ``partner_id`` and ``times``
        :rtype: SQL
        """
        if len(sources) > MOST_JOINED:
            return SQL(
                "SELECT partner_id, count(*) AS times FROM (%s) p GROUP BY partner_id",
                SQL(" UNION ALL ").join(sources),
            )
        names = [SQL.identifier(f"source_{number}") for number in range(len(sources))]
        joined = SQL("(%s) %s", sources[0], names[0])
        for name, source in zip(names[1:], sources[1:], strict=True):
            joined = SQL("%s FULL JOIN (%s) %s USING (partner_id)", joined, source, name)
        return SQL(
            "SELECT partner_id, %s AS times FROM %s",
            SQL(" + ").join(SQL("(%s.partner_id IS NOT NULL)::int", name) for name in names),
            joined,
        )

    # === BUSINESS METHODS - WHOM A ROW CONCERNS === #

    @api.model
    def _get_sources(self, period, rows, known):
        """Give the people of what happens in a period, each once an operation or task.

        :return: selects of ``partner_id`` by operation or task, and whether one could not be
            evaluated
        :rtype: tuple[dict[record, SQL], bool]
        """
        sources, is_partial = {}, False
        for record, moments in self._group_by_origin(period, rows).items():
            key = (record, *moments) if record._name == "crm.campaign.task" else record
            if key not in known:
                known[key] = self._find_people(record, moments)
            if known[key] is None:
                is_partial = True
            else:
                sources[record] = known[key]
        return sources, is_partial

    @api.model
    def _group_by_origin(self, period, rows):
        """Give the operations and the tasks of a period, with the moments of their runs.

        :rtype: dict[record, list[datetime]]
        """
        origins = {}
        for row in rows:
            operation = row.operation_id
            stop = row.date_stop if not operation or operation.date_end else row.date_start
            if row.task_id.kind != "colleague" and planning.overlaps(row.date_start, stop, period):
                origins.setdefault(operation or row.task_id, []).append(row.date_start)
        return origins

    @api.model
    def _find_people(self, record, moments):
        """Give the contacts whom an operation, or the runs of a task, concern.

        :rtype: SQL | None
        """
        try:
            with self.env.cr.savepoint():
                if record._name == "crm.campaign.task":
                    return self._get_task_people(record, moments)
                executions = record.execution_ids.filtered("started_at")
                if executions:
                    return self._get_frozen_people(executions)
                return self._get_targeted_people(record.target_id, record.company_id)
        except (AccessError, UserError, ValidationError):
            return None

    @api.model
    def _get_frozen_people(self, executions):
        """Give the contacts who got what executions sent, or who still will."""
        return SQL(
            "SELECT DISTINCT partner_id FROM crm_campaign_recipient"
            " WHERE execution_id IN %s AND state NOT IN %s AND partner_id IS NOT NULL",
            tuple(executions.ids),
            NOTHING_CAME,
        )

    @api.model
    def _get_task_people(self, task, moments):
        """Give the contacts whom the runs of a task concern at some moments."""
        narrowed = Domain.OR(task._get_people_domain(moment) for moment in moments)
        if task.type_id.source_model:
            dated = SQL(" UNION ").join(
                SQL("SELECT person_id FROM (%s) dated", task._get_dated_sources_sql(moment))
                for moment in moments
            )
            narrowed &= Domain("id", "in", SQL("(%s)", dated))
        return self._get_targeted_people(task.target_id, task.company_id, narrowed)

    @api.model
    def _get_targeted_people(self, target, company, narrowed=Domain.TRUE):
        """Give the contacts of a target, as the user may see them; archived ones get nothing.

        :param Domain narrowed: what is required besides the target
        """
        target, People = target._take_place(None, company)
        if People._active_name:
            narrowed &= Domain(People._active_name, "=", True)
        query = target._search_people(People, target._get_kept_domain() & narrowed)
        # Superuser: an execution that is never stored tells how a record names its contact.
        Execution = self.env["crm.campaign.execution"].sudo()
        partner = Execution.new({"res_model": People._name})._get_partner_sql(query)
        people = SQL(
            "SELECT partner_id FROM (%s) p", query.select(SQL("%s AS partner_id", partner))
        )
        if People._name == "res.partner":
            return people
        return SQL("SELECT DISTINCT partner_id FROM (%s) p WHERE partner_id IS NOT NULL", people)
