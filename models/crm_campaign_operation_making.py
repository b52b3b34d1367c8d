# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from collections import Counter

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import SQL, plaintext2html

# Where colleagues find what they got.
TODO_URL = "/odoo/action-mail.mail_activity_action_my"
LEAD_URL = "/odoo/action-crm.crm_lead_action_pipeline"
# Exclusions of which the responsible is told when the operation departs.
TOLD_REASONS = ("no_responsible", "no_right", "still_open")


class CrmCampaignOperation(models.Model):
    """What a mass action makes when it departs: to-dos and leads, in a few statements.

    What a colleague sees is what the host would show. Instead of one email a to-do, everybody gets
    one message.
    """

    _inherit = "crm.campaign.operation"

    # === BUSINESS METHODS === #

    def _make_actions(self, execution):
        """Make everything for all who were frozen, and tell colleagues what they got.

        :param execution: of this operation, just frozen
        """
        self.ensure_one()
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id), ("state", "=", "to_do")], order="id"
        )
        rows = {recipient.res_id: recipient.id for recipient in recipients}
        plan = self._plan_actions(execution, list(rows))
        counts = {"todo": Counter(), "lead": Counter()}
        left_out = Counter()
        for line in self.action_ids:
            assignees, reasons = plan[line.id]
            chosen = recipients.browse([rows[record_id] for record_id in assignees])
            if line.kind == "todo":
                self._insert_follow_up(execution, line, chosen, assignees)
            else:
                line._create_leads(execution, chosen, assignees)
            counts[line.kind].update(filter(None, assignees.values()))
            left_out.update((line, reason) for reason in reasons.values())
        self._put_up_todos()
        self._mark_without_todo(execution)
        self._tell_assignees(counts)
        self._tell_left_out(execution, left_out)

    def _plan_actions(self, execution, record_ids):
        """Say who gets what on records; see ``_plan`` of the lines."""
        People = self.env[execution.res_model].sudo().with_context(active_test=False)
        query = People._search([("id", "in", record_ids)])
        responsibles = execution._read_responsibles(query)
        return self.action_ids._plan(self.env[execution.res_model], responsibles)

    def _mark_without_todo(self, execution):
        """Give their fate to the people for whom leads were made and no to-do."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_recipient r SET state = 'delivered', sent_at = %s
                 WHERE execution_id = %s AND state = 'to_do'
                   AND NOT EXISTS (SELECT FROM crm_campaign_action_todo t
                                    WHERE t.recipient_id = r.id)
                """,
                fields.Datetime.now(),
                execution.id,
            )
        )
        self.env["crm.campaign.recipient"].invalidate_model(["state", "sent_at"])

    # === BUSINESS METHODS - TO-DOS === #

    def _insert_follow_up(self, execution, line, recipients, assignees):
        """Insert the rows of the follow-up of one line, in one statement.

        :param recipients: on whom to-dos are made
        :param dict assignees: record id -> user id
        """
        if not recipients:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_campaign_action_todo
                            (operation_id, action_id, recipient_id, res_model, res_id, res_name,
                             activity_type_id, summary, note, user_id, date_deadline, state,
                             created_at)
                SELECT %(operation)s, %(action)s, recipient_id, %(model)s, res_id, res_name,
                       %(type)s, summary, note, user_id, %(deadline)s, 'open', %(now)s
                  FROM unnest(%(recipients)s::int[], %(res_ids)s::int[], %(names)s::varchar[],
                              %(summaries)s::varchar[], %(notes)s::text[], %(users)s::int[])
                       AS made (recipient_id, res_id, res_name, summary, note, user_id)
                """,
                operation=self.id,
                action=line.id,
                model=execution.res_model,
                type=line.activity_type_id.id,
                deadline=line._get_deadline(execution),
                now=fields.Datetime.now(),
                **self._prepare_follow_up(execution, line, recipients, assignees),
            )
        )
        self.env["crm.campaign.action.todo"].invalidate_model()

    def _prepare_follow_up(self, execution, line, recipients, assignees):
        """Prepare what the rows of a line do not share, as one list a column.

        :rtype: dict[str, list]
        """
        records = self.env[execution.res_model].sudo().browse(recipients.mapped("res_id"))
        notes = line._fill_in(execution, line.note, recipients)
        # The same text is made HTML once.
        html = {note: str(plaintext2html(note)) if note else None for note in set(notes)}
        return {
            "recipients": recipients.ids,
            "res_ids": records.ids,
            "names": records.mapped("display_name"),
            "summaries": line._fill_in(execution, line.summary, recipients),
            "notes": [html[note] for note in notes],
            "users": [assignees[record_id] for record_id in records.ids],
        }

    def _put_up_todos(self):
        """Make the activities of the open rows that have none, as the host would.

        By the ORM where another addon must fill something in, or automates activities.
        """
        self.ensure_one()
        Task, Activity = self.env["crm.campaign.task"], self.env["mail.activity"].sudo()
        Activity.flush_model()
        if Task._may_insert() and not self._is_automated("mail.activity"):
            made = self._insert_activities()
            Activity.invalidate_model()
        else:
            made = self._create_activities()
        if made:
            Task._follow(made[0]["res_model"], made)
            self._move_counters(made)

    def _get_missing_sql(self):
        """Give the open rows that have no activity, as a FROM clause (alias ``t``)."""
        return SQL(
            "crm_campaign_action_todo t WHERE t.operation_id = %s AND t.state = 'open'"
            " AND NOT EXISTS (SELECT FROM mail_activity a WHERE a.campaign_todo_id = t.id)",
            self.id,
        )

    def _insert_activities(self):
        """Insert the missing activities in one statement.

        :return: ``res_model``, ``res_id``, ``user_id`` and ``date_deadline`` of each
        :rtype: list[dict]
        """
        self.env.cr.execute(
            SQL(
                """
                WITH made AS (
                    INSERT INTO mail_activity
                                (res_model_id, res_model, res_id, res_name, activity_type_id,
                                 summary, note, date_deadline, automated, user_id, user_tz, active,
                                 campaign_priority, campaign_todo_id,
                                 create_uid, create_date, write_uid, write_date)
                    SELECT m.id, t.res_model, t.res_id, t.res_name, t.activity_type_id, t.summary,
                           t.note, t.date_deadline, TRUE, t.user_id, p.tz, TRUE, '0', t.id,
                           %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM (SELECT * FROM %(missing)s) t
                      JOIN ir_model m ON m.model = t.res_model
                      JOIN res_users u ON u.id = t.user_id
                      JOIN res_partner p ON p.id = u.partner_id
                  ORDER BY t.id
                 RETURNING res_model, res_id, user_id, date_deadline)
                SELECT * FROM made
                """,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                missing=self._get_missing_sql(),
            )
        )
        return self.env.cr.dictfetchall()

    def _create_activities(self):
        """Create the missing activities by the ORM; returns what ``_insert_activities`` does."""
        rows = self.env.execute_query(
            SQL("SELECT t.id FROM %s ORDER BY t.id", self._get_missing_sql())
        )
        todos = self.env["crm.campaign.action.todo"].sudo().browse(row_id for (row_id,) in rows)
        names = ("res_model", "res_id", "user_id", "date_deadline")
        vals_list = [
            {
                "res_model_id": self.env["ir.model"]._get_id(todo.res_model),
                "res_id": todo.res_id,
                "activity_type_id": todo.activity_type_id.id,
                "summary": todo.summary,
                "note": todo.note,
                "date_deadline": todo.date_deadline,
                "automated": True,
                "user_id": todo.user_id.id,
                "campaign_todo_id": todo.id,
            }
            for todo in todos
        ]
        Activity = self.env["mail.activity"].sudo()
        Activity.with_context(mail_activity_quick_update=True).create(vals_list)
        return [
            {name: todo[name].id if name == "user_id" else todo[name] for name in names}
            for todo in todos
        ]

    def _is_automated(self, model):
        """Tell whether somebody automated what happens to the records of a model.

        :rtype: bool
        """
        # Superuser: rules of the administrator; nothing of them is shown.
        Automation = self.env["base.automation"].sudo()
        return bool(Automation.search_count([("model_id.model", "=", model)], limit=1))

    def _move_counters(self, made):
        """Move the counter of to-dos of colleagues, for those that are due."""
        today = fields.Date.today()
        due = Counter(row["user_id"] for row in made if row["date_deadline"] <= today)
        # Superuser: the channel of a colleague.
        for user in self.env["res.users"].sudo().browse(sorted(due)):
            values = {"activity_created": True, "count_diff": due[user.id]}
            user._bus_send("mail.activity/updated", values)

    # === BUSINESS METHODS - TELLING === #

    def _tell_assignees(self, counts):
        """Tell each colleague once how much they got, with links to it.

        Not on the operation, which most of them may not open.

        :param dict counts: kind -> Counter of user ids
        """
        # Superuser: colleagues' addresses and languages.
        for user in self.env["res.users"].sudo().browse(sorted({*counts["todo"], *counts["lead"]})):
            env = self.sudo().with_context(lang=user.lang).env
            parts = []
            if count := counts["todo"][user.id]:
                parts.append((TODO_URL, env._("%(count)s new to-do(s)", count=count)))
            if count := counts["lead"][user.id]:
                parts.append((LEAD_URL, env._("%(count)s new lead(s)", count=count)))
            links = Markup(", ").join(Markup('<a href="%s">%s</a>') % part for part in parts)
            what = ", ".join(text for _url, text in parts)
            env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=f"{what}: {self.name}",
                body=Markup("<p>%s</p>")
                % env._(
                    "The mass action “%(name)s” gave you: %(what)s.", name=self.name, what=links
                ),
                author_id=self.user_id.partner_id.id,
                force_send=False,
            )

    def _tell_left_out(self, execution, left_out):
        """Tell the responsible what was not made, and why.

        :param Counter left_out: pairs of line and reason, of records on which another line did
        """
        texts = self._describe_left_out(execution.exclusion_counts or {}, left_out)
        if not texts:
            return
        items = Markup().join(Markup("<li>%s</li>") % text for text in texts)
        # Superuser: told by the departure.
        self.sudo().message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=self.env._("%s: not everything was made", self.name),
            body=Markup("<ul>%s</ul>") % items,
            model_description=self.env._("Mass Action"),
            force_send=False,
        )

    def _describe_left_out(self, excluded, left_out):
        """Put in words what was not made.

        :param dict excluded: reason -> number of records
        :rtype: list[str]
        """
        labels = self.env["crm.campaign.recipient"]._get_exclusions()
        texts = [
            self.env._(
                "%(count)s record(s) left out: %(reason)s", count=count, reason=labels[reason]
            )
            for reason, count in excluded.items()
            if reason in TOLD_REASONS
        ]
        return texts + [
            self.env._(
                "“%(line)s” not made on %(count)s record(s): %(reason)s",
                line=line.summary,
                count=count,
                reason=labels[reason],
            )
            for (line, reason), count in left_out.items()
        ]
