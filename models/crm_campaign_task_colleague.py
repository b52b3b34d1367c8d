# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.rendering_tools import parse_inline_template

from ..const import PRIORITIES
from ..tools.send_window import get_moment


class CrmCampaignTask(models.Model):
    """Tasks for colleagues: what the to-do of each targeted record says."""

    _inherit = "crm.campaign.task"

    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="To-Do Type",
        ondelete="restrict",
        domain="['|', ('res_model', '=', False), ('res_model', '=', res_model)]",
        tracking=True,
    )
    todo_summary = fields.Char(
        string="Label", help="Merge fields may be used. Empty: the name of the task."
    )
    todo_note = fields.Text(
        string="Instructions",
        help="What the colleague is to do. Merge fields may be used.",
    )
    todo_priority = fields.Selection(PRIORITIES, string="Priority", required=True, default="0")
    deadline_days = fields.Integer(string="Due after Days", help="0: on the day of the run.")
    daily_cap = fields.Integer(
        string="To-Dos per Person and Day at Most",
        help="Those of other automatic tasks count too. 0: no limit.",
    )

    _todo_figures_positive = models.Constraint(
        "CHECK(deadline_days >= 0 AND daily_cap >= 0)", "Days and limits are never negative."
    )

    # === CONSTRAINTS === #

    @api.constrains("target_id", "kind")
    def _check_responsible(self):
        for task in self.filtered(lambda task: task.kind == "colleague" and task.target_id):
            if not self._get_responsible_field(task.target_id.res_model):
                raise ValidationError(
                    self.env._(
                        "Nobody is responsible of the records of target “%(target)s”: colleagues "
                        "cannot get to-dos for them.",
                        target=task.target_id.name,
                    )
                )

    @api.constrains("todo_summary", "todo_note")
    def _check_merge_fields(self):
        """Allow merge fields and nothing else: they are looked up, never evaluated."""
        Recipient = self.env["crm.campaign.recipient"]
        allowed = set(Recipient.mail_allowed_qweb_expressions())
        for task in self:
            for text in (task.todo_summary, task.todo_note):
                for _literal, expression, _default in parse_inline_template(text or ""):
                    if expression and expression.strip() not in allowed:
                        template = self.env["crm.campaign.template"]
                        raise ValidationError(template._describe_unknown_field(expression))

    # === BUSINESS METHODS === #

    @api.model
    def _get_responsible_field(self, model):
        """Name the field that holds who is responsible of a record, None where there is none.

        Extended by integrators whose records name it otherwise. Records must have activities.

        :rtype: str | None
        """
        Model = self.env.get(model)
        if Model is None or not isinstance(Model, self.env.registry["mail.activity.mixin"]):
            return None
        field = Model._fields.get("user_id")
        return field.name if field and field.comodel_name == "res.users" and field.store else None

    def _get_deadline(self, execution):
        """Return when the to-dos of a run are due.

        :rtype: date
        """
        return self._get_day(execution.scheduled_at) + timedelta(days=self.deadline_days)

    def _hold_back_sql(self, frozen, execution):
        """Hold back the to-dos above the daily limit of each colleague, the last ones first.

        A day is that of the run, in the task's time zone; automatic to-dos made on it count.

        :param SQL frozen: select as of ``_get_frozen_sql`` of executions
        :return: the same select, with the reason ``held_back``
        :rtype: SQL
        """
        self.env["mail.activity"].flush_model()
        midnight = get_moment(self._get_day(execution.scheduled_at), 0, ZoneInfo(self.tz))
        return SQL(
            """
            SELECT person_id, source_id, partner_id, company_partner_id, address,
                   CASE WHEN exclusion IS NULL
                         AND row_number() OVER (PARTITION BY address, exclusion IS NULL
                                                ORDER BY person_id, source_id)
                             + COALESCE(made.count, 0) > %(cap)s THEN 'held_back'
                        ELSE exclusion END AS exclusion
              FROM (%(frozen)s) AS uncapped
         LEFT JOIN (SELECT user_id, count(*) AS count FROM mail_activity
                     WHERE campaign_task_id IS NOT NULL AND create_date >= %(midnight)s
                  GROUP BY user_id) made ON made.user_id = uncapped.address
          ORDER BY person_id
            """,
            cap=self.daily_cap,
            frozen=frozen,
            midnight=midnight,
        )

    # === REPORT === #

    def _report_run(self, execution):
        """Tell the responsible of the task whom a run made no to-do for.

        :param execution: a run whose exclusions were counted
        """
        counts = execution.exclusion_counts or {}
        lines = []
        if count := counts.get("no_responsible"):
            lines.append(self.env._("%s record(s) without responsible", count))
        if count := counts.get("held_back"):
            lines.append(
                self.env._(
                    "%(count)s to-do(s) held back: the limit of %(cap)s a day was reached",
                    count=count,
                    cap=self.daily_cap,
                )
            )
        if lines:
            items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
            link = execution._get_html_link(title=self.env._("See the run"))
            self._tell_owner(
                self.env._("Not everybody got a to-do"), Markup("<ul>%s</ul>%s") % (items, link)
            )

    def _tell_owner(self, subject, body):
        """Notify the responsible of the task, on the task.

        :param str subject: what it is about
        :param body: text or Markup
        """
        for task in self:
            # Superuser: told by the job.
            task.sudo().message_notify(
                partner_ids=task.user_id.partner_id.ids,
                subject=f"{task.name} · {subject}",
                body=body,
                model_description=self.env._("Automatic Task"),
                force_send=False,
            )
