# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..const import CALL_OPEN_STATES, CALL_STATES
from ..kept_link import KeptMany2one
from ..tools.send_window import get_moment

# What may be changed by hand; everything else follows from what callers say.
WRITABLE = {"user_id", "date_planned", "note"}


class CrmCampaignCall(models.Model):
    """One person to be called for an operation: by whom, when, and what became of it.

    Born with the operation's departure, in one statement (``_create_calls`` of operations), and
    never deleted. It is offered to its caller from ``due_at`` on; without a caller, to any caller
    of the operation. There may be many: no audit columns, few indexes, and only the foreign keys
    that no other row stands for.
    """

    _name = "crm.campaign.call"
    _description = "Campaign Call"
    _order = "date_planned, id"
    _rec_name = "partner_id"
    _log_access = False

    # A column for the indexes. Kept by the recipient, whose execution keeps its operation.
    operation_id = KeptMany2one(
        "crm.campaign.operation", required=True, readonly=True, ondelete="restrict"
    )
    campaign_id = fields.Many2one(related="operation_id.campaign_id")
    company_id = fields.Many2one(related="operation_id.company_id", string="Our Company")
    recipient_id = fields.Many2one(
        "crm.campaign.recipient", required=True, readonly=True, ondelete="restrict"
    )
    # Read there: a column would cost a foreign key and an index, and nothing looks for it.
    partner_id = fields.Many2one(related="recipient_id.partner_id", string="Contact")
    company_partner_id = fields.Many2one(related="recipient_id.company_partner_id")
    # The lead that is called, or that a call has made
    lead_id = fields.Many2one(
        "crm.lead",
        string="Lead or Opportunity",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    phone = fields.Char(readonly=True)
    subject = fields.Char(related="operation_id.call_subject")
    # Read there rather than copied: it stays what it was, and a foreign key less is checked.
    script_id = fields.Many2one(related="operation_id.script_id")
    answer_ids = fields.One2many("crm.campaign.script.answer", "call_id", string="Answers")
    attempt_ids = fields.One2many(
        "crm.campaign.call.attempt", "call_id", string="History of Attempts"
    )
    # Who and when
    # Kept by res.users, whose unlink asks for calls
    user_id = KeptMany2one(
        "res.users",
        string="Caller",
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Empty: any caller of the operation.",
    )
    date_planned = fields.Date(string="Planned For", required=True)
    # From when on it is offered (UTC): the planned day, a promise, or the next try
    due_at = fields.Datetime(string="Due From", required=True, readonly=True)
    callback_at = fields.Datetime(string="Call Back On", readonly=True)
    is_promised = fields.Boolean(readonly=True, export_string_translation=False)
    # What became of it
    state = fields.Selection(CALL_STATES, required=True, readonly=True)
    # Kept by the attempts, as whoever ended the call is
    outcome_id = KeptMany2one("crm.campaign.call.outcome", readonly=True, ondelete="restrict")
    is_success = fields.Boolean(related="outcome_id.is_success")
    attempt_count = fields.Integer(string="Attempts", readonly=True)
    done_at = fields.Datetime(string="Ended On", readonly=True)
    done_by_id = KeptMany2one("res.users", string="Ended By", readonly=True, ondelete="restrict")
    note = fields.Text()
    # Who has it on the screen, so that nobody else gets it
    taken_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    taken_at = fields.Datetime(readonly=True, export_string_translation=False)
    is_paused = fields.Boolean(readonly=True, help="The operation is suspended.")
    calling_hours_id = fields.Many2one(
        "crm.campaign.calling.hours", readonly=True, ondelete="set null"
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    color = fields.Integer(related="outcome_id.color")

    # What is offered next. Calls that are over cost nothing here.
    _offer_idx = models.Index(
        "(user_id, is_promised, due_at, id)"
        " WHERE state IN ('todo', 'no_answer', 'callback') AND NOT is_paused"
    )
    _operation_idx = models.Index("(operation_id, state)")
    _recipient_uniq = models.UniqueIndex("(recipient_id)", "A person is called once an operation.")
    _taken_idx = models.Index(
        "(taken_by_id, due_at, id) WHERE taken_by_id IS NOT NULL"
        " AND state IN ('todo', 'no_answer', 'callback') AND NOT is_paused"
    )
    # Work plans: a caller's calls of some days.
    _plan_idx = models.Index("(user_id, date_planned)")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "lead_id", "phone")
    def _compute_display_name(self):
        for call in self:
            # Superuser: the name of whom one is to call.
            call_sudo = call.sudo()
            name = call_sudo.partner_id.display_name or call_sudo.lead_id.display_name
            call.display_name = name or call.phone

    @api.depends("state", "date_planned")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for call in self:
            day = call.date_planned
            call.is_overdue = bool(day and day < today and call.state in CALL_OPEN_STATES)

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("date_planned", "<", fields.Date.context_today(self)) & Domain(
            "state", "in", CALL_OPEN_STATES
        )
        return overdue if True in value else ~overdue

    # === CRUD METHODS === #

    def write(self, vals):
        self._assert_may_plan(vals)
        done = super().write(vals)
        if {"user_id", "date_planned"} & set(vals) and "due_at" not in vals:
            self._follow_plan()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A call is the record of what was done: cancel it instead of deleting it.")
        )

    def _assert_may_plan(self, vals):
        """Refuse what cannot be changed by hand.

        :raise AccessError: a caller gives a call to somebody else
        :raise UserError: the call is over, or the field follows from what callers say
        """
        if self.env.su:
            return
        if strangers := set(vals) - WRITABLE:
            names = ", ".join(
                self._fields[name]._description_string(self.env) for name in strangers
            )
            raise UserError(self.env._("This follows from the calls themselves: %s.", names))
        if "user_id" in vals and not self.env.user.has_group(
            "crm_campaign.crm_campaign_group_user"
        ):
            raise AccessError(self.env._("Only marketing users give calls to somebody else."))
        over = self.filtered(lambda call: call.state not in CALL_OPEN_STATES)
        if over and {"user_id", "date_planned"} & set(vals):
            raise UserError(
                self.env._("The call to “%(name)s” is over.", name=over[0].display_name)
            )

    # === BUSINESS METHODS - PLAN === #

    def _follow_plan(self):
        """Offer calls from the day on which they are planned now; a promise keeps its hour."""
        # Superuser: moments follow from the plan, whoever changed it.
        for (user, company, day), calls in (
            self.sudo()
            .grouped(lambda call: (call.user_id, call.company_id, call.date_planned))
            .items()
        ):
            zone = self._get_caller_zone(user, company)
            calls.write(
                {
                    "due_at": self._get_day_start(day, zone),
                    "taken_by_id": False,
                    "taken_at": False,
                }
            )
            for call in calls.filtered("callback_at"):
                if self._get_local_day(call.callback_at, zone) == day:
                    call.due_at = call.callback_at

    @api.model
    def _get_caller_zone(self, user, company):
        """Name the time zone in which a caller's days are counted.

        :param user: the caller; empty = anybody of the company
        :rtype: str
        """
        # Superuser: the time zone of a colleague, nothing else of them.
        return user.sudo().tz or company.sudo().partner_id.tz or "UTC"

    @api.model
    def _get_day_start(self, day, zone):
        """Give the moment (UTC) at which a day begins in a time zone.

        :param date day: the day
        :param str zone: name of the time zone
        :rtype: datetime
        """
        return get_moment(day, 0, ZoneInfo(zone))

    @api.model
    def _get_local_day(self, moment, zone):
        """Give the day that it is at a moment (UTC) in a time zone.

        :rtype: date
        """
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), moment).date()
