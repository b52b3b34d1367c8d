# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import EXCLUSIONS, RECIPIENT_PROGRESS, RECIPIENT_STATES


class CrmCampaignRecipient(models.Model):
    """One person or company in one execution: in, or out and why; address used; what became of it.

    Rows are born by ``_freeze_recipients`` and never deleted. This class and ``claim.py`` are the
    only writers of their states, which only move forward along ``RECIPIENT_PROGRESS``, but for the
    retry of failed rows. It is the model of the host's mailings too: traces, clicks and
    unsubscriptions of the host point at these rows. There may be millions of them: no audit
    columns, no computed column, few indexes.
    """

    _name = "crm.campaign.recipient"
    _description = "Campaign Recipient"
    _order = "id"
    _rec_name = "partner_id"
    _log_access = False

    # Foreign key: a row without its execution means nothing. Index: see _execution_idx.
    execution_id = fields.Many2one(
        "crm.campaign.execution", required=True, ondelete="restrict", readonly=True
    )
    # What a row shares with its execution is read there: columns, indexes and foreign keys of
    # their own would cost more than freezing itself.
    operation_id = fields.Many2one(related="execution_id.operation_id")
    campaign_id = fields.Many2one(related="execution_id.campaign_id")
    company_id = fields.Many2one(related="execution_id.company_id", string="Our Company")
    res_model = fields.Char(related="execution_id.res_model")
    # The targeted record; no foreign key, since its model depends on the execution.
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    # Foreign key and index: the contact's messages, merges and deletions of contacts.
    partner_id = fields.Many2one(
        "res.partner", string="Contact", ondelete="set null", readonly=True, index="btree_not_null"
    )
    # The same for companies; empty for people without one.
    company_partner_id = fields.Many2one(
        "res.partner", string="Company", ondelete="set null", readonly=True, index="btree_not_null"
    )
    # Costs nothing where no lead is targeted.
    lead_id = fields.Many2one(
        "crm.lead", ondelete="set null", readonly=True, index="btree_not_null"
    )
    # What a message of an automatic task is about, such as a meeting; its model is the task's
    source_id = fields.Integer(readonly=True, export_string_translation=False)
    # Address copied at freezing, in the column of the channel
    email = fields.Char(readonly=True)
    phone = fields.Char(readonly=True)
    # Translation of the template that the recipient gets; empty = the template itself
    lang = fields.Char(string="Language", readonly=True)
    # In or out
    exclusion = fields.Selection(EXCLUSIONS, string="Exclusion Reason", readonly=True)
    # What became of it (UTC)
    state = fields.Selection(RECIPIENT_STATES, required=True, readonly=True)
    failure_reason = fields.Char(string="Detail", readonly=True)
    # Of a text message, as it was handed over; empty on channels that do not cost by the part
    sms_part_count = fields.Integer(string="SMS Parts", readonly=True)
    claimed_at = fields.Datetime(readonly=True, export_string_translation=False)
    sent_at = fields.Datetime(string="Sent On", readonly=True)
    opened_at = fields.Datetime(string="Opened On", readonly=True)
    clicked_at = fields.Datetime(string="Clicked On", readonly=True)
    replied_at = fields.Datetime(string="Replied On", readonly=True)
    unsubscribed_at = fields.Datetime(string="Unsubscribed On", readonly=True)

    # Counters, the lists behind them, and the queue of the senders, who take the oldest first.
    _execution_idx = models.Index("(execution_id, state, id)")
    # Rows that a sender holds, to find those of a dead one: few, so the index stays small.
    _sending_idx = models.Index("(execution_id, claimed_at) WHERE state = 'sending'")
    # Nobody is written to twice in one execution, whatever a freeze or an integrator does.
    _address_uniq = models.UniqueIndex(
        "(execution_id, email, COALESCE(source_id, 0))"
        " WHERE exclusion IS NULL AND email IS NOT NULL",
        "An address may be included only once in an execution.",
    )
    # One index a column of addresses: it holds nothing for the executions of other channels.
    _phone_uniq = models.UniqueIndex(
        "(execution_id, phone, COALESCE(source_id, 0))"
        " WHERE exclusion IS NULL AND phone IS NOT NULL",
        "A number may be included only once in an execution.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "email", "phone")
    def _compute_display_name(self):
        for recipient in self:
            address = recipient.email or recipient.phone
            recipient.display_name = recipient.partner_id.display_name or address

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A recipient is the record of what was done: it cannot be deleted.")
        )

    # === EXCLUSION REASONS === #

    @api.model
    def _get_exclusions(self):
        """Give every reason to leave a person out, those that integrators added included.

        :return: reason -> label in the language of the user, in the order of the checks
        :rtype: dict[str, str]
        """
        return dict(self._fields["exclusion"]._description_selection(self.env))

    # === MERGE FIELDS === #

    @api.model
    def _get_merge_fields(self):
        """Give the merge fields that anybody may use in a template. Extended by integrators.

        Everything else needs the host's group of template editors: an expression is looked up
        here, never evaluated, for everybody else. Values must be text.

        :return: expression -> ``{"family": "client" | "agency" | "campaign", "label": str}``
        :rtype: dict[str, dict[str, str]]
        """
        client = {
            "object.partner_id.name": self.env._("Name"),
            "object.partner_id.commercial_company_name": self.env._("Company Name"),
            "object.partner_id.function": self.env._("Job Position"),
            "object.email": self.env._("Email"),
            "object.partner_id.phone": self.env._("Phone"),
            "object.partner_id.street": self.env._("Street"),
            "object.partner_id.street2": self.env._("Street, Second Line"),
            "object.partner_id.zip": self.env._("Zip"),
            "object.partner_id.city": self.env._("City"),
            "object.partner_id.country_id.name": self.env._("Country"),
            "object.partner_id.ref": self.env._("Reference"),
            "object.partner_id.user_id.name": self.env._("Salesperson"),
        }
        agency = {
            "object.company_id.name": self.env._("Our Name"),
            "object.company_id.phone": self.env._("Our Phone"),
            "object.company_id.email": self.env._("Our Email"),
            "object.company_id.website": self.env._("Our Website"),
            "object.company_id.street": self.env._("Our Street"),
            "object.company_id.zip": self.env._("Our Zip"),
            "object.company_id.city": self.env._("Our City"),
        }
        campaign = {
            "object.campaign_id.title": self.env._("Campaign"),
            "object.campaign_id.code": self.env._("Campaign Code"),
            "object.operation_id.name": self.env._("Operation"),
            "object.operation_id.user_id.name": self.env._("Responsible"),
            "object.operation_id.user_id.email": self.env._("Responsible's Email"),
            "object.operation_id.user_id.phone": self.env._("Responsible's Phone"),
        }
        families = {"client": client, "agency": agency, "campaign": campaign}
        return {
            expression: {"family": family, "label": label}
            for family, expressions in families.items()
            for expression, label in expressions.items()
        }

    @api.model
    def mail_allowed_qweb_expressions(self):
        # EXTENDS mail — marketing users may use the merge fields, and nothing else
        return (*super().mail_allowed_qweb_expressions(), *self._get_merge_fields())

    # === ACTION METHODS === #

    def action_mark_sent(self):
        """Decide that messages of unknown fate did arrive."""
        self._decide("sent")

    def action_send_again(self):
        """Decide that messages of unknown fate did not arrive: back to the queue."""
        self._decide("pending")

    def _decide(self, state):
        """Settle rows of unknown fate as a person decided.

        :raise UserError: a row's fate is known
        """
        self._assert_may_decide()
        if self.filtered(lambda recipient: recipient.state != "unknown"):
            raise UserError(self.env._("Only messages of unknown fate can be decided upon."))
        if state == "pending" and "cancelled" in self.execution_id.mapped("state"):
            raise UserError(self.env._("The operation was cancelled: nothing more can be sent."))
        self.env.cr.execute(
            SQL(
                "UPDATE crm_campaign_recipient SET state = %s, failure_reason = NULL"
                " WHERE id IN %s AND state = 'unknown'",
                state,
                tuple(self.ids),
            )
        )
        self.invalidate_recordset()
        # Superuser: users only read executions; the right on the operations was checked above.
        self.execution_id.sudo()._continue_after_decision()

    def _assert_may_decide(self):
        """Check that the user may write on the operations: recipients themselves are read-only.

        :raise AccessError: no right on one of the operations
        """
        self.check_access("read")
        self.execution_id._assert_may_change()

    def message_post(self, **kwargs):
        """Post on the contact: what the host's pages for visitors say about a message goes there.

        :return: the message
        """
        return self.partner_id.message_post(**kwargs)

    def action_open_partner(self):
        """Open the contact."""
        self.ensure_one()
        return self.partner_id.get_formview_action()

    # === BUSINESS METHODS - STATES === #

    def _mark(self, state):
        """Record news of messages: the moment at once, the state only forward.

        :param str state: one of ``opened``, ``clicked``, ``replied``, ``bounced``
        """
        if not self:
            return
        moments = {
            "opened": ["opened_at"],
            "clicked": ["opened_at", "clicked_at"],
            "replied": ["opened_at", "replied_at"],
            "bounced": [],
        }[state]
        before = self._get_states_before(state)
        now = fields.Datetime.now()
        assignments = [
            SQL("state = CASE WHEN state IN %s THEN %s ELSE state END", before, state),
            *(
                SQL("%s = COALESCE(%s, %s)", SQL.identifier(name), SQL.identifier(name), now)
                for name in moments
            ),
        ]
        self._update(SQL(", ").join(assignments))

    @api.model
    def _get_states_before(self, state):
        """Return the states from which news may move a row to ``state``."""
        return RECIPIENT_PROGRESS[: RECIPIENT_PROGRESS.index(state)]

    def _mark_bounced(self, reason):
        """Record that messages came back.

        :param str reason: what the other side said
        """
        self._mark("bounced")
        lines = (reason or "").strip().splitlines()
        if lines:
            self._update(SQL("failure_reason = %s", lines[0][:500]))

    def _mark_unsubscribed(self):
        """Record that the person does not want such messages any more; the first time counts."""
        self._update(SQL("unsubscribed_at = COALESCE(unsubscribed_at, %s)", fields.Datetime.now()))

    def _update(self, assignments):
        """Write columns of rows that no sender holds, and have the figures counted again.

        :param SQL assignments: the SET clause
        """
        if not self:
            return
        self.env.cr.execute(
            SQL("UPDATE crm_campaign_recipient SET %s WHERE id IN %s", assignments, tuple(self.ids))
        )
        self.invalidate_recordset()
        self.env["crm.campaign.recount"]._request(self.execution_id)

    @api.model
    def _withdraw_pending(self, executions, reason=None):
        """Take the rows that still wait out of the queue.

        :param str | None reason: why; the operation was cancelled unless said otherwise
        """
        if not executions:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE crm_campaign_recipient SET state = 'withdrawn', failure_reason = %s"
                " WHERE execution_id IN %s AND state IN ('pending', 'to_call', 'deferred')",
                reason or self.env._("Operation cancelled"),
                tuple(executions.ids),
            )
        )
        self.env["crm.campaign.deferral"]._forget(executions)
        self.invalidate_model()

    def _requeue_failed(self):
        """Put failed rows back in the queue: the one step backwards that exists."""
        if not self:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE crm_campaign_recipient SET state = 'pending', failure_reason = NULL"
                " WHERE id IN %s AND state = 'failed'",
                tuple(self.ids),
            )
        )
        self.invalidate_recordset()
