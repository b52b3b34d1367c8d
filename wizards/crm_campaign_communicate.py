# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty, plaintext2html

from ..const import RECIPIENT_WAITING_STATES
from ..tools.imported_page import get_body

CHANNELS = [("email", "Email"), ("sms", "SMS")]


class CrmCampaignCommunicate(models.TransientModel):
    """Write to one contact or lead, from its form: choose a template, read it over, send.

    For marketing users and salespeople, with their own rights: records and templates that they may
    read. What holds a message back is what holds it back at departures.
    """

    _name = "crm.campaign.communicate"
    _description = "Communicate"

    res_model = fields.Char(string="Model", required=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", required=True)
    channel = fields.Selection(CHANNELS, required=True, default="email")
    available_tag_ids = fields.Many2many("utm.tag", compute="_compute_available_tag_ids")
    tag_id = fields.Many2one("utm.tag", string="Circumstance")
    template_id = fields.Many2one("crm.campaign.template")
    is_locked = fields.Boolean(related="template_id.locked")
    purpose_id = fields.Many2one(
        "crm.campaign.purpose",
        compute="_compute_purpose_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    # Content, ready to be edited
    subject = fields.Char(compute="_compute_content", store=True, readonly=False)
    body_html = fields.Html(
        string="Message",
        compute="_compute_content",
        store=True,
        readonly=False,
        sanitize="email_outgoing",
    )
    body_text = fields.Text(string="Text", compute="_compute_content", store=True, readonly=False)
    sms_stop_mention = fields.Char(compute="_compute_sms_stop")
    sms_stop_link = fields.Char(compute="_compute_sms_stop")
    # What would leave
    address = fields.Char(string="To", compute="_compute_obstacles")
    obstacles = fields.Html(compute="_compute_obstacles", sanitize=False)
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    # What left
    execution_id = fields.Many2one("crm.campaign.execution", readonly=True)
    outcome = fields.Char(compute="_compute_outcome")
    has_failed = fields.Boolean(compute="_compute_outcome")

    # === COMPUTE METHODS === #

    @api.depends("channel")
    def _compute_available_tag_ids(self):
        for wizard in self:
            templates = self.env["crm.campaign.template"].search([("channel", "=", wizard.channel)])
            wizard.available_tag_ids = templates.tag_ids

    @api.depends("template_id")
    def _compute_purpose_id(self):
        strictest = self.env["crm.campaign.purpose"].search([], order="sequence desc", limit=1)
        for wizard in self:
            wizard.purpose_id = wizard.template_id.purpose_id or wizard.purpose_id or strictest

    @api.depends("template_id")
    def _compute_content(self):
        # The ORM computes stored fields as superuser: the user's rights decide what is shown.
        for wizard in self.sudo(False):
            content = wizard._render_template() if wizard.template_id else {}
            wizard.update(wizard._get_content_values(content))

    @api.depends("channel", "purpose_id")
    def _compute_sms_stop(self):
        for wizard in self:
            # Superuser: what is added to any text message is no secret.
            template = self.env["crm.campaign.template"].sudo()
            template = template.new({"purpose_id": wizard.purpose_id, "channel": "sms"})
            wizard.sms_stop_mention = template.sms_stop_mention
            wizard.sms_stop_link = template.sms_stop_link

    @api.depends("channel", "purpose_id")
    def _compute_obstacles(self):
        """Say what holds the message back, with the definition of departures."""
        for wizard in self:
            reasons, wizard.address = wizard._find_obstacles()
            rows = Markup().join(Markup("<li>%s</li>") % text for text in reasons)
            wizard.obstacles = rows and Markup("<ul class='mb-0'>%s</ul>") % rows

    @api.depends("channel", "purpose_id", "template_id", "subject", "body_html", "body_text")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._render_preview()

    @api.depends("execution_id")
    def _compute_outcome(self):
        for wizard in self:
            wizard.outcome, wizard.has_failed = wizard._describe_outcome()

    # === ONCHANGE METHODS === #

    @api.onchange("channel")
    def _onchange_channel(self):
        if self.template_id.channel != self.channel:
            self.template_id = False
        if self.tag_id not in self.available_tag_ids:
            self.tag_id = False

    @api.onchange("tag_id")
    def _onchange_tag_id(self):
        """Take the only template of a circumstance."""
        if not self.tag_id or self.tag_id in self.template_id.tag_ids:
            return
        templates = self.env["crm.campaign.template"].search(
            [("channel", "=", self.channel), ("tag_ids", "in", self.tag_id.ids)], limit=2
        )
        if len(templates) == 1:
            self.template_id = templates

    # === ACTION METHODS === #

    def action_send(self):
        """Send the message, once whatever happens, and show what became of it.

        :rtype: dict
        :raise UserError: what holds it back, or what is missing
        """
        self.ensure_one()
        self._lock()
        if not self.execution_id:
            self._assert_sendable()
            self._send()
        return self._reopen()

    def action_retry(self):
        """Try again what could not be sent."""
        self.ensure_one()
        self._lock()
        execution_sudo = self._get_own_execution_sudo()
        if execution_sudo.state == "error" and not execution_sudo.unknown_count:
            execution_sudo._retry_at_once()
        return self._reopen()

    # === BUSINESS METHODS - CHECKS === #

    def _lock(self):
        """Keep a double click from sending twice.

        :raise UserError: the message is being sent
        """
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(self.env._("The message is being sent.")) from error

    def _get_record(self):
        """Return the contact or the lead.

        :raise UserError: it was deleted, or campaigns do not reach such records
        :raise AccessError: the user may not read it
        """
        if self.res_model not in self.env["crm.campaign.target"]._get_models_by_kind().values():
            raise UserError(self.env._("Messages are for contacts and leads."))
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("This contact or lead does not exist any more."))
        record.check_access("read")
        return record

    def _prepare_execution_vals(self):
        """Prepare the execution of the message.

        :rtype: dict
        """
        return self.env["crm.campaign.execution"]._prepare_individual_vals(
            self._get_record(), self.channel, self.purpose_id._origin, self.template_id._origin
        )

    def _find_obstacles(self):
        """Find what holds the message back.

        :return: sentences, and the address
        :rtype: tuple[list[str], str | bool]
        """
        if not (self.channel and self.purpose_id and self.res_id):
            return [], False
        # Superuser: a thought experiment, of which the user only gets the reasons.
        execution = self.env["crm.campaign.execution"].sudo().new(self._prepare_execution_vals())
        codes, address = execution._explain_reasons(self._get_record())
        sentences = self._get_sentences()
        labels = self.env["crm.campaign.recipient"]._get_exclusions()
        return [sentences.get(code, labels[code]) for code in codes], address

    def _get_sentences(self):
        """Put the reasons in words, for one person.

        :return: exclusion reason -> sentence
        :rtype: dict[str, str]
        """
        by_email = self.channel == "email"
        return {
            "archived": self.env._("This record is archived."),
            "no_address": self.env._("There is no valid email address.")
            if by_email
            else self.env._("There is no valid phone number."),
            "blacklisted": self.env._("The address is blocked: “do not email”.")
            if by_email
            else self.env._("The number is blocked: “do not call”."),
            "no_consent": self.env._(
                "This person has not agreed to messages of purpose “%(purpose)s” on this channel.",
                purpose=self.purpose_id.name,
            ),
            "not_visible": self.env._("You may not see this record."),
            "capped": self.env._("This person was written to too often lately."),
        }

    def _assert_sendable(self):
        """Check everything before anything is written.

        :raise UserError: the reasons, in words
        """
        self._get_record()
        self.template_id.check_access("read")
        if self.template_id and self.template_id.channel != self.channel:
            raise UserError(self.env._("This template is not made for this channel."))
        obstacles, _address = self._find_obstacles()
        if obstacles:
            raise UserError("\n".join([self.env._("The message cannot be sent."), *obstacles]))
        self._assert_content()

    def _assert_content(self):
        """Check that there is something to send, as its author means it.

        :raise UserError: what is missing
        """
        if self.is_locked:
            # Whatever the form sent: a pre-written text leaves as it was written.
            self.update(self._get_content_values(self._render_template()))
        if self.channel == "email" and not self.env.user.email:
            raise UserError(self.env._("You have no email address: add it to your profile first."))
        if self.channel == "email" and not (self.subject or "").strip():
            raise UserError(self.env._("Write a subject first."))
        if not self._has_body():
            raise UserError(self.env._("Write a message first."))
        if "{{" in (self.body_text if self.channel == "sms" else self.subject):
            raise UserError(
                self.env._("Merge fields are replaced already: write the value in place of “{{”.")
            )

    def _has_body(self):
        if self.channel == "sms":
            return bool((self.body_text or "").strip())
        return not is_html_empty(self.body_html)

    # === BUSINESS METHODS - CONTENT === #

    def _get_content_values(self, content):
        return {name: content.get(name) for name in ("subject", "body_html", "body_text")}

    def _render_template(self):
        """Replace the merge fields of the template for the record, with the user's rights.

        :rtype: dict[str, str]
        :raise AccessError: the user may not read the template
        """
        self.template_id._origin.check_access("read")
        Execution = self.env["crm.campaign.execution"]
        with Execution._lend(self._prepare_execution_vals()) as execution:
            recipient = execution._insert_person()
            return execution._render_content(self.template_id._origin, recipient)

    def _render_preview(self):
        """Lay out what the person would get.

        :rtype: Markup
        """
        if self.channel == "sms":
            text = self.body_text or ""
            if text and self.sms_stop_mention:
                channel = self.env["crm.campaign.channel.sms"]
                text = channel._add_stop(text, self.sms_stop_mention)
            text = text.replace("{stop}", self.sms_stop_link or "")
            return Markup('<div class="o_crm_campaign_bubble">%s</div>') % plaintext2html(text)
        Execution = self.env["crm.campaign.execution"]
        # Superuser: never stored; it only carries purpose and company.
        execution = Execution.sudo().new(self._prepare_execution_vals())
        channel = self.env["crm.campaign.channel.email"]
        body = Execution._make_body_inert(self.body_html)
        body = channel._get_page(execution, execution._get_template(), body)
        page = Markup('<div class="border-bottom mb-2 pb-2"><strong>%s</strong></div>%s') % (
            self.subject or "",
            Markup(get_body(str(body))),
        )
        if names := execution._get_attachments().mapped("name"):
            page += Markup('<p class="text-muted">%s</p>') % self.env._(
                "Attachments: %(names)s", names=", ".join(names)
            )
        return page

    # === BUSINESS METHODS - SENDING === #

    def _send(self):
        """Make the execution of the message, and have it leave when this is committed."""
        # Superuser: executions are made by departures only; every right was checked.
        execution_sudo = self.env["crm.campaign.execution"].sudo()
        execution_sudo = execution_sudo.create(
            {
                **self._prepare_execution_vals(),
                "frozen_subject": self.subject,
                "frozen_body": self.body_html,
                "body_text": self.body_text if self.channel == "sms" else False,
            }
        )
        self.execution_id = execution_sudo
        execution_sudo._depart_at_once()
        if not execution_sudo.included_count:
            # Somebody blocked the person at this very moment.
            raise UserError(self.env._("The message cannot be sent to this person any more."))
        self._log()

    def _log(self):
        """Note the message on the record, for whoever looks at it later."""
        if self.channel == "sms":
            title, body = self.env._("SMS to %s", self.address), plaintext2html(self.body_text)
        else:
            title = self.env._(
                "Email to %(address)s: %(subject)s", address=self.address, subject=self.subject
            )
            body = self.env["crm.campaign.execution"]._make_body_inert(self.body_html)
        self._get_record()._message_log(
            body=Markup("<p>%s</p><blockquote>%s</blockquote>") % (title, Markup(body))
        )

    def _get_own_execution_sudo(self):
        """Return the execution of this message, and never another one that was named by RPC.

        Superuser: the user's own message, whatever the rights on executions.
        """
        return self.execution_id.sudo().filtered(
            lambda run: run.is_individual and not run.operation_id and run.user_id == self.env.user
        )

    def _describe_outcome(self):
        """Say what became of the message.

        :return: sentence and whether it may be tried again
        :rtype: tuple[str | bool, bool]
        """
        execution = self._get_own_execution_sudo()
        if not execution:
            return False, False
        recipient = execution.env["crm.campaign.recipient"].search(
            Domain("execution_id", "=", execution.id), limit=1
        )
        address = recipient.email or recipient.phone
        reason = recipient.failure_reason or execution.error_message or ""
        if recipient.state == "unknown":
            return self.env._("It is not known whether the message arrived: %s", reason), False
        if recipient.state in ("failed", "withdrawn") or execution.state == "error":
            return self.env._("The message was not sent: %s", reason), True
        if recipient.state in RECIPIENT_WAITING_STATES:
            return self._describe_waiting(address, reason), False
        return self.env._("The message to %s was sent.", address), False

    def _describe_waiting(self, address, reason):
        """Say that a message did not leave yet, and why when it was refused for now.

        :rtype: str
        """
        if not reason:
            return self.env._("The message to %s is leaving.", address)
        return self.env._(
            "The message to %(address)s waits for another try: %(reason)s",
            address=address,
            reason=reason,
        )

    def _reopen(self):
        """Show the assistant again, with the outcome."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Message Sent"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
