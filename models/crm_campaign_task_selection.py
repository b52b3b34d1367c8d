# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.send_window import get_moment


class CrmCampaignTask(models.Model):
    """Whom a run concerns: what the type of the task adds to its target.

    The day of a run is the day of its due moment in the task's time zone, whenever it really runs.
    """

    _inherit = "crm.campaign.task"

    # === BUSINESS METHODS - THE PERSON HERSELF === #

    def _get_people_domain(self, due):
        """Return what the type requires of the people themselves.

        :param datetime due: due moment of the run (naive UTC)
        :rtype: Domain
        """
        self.ensure_one()
        if self.trigger not in ("date", "anniversary") or self.type_id.source_model:
            return Domain.TRUE
        return self._get_date_domain(self.res_model, due)

    def _get_date_domain(self, model, due):
        """Return what is dated as many days before or after a run as the task says.

        :param str model: name of the model that has the date
        :param datetime due: due moment of the run (naive UTC)
        :rtype: Domain
        """
        path = self.type_id.date_path
        if self.needs_date_field:
            path = self.date_field.partition(":")[2]
        day = self._get_wanted_day(due)
        if self.trigger == "anniversary":
            # A year after the day itself, at the earliest.
            celebrated = self.env["res.partner"]._get_celebrated_domain([day], path)
            return celebrated & Domain(path, "<", day)
        if self.type_id._find_field(self.env[model], path).type == "date":
            return Domain(path, "=", day)
        start, end = (get_moment(day + timedelta(n), 0, ZoneInfo(self.tz)) for n in (0, 1))
        return Domain(path, ">=", start) & Domain(path, "<", end)

    def _get_wanted_day(self, due):
        """Return the day on which the date must be for the people of a run.

        :param datetime due: naive UTC
        :rtype: date
        """
        today = self._get_day(due)
        shift = timedelta(days=self.offset_days)
        return today + shift if self.offset_direction == "before" else today - shift

    def _get_day(self, moment):
        """Return the day of a moment in the task's time zone.

        :param datetime moment: naive UTC
        :rtype: date
        """
        return moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(self.tz)).date()

    # === BUSINESS METHODS - WHAT IT IS ABOUT === #

    def _get_source_sql(self, execution):
        """Give the records that a run is about, and the people whom they concern.

        :return: select of ``person_id``, ``source_id`` and ``is_visible``, or None when a run is
            about the people themselves
        :rtype: SQL | None
        """
        self.ensure_one()
        if self._is_immediate():
            return SQL(
                "SELECT DISTINCT ON (person_id, source_id) person_id, source_id, is_visible"
                " FROM crm_campaign_task_event WHERE execution_id = %s"
                " ORDER BY person_id, source_id, id DESC",
                execution.id,
            )
        if not self.type_id.source_model:
            return None
        return self._get_dated_sources_sql(execution.scheduled_at)

    def _get_dated_sources_sql(self, due):
        """Give the records with the wanted date that the responsible may read.

        :param datetime due: naive UTC
        :rtype: SQL
        :raise AccessError: the responsible may not read such records
        """
        task_type = self.type_id
        Source = self.env[task_type.source_model].with_user(self.user_id)
        Source = Source.with_context(allowed_company_ids=self.company_id.ids)
        domain = task_type._get_source_domain()
        domain &= self._get_date_domain(task_type.source_model, due)
        if path := task_type._get_company_path(Source):
            domain &= Domain(path, "in", [self.company_id.id, False])
        query = Source._search(domain)
        person = Source._field_to_sql(query.table, task_type.person_path, query)
        return query.select(
            SQL("%s AS person_id", person),
            SQL("%s AS source_id", SQL.identifier(query.table, "id")),
            SQL("TRUE AS is_visible"),
        )

    # === BUSINESS METHODS - AGAIN OR NOT === #

    def _get_served_sql(self, execution):
        """Give those whom earlier runs reached, or are about to.

        A key is the id of the contact, or less than zero for a record without contact and for one
        that a colleague gets a to-do for. Who failed, was left out or withdrawn was not reached.

        :return: select of ``key`` and ``address``, or None when everybody is reached each time
        :rtype: SQL | None
        """
        self.ensure_one()
        if self.repeat_rule == "each":
            return None
        recently = SQL("TRUE")
        if self.repeat_rule == "after":
            # Days of the calendar: summer time and another hour change nothing.
            first = self._get_day(execution.scheduled_at) - timedelta(days=self.repeat_days - 1)
            recently = SQL("x.scheduled_at >= %s", get_moment(first, 0, ZoneInfo(self.tz)))
        return SQL(
            """
            SELECT COALESCE(%(partner)s, -r.res_id) AS key, r.%(address)s AS address
              FROM crm_campaign_recipient r
              JOIN crm_campaign_execution x ON x.id = r.execution_id
             WHERE x.task_id = %(task)s AND x.id != %(execution)s AND %(recently)s
               AND r.state NOT IN ('excluded', 'failed', 'withdrawn')
            """,
            partner=SQL("r.partner_id" if execution.channel != "activity" else "NULL::int"),
            address=SQL.identifier(execution._get_channel()._address_column),
            task=self.id,
            execution=execution._origin.id or 0,
            recently=recently,
        )

    # === WORDS === #

    def _describe_selection(self):
        """Put in words what type and repetition add to the target; lines, in the user's language.

        :rtype: list[str]
        """
        self.ensure_one()
        lines = []
        if self.type_id:
            lines.append(self._describe_trigger())
        if self.repeat_rule == "once":
            lines.append(self.env._("Once per contact"))
        elif self.repeat_rule == "after":
            lines.append(self.env._("Not again within %s day(s)", self.repeat_days))
        return lines

    def _describe_trigger(self):
        """Put in words what makes the task concern somebody.

        :rtype: str
        """
        name = self.type_id.name
        if self.needs_date_field:
            labels = dict(self._fields["date_field"]._description_selection(self.env))
            name = f"{name} · {labels.get(self.date_field, self.date_field)}"
        if self.needs_stage:
            name = f"{name} · {self.stage_id.name}"
        if self.trigger not in ("date", "anniversary") or not self.offset_days:
            return name
        if self.offset_direction == "before":
            return self.env._("%(name)s, %(days)s day(s) before", name=name, days=self.offset_days)
        return self.env._("%(name)s, %(days)s day(s) after", name=name, days=self.offset_days)
