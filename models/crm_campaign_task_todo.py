# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL, plaintext2html, split_every

# Records put in words, and to-dos inserted, at a time.
CHUNK = 1000
# Columns of the host's to-dos that are written here. Where another addon adds one that has a
# default or is computed, to-dos are created by the ORM instead.
COLUMNS = (
    "res_model_id",
    "res_model",
    "res_id",
    "res_name",
    "activity_type_id",
    "summary",
    "note",
    "date_deadline",
    "automated",
    "user_id",
    "user_tz",
    "active",
    "campaign_task_id",
    "campaign_recipient_id",
    "campaign_priority",
)
KNOWN = {
    *COLUMNS,
    "date_done",
    "feedback",
    "recommended_activity_type_id",
    "previous_activity_type_id",
    "calendar_event_id",
    *models.MAGIC_COLUMNS,
}


class CrmCampaignTask(models.Model):
    """To-dos in bulk: the host's activities, in a few statements instead of some for each.

    What a colleague sees is what the host would show: the to-do on the record, its counter, the
    record followed. Instead of one email a to-do, everybody gets one message a run.
    """

    _inherit = "crm.campaign.task"

    # === BUSINESS METHODS === #

    def _create_todos(self, execution, recipients=None):
        """Make the to-dos of a run and mark its rows as done.

        :param execution: a frozen run
        :param recipients: rows to make to-dos for; by default all that wait
        """
        self.ensure_one()
        if recipients is None:
            recipients = self.env["crm.campaign.recipient"].search(
                [("execution_id", "=", execution.id), ("state", "=", "pending")], order="id"
            )
        counts = Counter()
        for ids in split_every(CHUNK, recipients.ids):
            chunk = recipients.browse(ids)
            vals_list = self._prepare_todo_vals_list(execution, chunk)
            self._insert_todos(vals_list)
            self._follow(execution.res_model, vals_list)
            counts.update(vals["user_id"] for vals in vals_list)
            chunk.invalidate_recordset()
        recipients._mark_made()
        self._tell_assignees(execution, counts)

    def _prepare_todo_vals_list(self, execution, recipients):
        """Prepare to-dos. Extended by integrators.

        :return: values of ``mail.activity``, in the order of ``recipients``
        :rtype: list[dict]
        """
        records = self.env[execution.res_model].sudo().browse(recipients.mapped("res_id"))
        summaries = self._fill_in(execution, self.todo_summary or self.name, recipients)
        notes = self._fill_in(execution, self.todo_note or "", recipients)
        common = {
            "res_model_id": self.env["ir.model"]._get_id(execution.res_model),
            "res_model": execution.res_model,
            "activity_type_id": self.activity_type_id.id,
            "date_deadline": self._get_deadline(execution),
            "automated": True,
            "active": True,
            "campaign_task_id": self.id,
            "campaign_priority": self.todo_priority,
        }
        return [
            {
                **common,
                "res_id": record.id,
                "res_name": record.display_name,
                "summary": summaries[recipient.id],
                "note": plaintext2html(notes[recipient.id]) if notes[recipient.id] else False,
                "user_id": recipient.assignee_id.id,
                # Superuser: the time zone of a colleague, nothing else of them.
                "user_tz": recipient.assignee_id.sudo().tz,
                "campaign_recipient_id": recipient.id,
            }
            for recipient, record in zip(recipients, records, strict=True)
        ]

    def _fill_in(self, execution, text, recipients):
        """Put the values of merge fields in a text, with the rights of the responsible.

        :return: recipient id -> text
        :rtype: dict[int, str]
        """
        if "{{" not in text:
            return dict.fromkeys(recipients.ids, text)
        renderer = self.env["crm.campaign.template"].with_user(self.user_id)
        renderer = renderer.with_context(allowed_company_ids=self.company_id.ids)
        text = execution._freeze_text(text)
        return self.env["crm.campaign.channel.email"]._render_subjects(renderer, text, recipients)

    # === INSERTING === #

    @api.model
    def _insert_todos(self, vals_list):
        """Insert to-dos; one that is there already, for the same recipient, is left alone.

        :param vals_list: values of ``mail.activity``, all with the same fields
        """
        Activity = self.env["mail.activity"].sudo()
        if not self._may_insert():
            Activity.with_context(mail_activity_quick_update=True, tracking_disable=True).create(
                [{name: vals[name] for name in vals if name != "res_name"} for vals in vals_list]
            )
            return
        rows = [
            SQL("(%s)", SQL(", ").join(SQL("%s", vals[name] or None) for name in COLUMNS))
            for vals in vals_list
        ]
        now = fields.Datetime.now()
        names = SQL(", ").join(map(SQL.identifier, COLUMNS))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_activity (%s, create_uid, create_date, write_uid, write_date)
                SELECT %s, %s, %s::timestamp, %s, %s::timestamp FROM (VALUES %s) AS v (%s)
                ON CONFLICT (campaign_recipient_id) WHERE campaign_recipient_id IS NOT NULL
                DO NOTHING
                """,
                names,
                self._get_typed_columns(),
                self.env.uid,
                now,
                self.env.uid,
                now,
                SQL(", ").join(rows),
                names,
            )
        )
        Activity.invalidate_model()

    @api.model
    def _get_typed_columns(self):
        """Give the columns of ``VALUES`` rows (alias ``v``) with their types: NULL has none.

        :rtype: SQL
        """
        texts = self.env["mail.activity"]._fields
        return SQL(", ").join(
            SQL("v.%s::%s", SQL.identifier(name), SQL(texts[name].column_type[1]))
            for name in COLUMNS
        )

    @api.model
    def _may_insert(self):
        """Tell whether to-dos have no column that only the ORM can fill in."""
        return not any(
            field.required or field.compute or field.default or field.related
            for name, field in self.env["mail.activity"]._fields.items()
            if field.store and field.column_type and name not in KNOWN
        )

    @api.model
    def _follow(self, model, vals_list):
        """Have colleagues follow the records that they got a to-do for, as the host does.

        :param str model: model of the records
        """
        Subtype = self.env["mail.message.subtype"]
        subtypes = Subtype.default_subtypes(model)[0]
        partners = self.env["res.users"].sudo().browse({vals["user_id"] for vals in vals_list})
        partner_ids = {user.id: user.partner_id.id for user in partners}
        self.env.cr.execute(
            SQL(
                """
                WITH wanted AS (SELECT * FROM unnest(%(res_ids)s, %(partner_ids)s)
                                           AS w (res_id, partner_id)),
                     added AS (
                    INSERT INTO mail_followers (res_model, res_id, partner_id)
                    SELECT DISTINCT %(model)s, res_id, partner_id FROM wanted
                        ON CONFLICT DO NOTHING RETURNING id)
                INSERT INTO mail_followers_mail_message_subtype_rel
                            (mail_followers_id, mail_message_subtype_id)
                SELECT added.id, subtype.id FROM added, unnest(%(subtypes)s) AS subtype (id)
                """,
                res_ids=[vals["res_id"] for vals in vals_list],
                partner_ids=[partner_ids[vals["user_id"]] for vals in vals_list],
                model=model,
                subtypes=subtypes.ids,
            )
        )
        self.env["mail.followers"].invalidate_model()

    # === TELLING === #

    def _tell_assignees(self, execution, counts):
        """Tell each colleague once how many to-dos a run gave them, and move their counter.

        :param Counter counts: user id -> number of to-dos
        """
        due_today = self._get_deadline(execution) <= fields.Date.today()
        # Superuser: colleagues' addresses and languages.
        for user in self.env["res.users"].sudo().browse(sorted(counts)):
            count = counts[user.id]
            if due_today:
                user._bus_send(
                    "mail.activity/updated", {"activity_created": True, "count_diff": count}
                )
            task = self.sudo().with_context(lang=user.lang)
            task.message_notify(
                partner_ids=user.partner_id.ids,
                subject=task.env._("%(count)s new to-do(s): %(task)s", count=count, task=self.name),
                body=task.env._(
                    "The automatic task “%(task)s” gave you %(count)s to-do(s).",
                    task=self.name,
                    count=count,
                ),
                model_description=task.env._("Automatic Task"),
                force_send=False,
            )
