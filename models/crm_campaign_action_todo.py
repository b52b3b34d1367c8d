# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import ACTION_STATES

OPEN_STATES = ("open", "suspended")


class CrmCampaignActionTodo(models.Model):
    """A to-do of a mass action, and what became of it: a row of the follow-up.

    Born with the operation's departure, and never deleted. The host's activity is what a colleague
    works with: it is put up from this row, and gone once it is done, suspended or cancelled; what
    happens to it comes back here (see ``mail_activity_action.py``). There may be many: no audit
    columns, few indexes.
    """

    _name = "crm.campaign.action.todo"
    _description = "To-Do of a Mass Action"
    _order = "date_deadline, id"
    _rec_name = "summary"
    _log_access = False

    operation_id = fields.Many2one(
        "crm.campaign.operation", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="operation_id.company_id", string="Our Company")
    campaign_id = fields.Many2one(related="operation_id.campaign_id")
    action_id = fields.Many2one(
        "crm.campaign.action", string="Line", required=True, readonly=True, ondelete="restrict"
    )
    recipient_id = fields.Many2one(
        "crm.campaign.recipient", required=True, readonly=True, ondelete="restrict"
    )
    # The record; no foreign key, since its model depends on the target
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    res_name = fields.Char(string="About", readonly=True)
    # What
    activity_type_id = fields.Many2one(
        "mail.activity.type", string="Action", readonly=True, ondelete="restrict"
    )
    reason = fields.Char(related="action_id.reason")
    summary = fields.Char(string="Subject", readonly=True)
    note = fields.Html(readonly=True)
    sender_id = fields.Many2one(related="operation_id.user_id", string="Sender")
    user_id = fields.Many2one(
        "res.users", string="Assignee", readonly=True, ondelete="restrict", index=True
    )
    date_deadline = fields.Date(string="Due", required=True, readonly=True)
    # On whom
    company_partner_id = fields.Many2one(related="recipient_id.company_partner_id")
    zip = fields.Char(related="recipient_id.company_partner_id.zip")
    city = fields.Char(related="recipient_id.company_partner_id.city")
    phone = fields.Char(related="recipient_id.company_partner_id.phone")
    partner_id = fields.Many2one(related="recipient_id.partner_id", string="Contact")
    direct_line = fields.Char(compute="_compute_numbers")
    mobile = fields.Char(compute="_compute_numbers")
    email = fields.Char(related="recipient_id.partner_id.email")
    # What became of it (UTC)
    state = fields.Selection(ACTION_STATES, required=True, readonly=True)
    done_at = fields.Datetime(string="Done On", readonly=True)
    done_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    report = fields.Text(readonly=True)
    cancelled_at = fields.Datetime(string="Cancelled On", readonly=True)
    created_at = fields.Datetime(string="Created On", required=True, readonly=True)
    is_overdue = fields.Boolean(compute="_compute_is_overdue", search="_search_is_overdue")

    _operation_idx = models.Index("(operation_id, state)")
    _recipient_uniq = models.UniqueIndex(
        "(recipient_id, action_id)", "A line makes one to-do per record."
    )
    # To find what is still to be done on a record
    _open_idx = models.Index("(res_id, res_model) WHERE state IN ('open', 'suspended')")

    # === COMPUTE METHODS === #

    @api.depends("partner_id.phone")
    def _compute_numbers(self):
        """Tell a mobile number from a direct line; the host keeps one number a contact.

        A number that is the company's own is neither.
        """
        for todo in self:
            # Superuser: whom the operation was allowed to reach.
            partner = todo.recipient_id.sudo().partner_id
            number = partner.phone if partner != partner.commercial_partner_id else False
            is_mobile = bool(number) and partner._is_campaign_mobile()
            if "mobile" in partner._fields:
                todo.mobile, todo.direct_line = partner.mobile, number
            else:
                todo.mobile = number if is_mobile else False
                todo.direct_line = False if is_mobile else number

    @api.depends("state", "date_deadline")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for todo in self:
            todo.is_overdue = todo.state in OPEN_STATES and todo.date_deadline < today

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("date_deadline", "<", fields.Date.context_today(self)) & Domain(
            "state", "in", OPEN_STATES
        )
        return overdue if True in value else ~overdue

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The follow-up is the record of what was done: it stays."))

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open the company, contact or lead."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).get_formview_action()

    def action_export(self):
        """Hand the whole list over as a file; context: ``todo_operation_id``, ``file_format``.

        :rtype: dict
        """
        operation_id = self.env.context.get("todo_operation_id", self.operation_id[:1].id)
        return self.env["crm.campaign.operation"].browse(operation_id).action_print_todos()

    # === BUSINESS METHODS - NEWS OF ACTIVITIES === #

    def _mark_done(self):
        """Note that the activities were done."""
        self._note(
            SQL(
                "state = 'done', done_at = %s, done_by_id = %s",
                fields.Datetime.now(),
                self.env.uid,
            ),
            ("open",),
        )

    def _mark_open(self):
        """Note that activities that were done are to be done after all."""
        self._note(SQL("state = 'open', done_at = NULL, done_by_id = NULL"), ("done",))

    def _mark_cancelled(self):
        """Note that the activities are gone without being done."""
        self._note(SQL("state = 'cancelled', cancelled_at = %s", fields.Datetime.now()), ("open",))

    def _note(self, assignments, states):
        """Write columns of rows in some states, and settle their people.

        :param SQL assignments: the SET clause
        :param tuple states: states of rows that are written
        """
        if not self:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE crm_campaign_action_todo SET %s WHERE id IN %s AND state IN %s",
                assignments,
                tuple(self.ids),
                states,
            )
        )
        self.invalidate_model()
        self._settle_people(SQL("id IN %s", tuple(self.ids)))

    def _follow_activities(self):
        """Take over what colleagues changed in open activities: whose they are, when, what."""
        if not self:
            return
        self.env["mail.activity"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_action_todo t
                   SET user_id = a.user_id, date_deadline = a.date_deadline, note = a.note,
                       summary = a.summary, activity_type_id = a.activity_type_id,
                       res_id = a.res_id, res_name = a.res_name,
                       report = COALESCE(a.feedback, t.report)
                  FROM mail_activity a
                 WHERE a.campaign_todo_id = t.id AND t.id IN %s AND t.state IN ('open', 'done')
                """,
                tuple(self.ids),
            )
        )
        self.invalidate_model()

    @api.model
    def _settle_people(self, condition):
        """Give people of whom nothing is open any more their fate, and wake who ends the run.

        :param SQL condition: over the rows that changed
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_recipient r
                   SET state = CASE WHEN over.done THEN 'delivered' ELSE 'withdrawn' END,
                       sent_at = CASE WHEN over.done THEN %(now)s::timestamp END
                  FROM (SELECT recipient_id, bool_or(state = 'done') AS done
                          FROM crm_campaign_action_todo
                         WHERE recipient_id IN (SELECT recipient_id FROM crm_campaign_action_todo
                                                 WHERE %(condition)s)
                      GROUP BY recipient_id
                        HAVING bool_and(state IN ('done', 'cancelled'))) over
                 WHERE r.id = over.recipient_id AND r.state = 'to_do'
             RETURNING r.execution_id
                """,
                now=fields.Datetime.now(),
                condition=condition,
            )
        )
        execution_ids = {execution_id for (execution_id,) in self.env.cr.fetchall()}
        if not execution_ids:
            return
        self.env["crm.campaign.recipient"].invalidate_model(["state", "sent_at"])
        # Superuser: colleagues who do their to-dos have no right on the operation.
        executions = self.env["crm.campaign.execution"].sudo().browse(execution_ids)
        self.env["crm.campaign.recount"]._request(executions)
        executions._end_followed()
