# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import json
import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, plaintext2html

from ..const import EXCLUSIONS, PRIORITIES, RECIPIENT_SENT_STATES, RECIPIENT_STATES

# A merge field in a text: what it falls back to may follow "|||".
FIELD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


# What stands for a line where its task has no type: the way it went.
ICONS = {
    "email": "fa-envelope",
    "sms": "fa-comment",
    "post": "fa-file-text-o",
    "fax": "fa-fax",
    "file": "fa-table",
    "phone": "fa-phone",
    "activity": "fa-check-square-o",
}
OTHER_ICON = "fa-bullhorn"


class CrmCampaignCommunication(models.Model):
    """What campaigns and automatic tasks told a contact, and the to-dos that colleagues got for it:
    one line a message or a to-do, or why there was none.

    A view over recipients (same ids) and their executions for whoever may read the contact,
    salespeople included, who have no right on campaigns. Always searched by contact or lead:
    ``about_partner_id`` and ``about_lead_id`` use the indexes of recipients.
    """

    _name = "crm.campaign.communication"
    _description = "Campaign Communication"
    _auto = False
    _order = "date desc, id desc"
    _depends = {
        "crm.campaign.recipient": [
            "partner_id",
            "company_partner_id",
            "lead_id",
            "lang",
            "execution_id",
            "state",
            "exclusion",
            "sent_at",
        ],
        "crm.campaign.execution": [
            "operation_id",
            "task_id",
            "target_id",
            "run_kind",
            "channel",
            "purpose_id",
            "mailing_id",
            "body_text",
            "frozen_subject",
            "translations",
        ],
        "mailing.mailing": ["subject"],
        "crm.campaign.operation": ["name"],
        "crm.campaign.target": ["name"],
        "crm.campaign.task": ["name", "type_id", "activity_type_id", "todo_priority"],
        "crm.campaign.task.type": ["icon"],
        "mail.activity": [
            "campaign_recipient_id",
            "user_id",
            "activity_type_id",
            "summary",
            "note",
            "date_deadline",
            "date_done",
            "campaign_priority",
            "feedback",
        ],
        "mail.activity.type": ["icon"],
    }

    # To whom
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    company_partner_id = fields.Many2one("res.partner", string="Company", readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True)
    address = fields.Char(readonly=True, help="The one that was used, as it was then.")
    # What
    name = fields.Char(string="Event", readonly=True, help="The task or the operation.")
    icon = fields.Char(readonly=True, export_string_translation=False)
    run_kind = fields.Selection(
        lambda self: (
            self.env["crm.campaign.execution"]._fields["run_kind"]._description_selection(self.env)
        ),
        string="Category",
        readonly=True,
    )
    execution_id = fields.Many2one("crm.campaign.execution", readonly=True)
    operation_id = fields.Many2one("crm.campaign.operation", readonly=True)
    task_id = fields.Many2one("crm.campaign.task", string="Automatic Task", readonly=True)
    campaign_id = fields.Many2one("crm.campaign", readonly=True)
    target = fields.Char(readonly=True, help="The name that it has today.")
    company_id = fields.Many2one("res.company", string="Our Company", readonly=True)
    purpose_id = fields.Many2one("crm.campaign.purpose", readonly=True)
    channel = fields.Selection(
        lambda self: (
            self.env["crm.campaign.execution"]._fields["channel"]._description_selection(self.env)
        ),
        readonly=True,
    )
    source_subject = fields.Char(readonly=True, export_string_translation=False)
    subject = fields.Char(compute="_compute_subject")
    title = fields.Char(compute="_compute_body")
    body = fields.Html(string="Message", compute="_compute_body", sanitize=False)
    # What became of it (UTC)
    date = fields.Datetime(readonly=True)
    state = fields.Selection(RECIPIENT_STATES, string="Status", readonly=True)
    exclusion = fields.Selection(EXCLUSIONS, string="Held Back", readonly=True)
    failure_reason = fields.Char(string="Detail", readonly=True)
    reading = fields.Selection(
        [("read", "Read"), ("unread", "Unread")],
        readonly=True,
        help="Empty where nobody can know, such as for letters.",
    )
    opened_at = fields.Datetime(string="Opened On", readonly=True)
    clicked_at = fields.Datetime(string="Clicked On", readonly=True)
    replied_at = fields.Datetime(string="Replied On", readonly=True)
    # To-dos; empty for messages
    assignee_id = fields.Many2one("res.users", string="Assigned To", readonly=True)
    activity_type_id = fields.Many2one("mail.activity.type", string="To-Do Type", readonly=True)
    todo_summary = fields.Char(string="Label", readonly=True)
    todo_note = fields.Html(string="Instructions", readonly=True)
    todo_priority = fields.Selection(PRIORITIES, string="Priority", readonly=True)
    date_deadline = fields.Date(string="Due On", readonly=True)
    date_done = fields.Date(string="Done On", readonly=True)
    feedback = fields.Text(string="Comment", readonly=True)
    todo_state = fields.Selection(
        [
            ("overdue", "Overdue"),
            ("today", "Today"),
            ("planned", "Planned"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        string="To-Do Status",
        compute="_compute_todo_state",
    )
    # To search by
    about_partner_id = fields.Many2one(
        "res.partner", store=False, search="_search_about_partner_id"
    )
    about_lead_id = fields.Many2one("crm.lead", store=False, search="_search_about_lead_id")

    # === SQL VIEW === #

    @property
    def _table_query(self):
        return SQL("SELECT %s FROM %s", self._select(), self._from())

    @api.model
    def _select(self):
        """Give the columns of the view, over the tables of ``_from``."""
        return SQL(", ").join([self._select_message(), self._select_origin(), self._select_todo()])

    @api.model
    def _select_message(self):
        """Give what was written to whom, and what became of it."""
        return SQL(
            """
            r.id, r.partner_id, r.company_partner_id, r.lead_id, %(address)s AS address,
            r.execution_id, x.operation_id, x.campaign_id, x.company_id, x.purpose_id, x.channel,
            %(subject)s AS source_subject,
            COALESCE(r.sent_at, x.started_at, x.scheduled_at) AS date,
            r.state, r.exclusion, r.failure_reason, r.opened_at, r.clicked_at, r.replied_at,
            CASE WHEN r.opened_at IS NOT NULL THEN 'read'
                 WHEN x.channel IN %(tracked)s AND r.state IN %(sent)s AND r.state != 'bounced'
                 THEN 'unread' END AS reading
            """,
            address=SQL(
                "COALESCE(%s)",
                SQL(", ").join(SQL.identifier("r", name) for name in self._get_address_columns()),
            ),
            subject=self._get_subject_sql(),
            tracked=self._get_tracked_channels(),
            sent=RECIPIENT_SENT_STATES,
        )

    @api.model
    def _get_subject_sql(self):
        """Give the subject in the language of the recipient; a text's own beginning without one."""
        return SQL(
            """
            COALESCE(x.translations->r.lang->>'subject', m.subject, NULLIF(x.frozen_subject, ''),
                     left(COALESCE(x.translations->r.lang->>'body_text', x.body_text), 100),
                     (SELECT o.call_subject FROM crm_campaign_operation o
                       WHERE o.id = x.operation_id AND x.channel = 'phone'))
            """
        )

    @api.model
    def _select_origin(self):
        """Give what a line comes from: its task or its operation, and its target.

        Names are columns, since salespeople may read neither tasks nor targets: whoever may read a
        line may know why it is there. Selected one by one rather than joined: a search needs none
        of them.
        """
        return SQL(
            """
            x.task_id, x.run_kind,
            COALESCE(k.name,
                     (SELECT o.name FROM crm_campaign_operation o WHERE o.id = x.operation_id),
                     %(subject)s) AS name,
            (SELECT t.name FROM crm_campaign_target t WHERE t.id = x.target_id) AS target,
            COALESCE((SELECT y.icon FROM crm_campaign_task_type y WHERE y.id = k.type_id),
                     (SELECT v.icon FROM mail_activity_type v
                       WHERE v.id = COALESCE(a.activity_type_id, k.activity_type_id)),
                     %(icons)s::jsonb->>x.channel, %(other)s) AS icon
            """,
            subject=self._get_subject_sql(),
            icons=json.dumps(ICONS),
            other=OTHER_ICON,
        )

    @api.model
    def _select_todo(self):
        """Give the to-do of a colleague, read whatever the right on activities.

        Safe: the rules on lines come first, and let in only those who may read the contact or the
        lead. A to-do that was cancelled is gone: the task and the row remember.
        """
        return SQL(
            """
            COALESCE(a.user_id, r.assignee_id) AS assignee_id,
            COALESCE(a.activity_type_id, k.activity_type_id) AS activity_type_id,
            CASE WHEN x.channel = 'activity' THEN COALESCE(a.summary, k.name) END AS todo_summary,
            a.note AS todo_note, a.date_deadline, a.date_done, a.feedback,
            CASE WHEN x.channel = 'activity' THEN COALESCE(a.campaign_priority, k.todo_priority)
            END AS todo_priority
            """
        )

    @api.model
    def _from(self):
        """Give the tables: recipients ``r``, executions ``x``, mailings ``m``, automatic tasks
        ``k``, to-dos ``a``, which are found by their index on recipients."""
        return SQL(
            """
            crm_campaign_recipient r
            JOIN crm_campaign_execution x ON x.id = r.execution_id
       LEFT JOIN mailing_mailing m ON m.id = x.mailing_id
       LEFT JOIN crm_campaign_task k ON k.id = x.task_id
       LEFT JOIN mail_activity a ON a.campaign_recipient_id = r.id AND x.channel = 'activity'
            """
        )

    @api.model
    def _get_channels(self):
        """Return the models of all channels, those of integrators included, by code."""
        codes = self.env["crm.campaign.execution"]._fields["channel"].get_values(self.env)
        return {code: self.env[f"crm.campaign.channel.{code}"] for code in codes}

    @api.model
    def _get_address_columns(self):
        """Return the columns of recipients that hold addresses; a row fills one of them.

        A file has none: its people are told apart by their number.
        """
        texts = self.env["crm.campaign.recipient"]._fields
        columns = (channel._address_column for channel in self._get_channels().values())
        return [
            column
            for column in dict.fromkeys(columns)
            if column and texts[column].type in ("char", "text")
        ]

    @api.model
    def _get_tracked_channels(self):
        """Return the codes of the channels on which an opening can be known.

        :rtype: tuple[str, ...]
        """
        channels = self._get_channels().items()
        return tuple(code for code, channel in channels if channel._knows_openings) or (None,)

    # === COMPUTE METHODS === #

    @api.depends("source_subject")
    def _compute_subject(self):
        """Show merge fields by what they fall back to: a list renders nothing."""
        for communication in self:
            communication.subject = FIELD.sub(
                lambda field: field[1].partition("|||")[2].strip() or "…",
                communication.source_subject or "",
            )

    @api.depends("execution_id")
    def _compute_body(self):
        """Render the message as it was frozen, with the values that its merge fields have now."""
        # Superuser: the reader may read this line, and so what was written to this contact.
        recipients = self.env["crm.campaign.recipient"].sudo().browse(self.ids)
        for communication, recipient in zip(self, recipients, strict=True):
            content = {}
            if not recipient.exclusion and communication.channel != "activity":
                content = recipient.execution_id._get_content(recipient.lang)
            subject, text = content.get("subject"), content.get("body_text")
            communication.title = self._render(recipient, subject, "inline_template")
            text = self._render(recipient, text, "inline_template")
            text = plaintext2html(text) if text else ""
            communication.body = self._render(recipient, content.get("body_html"), "qweb") or text

    @api.model
    def _render(self, recipient, source, engine):
        """Render what one recipient got; the source itself where it cannot be rendered.

        :param str | bool source: frozen subject or body, or nothing
        """
        if not source:
            return ""
        ((speaker, _recipient),) = recipient.execution_id._group_by_language(recipient)
        rendered = speaker._render(source, recipient, engine)[recipient.id]
        return source if isinstance(rendered, Exception) else rendered

    @api.depends("channel", "state", "date_deadline", "date_done", "assignee_id")
    def _compute_todo_state(self):
        """Say where a to-do stands today, in the time zone of its colleague, as the host does."""
        Activity = self.env["mail.activity"]
        for communication in self:
            state = False
            if communication.date_done:
                state = "done"
            elif communication.date_deadline:
                # Superuser: the time zone of a colleague, nothing else of them.
                tz = communication.assignee_id.sudo().tz
                state = Activity._compute_state_from_date(communication.date_deadline, tz)
            elif communication.channel == "activity" and communication.state == "delivered":
                state = "cancelled"
            communication.todo_state = state

    # === SEARCH METHODS === #

    @api.model
    def _search_about_partner_id(self, operator, value):
        """Find what concerns contacts: written to them, to the people of a company, or to a lead
        that became theirs."""
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", self._get_about_partners_sql(list(value)))

    @api.model
    def _search_about_lead_id(self, operator, value):
        """Find what concerns leads: written to them, or to the customers they became."""
        if operator != "in":
            return NotImplemented
        leads = self.env["crm.lead"].browse(value).exists()._filtered_access("read")
        about_leads = SQL(
            "SELECT id FROM crm_campaign_recipient WHERE lead_id = ANY(%s)", list(leads.ids)
        )
        partners = self._get_about_partners_sql(leads.partner_id.ids)
        return Domain("id", "in", SQL("(%s UNION %s)", about_leads, partners))

    @api.model
    def _get_about_partners_sql(self, ids):
        return SQL(
            """(
            SELECT id FROM crm_campaign_recipient WHERE partner_id = ANY(%(ids)s)
             UNION
            SELECT id FROM crm_campaign_recipient WHERE company_partner_id = ANY(%(ids)s)
             UNION
            SELECT r.id FROM crm_campaign_recipient r JOIN crm_lead l ON l.id = r.lead_id
             WHERE %(partner)s = ANY(%(ids)s))""",
            partner=self.env["crm.lead"].sudo()._field_to_sql("l", "partner_id"),
            ids=[id_ for id_ in ids if id_],
        )

    # === ACTION METHODS === #

    def action_view_recipient(self):
        """Open the recipient, for those who may see the campaign."""
        self.ensure_one()
        recipient = self.env["crm.campaign.recipient"].browse(self.id)
        recipient.check_access("read")
        return recipient.get_formview_action()

    def action_reprint(self):
        """Download the letter again, as it was made."""
        return self.env["crm.campaign.recipient"].browse(self.ids).action_reprint()
