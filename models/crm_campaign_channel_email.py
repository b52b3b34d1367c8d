# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import logging
from email.utils import formatdate

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.mail import formataddr, generate_tracking_message_id

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..allowance import Limit
from ..exceptions import ChannelUnavailable, TurnedAway
from ..smtp import Disconnected, Refused, hand_over
from ..tools.mime import attach, build_attachment, build_message, format_recipient

_logger = logging.getLogger(__name__)


class CrmCampaignChannelEmail(models.AbstractModel):
    """Email: one message a person, one address in To, sent in our own loop over one session.

    The host keeps the tracking: one ``mailing.mailing`` an execution, one ``mailing.trace`` a
    recipient, its short links and its pages to unsubscribe. No ``mail.mail`` nor ``mail.message``
    is made per recipient.
    """

    _name = "crm.campaign.channel.email"
    _inherit = "crm.campaign.channel"
    _description = "Email Channel"

    _address_column = "email"
    _departure_fields = ("email_from",)
    _consent_channel = "email"
    _knows_openings = True
    _is_multilingual = True

    # === DEPARTURE === #

    @api.model
    def _check_departure(self, operation):
        """Check the content, and that the outgoing server answers right now."""
        operation.template_id._assert_content()
        operation._assert_attachments()
        self._check_server(operation)

    @api.model
    def _check_server(self, sender):
        """Check that the outgoing server answers right now.

        :param sender: as ``crm.campaign.execution._get_sender`` gives it
        :raise UserError: it does not
        """
        try:
            session = self._open_session(sender)
        except ChannelUnavailable as error:
            raise UserError(str(error)) from error
        if session:
            session.close()

    @api.model
    def _address_sql(self, query, People):
        """Take the host's normalised address, or find one in the model's own field of addresses."""
        field = People._fields.get("email_normalized")
        if field and field.store:
            return SQL("NULLIF(%s, '')", SQL.identifier(query.table, field.name))
        name = getattr(People, "_primary_email", "email")
        address = People.sudo()._field_to_sql(query.table, name, query)
        # What stands between the angle brackets, or the first thing that looks like an address.
        return SQL("lower(substring(%s from %s))", address, r'[^\s<>,;"]+@[^\s<>,;"]+')

    @api.model
    def _eligibility_sql(self, execution, query, address):
        # The blocklist is the host's; its addresses are normalised as ours are. Joined: as a
        # subquery, PostgreSQL would read the whole list whenever it expects many people.
        query.add_join(
            "LEFT JOIN",
            "blocked",
            "mail_blacklist",
            SQL("blocked.active AND blocked.email = %s", address),
        )
        return [("blacklisted", SQL("blocked.id IS NOT NULL"))]

    # === BATCHES === #

    @api.model
    def _prepare_batch(self, execution, recipients):
        """Render and build the messages, and make their traces.

        Payloads are ``EmailMessage`` objects, or the text of an error.
        """
        traces = self._create_traces(execution, recipients)
        contents = self._render(execution, recipients, traces)
        attachments = self._build_attachments(execution)
        payloads = {}
        for recipient in recipients:
            content = contents[recipient.id]
            try:
                payloads[recipient.id] = (
                    str(content)
                    if isinstance(content, Exception)
                    else self._build_message(execution, recipient, *content, *traces[recipient.id])
                )
            except Exception as unfit:  # noqa: BLE001 - a name or an address may hold anything
                payloads[recipient.id] = str(unfit) or type(unfit).__name__
            if attachments and not isinstance(payloads[recipient.id], str):
                attach(payloads[recipient.id], attachments, f"{execution.id}")
        return payloads

    @api.model
    def _build_attachments(self, execution):
        """Encode the attachments of an execution once for a whole batch.

        :rtype: list[email.message.EmailMessage]
        """
        # Superuser: the files that the departure copied for exactly this.
        return self._encode_files(execution.sudo().attachment_ids.sorted("id"))

    @api.model
    def _encode_files(self, files):
        return [build_attachment(file.name, file.raw or b"", file.mimetype) for file in files]

    @api.model
    def _create_traces(self, execution, recipients):
        """Make the host's traces of a batch in one statement; a retried recipient keeps its own.

        :return: recipient id -> (trace id, message id)
        :rtype: dict[int, tuple[int, str]]
        """
        if not recipients:
            return {}
        mailing_sudo = execution.mailing_id.sudo()
        Trace = self.env["mailing.trace"]
        rows = [
            SQL(
                "(%s, %s, %s)",
                recipient.id,
                recipient.email,
                generate_tracking_message_id(f"{recipient.id}-{recipient._name}"),
            )
            for recipient in recipients
        ]
        traces = self.env.execute_query(
            SQL(
                """
                INSERT INTO mailing_trace (
                    trace_type, model, res_id, email, message_id, trace_status,
                    mass_mailing_id, campaign_id, create_uid, create_date, write_uid, write_date)
                SELECT 'mail', 'crm.campaign.recipient', v.id, v.email, v.message_id, 'outgoing',
                       %(mailing)s, %(campaign)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (VALUES %(rows)s) AS v (id, email, message_id)
                ON CONFLICT (res_id) WHERE model = 'crm.campaign.recipient'
                DO UPDATE SET trace_status = 'outgoing', failure_type = NULL
                RETURNING res_id, id, message_id
                """,
                rows=SQL(", ").join(rows),
                mailing=mailing_sudo.id,
                campaign=mailing_sudo.campaign_id.id or None,
                uid=self.env.uid,
                now=SQL("now() AT TIME ZONE 'UTC'"),
            )
        )
        Trace.invalidate_model()
        return {res_id: (trace_id, message_id) for res_id, trace_id, message_id in traces}

    @api.model
    def _build_message(self, execution, recipient, subject, body, trace_id, message_id):
        """Build the message of one recipient, ready to be handed over.

        :param Body body: page and plain text, with the recipient's links
        :rtype: email.message.EmailMessage
        """
        mailing_sudo = execution.mailing_id.sudo()
        headers = {
            "Message-Id": message_id,
            "Subject": self._on_one_line(subject),
            "From": mailing_sudo.email_from,
            "Reply-To": mailing_sudo.reply_to or mailing_sudo.email_from,
            "To": format_recipient(
                self._on_one_line(recipient.partner_id.name), self._get_ascii(recipient.email)
            ),
            "Date": formatdate(),
            **self._get_headers(execution, recipient),
        }
        return build_message(headers, body.text, body.html, f"{execution.id}")

    @api.model
    def _on_one_line(self, text):
        """Return a text fit for a header, where a line break would begin another header."""
        return " ".join((text or "").split())

    @api.model
    def _get_ascii(self, address):
        """Return an address whose domain is written in ASCII (RFC 5890)."""
        return address if address.isascii() else formataddr(("", address), charset="ascii")

    @api.model
    def _get_headers(self, execution, recipient):
        """Give the extra headers of a message (RFC 2369, RFC 8058).

        :rtype: dict[str, str]
        """
        mailing_sudo = execution.mailing_id.sudo()
        headers = {
            "Precedence": "list",
            # No out-of-office answers from Exchange.
            "X-Auto-Response-Suppress": "OOF",
        }
        if execution.company_id.bounce_email:
            headers["Return-Path"] = execution.company_id.bounce_email
        if execution.purpose_id.can_unsubscribe:
            url = mailing_sudo._get_unsubscribe_oneclick_url(recipient.email, recipient.id)
            headers["List-Unsubscribe"] = f"<{url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers

    # === HANDING OVER === #

    @api.model
    def _deliver(self, execution, payloads):
        """Send over one session; one refused address never stops the others."""
        session = self._open_session(execution._get_sender())
        try:
            for recipient_id, payload in payloads.items():
                if isinstance(payload, str):
                    yield recipient_id, "failed", payload
                    continue
                outcome = None
                try:
                    outcome = self._send(execution, session, payload)
                except ChannelUnavailable:
                    # Some servers end a session after so many messages: once more on a new one.
                    session = self._open_session(execution._get_sender())
                try:
                    outcome = outcome or self._send(execution, session, payload)
                except TurnedAway as error:
                    # Twice, and it said why: it is about this message, the others go on.
                    session = self._open_session(execution._get_sender())
                    outcome = "deferred", str(error)
                yield recipient_id, *outcome
        finally:
            if session:
                session.close()

    @api.model
    def _send(self, execution, session, message):
        """Hand one message over.

        :return: state and reason
        :rtype: tuple[str, str | None]
        :raise ChannelUnavailable: the session ended before the message was handed over
        """
        MailServer = self._get_mail_server_model(execution.company_id)
        try:
            smtp_from, smtp_to, message = MailServer._prepare_email_message__(message, session)
        except AssertionError as error:
            return "failed", str(error)
        if session is None:
            return "sent", None  # the host sends nothing while it runs tests
        try:
            hand_over(session, smtp_from, smtp_to, message)
        except Refused as error:
            return "deferred" if error.is_temporary else "failed", str(error)
        except Disconnected as error:
            if error.handed_over:
                return "unknown", self.env._("The mail server hung up before it confirmed.")
            if error.is_announced:
                raise TurnedAway(str(error)) from error
            raise ChannelUnavailable(
                self.env._("The mail server hung up: %(error)s", error=error)
            ) from error
        return "sent", None

    @api.model
    def _get_mail_server_model(self, company):
        """Return the host's mail servers in the context of a company's mail domain."""
        return self.env["ir.mail_server"].with_context(
            domain_notifications_email=company.default_from_email,
            domain_bounce_address=company.bounce_email,
        )

    @api.model
    def _find_mail_server(self, sender):
        """Find the outgoing server: the one that the sender names, or the host's choice.

        :param sender: as ``crm.campaign.execution._get_sender`` gives it
        :return: server, empty or None for the one of the server's options, and envelope sender
        :rtype: tuple
        :raise UserError: the server it names was archived: no other one may stand in for it
        """
        MailServer = self._get_mail_server_model(sender.company_id)
        # Superuser: as the host does when it looks for a server; nothing of it is shown.
        named = self._get_named_server_sudo(sender)
        if named and not named.active:
            raise UserError(self.env._("“%(name)s” is archived", name=named.name))
        return MailServer._find_mail_server(self._get_sender_address(sender), named or None)

    @api.model
    def _get_named_server_sudo(self, sender):
        """Return the outgoing server that an operation names; individual messages name none."""
        return sender.sudo().mail_server_id if "mail_server_id" in sender._fields else None

    @api.model
    def _get_limits(self, execution):
        # EXTENDS crm_campaign — the outgoing server may have a limit of its own
        limits = super()._get_limits(execution)
        sender = execution._get_sender()
        server = self._get_named_server_sudo(sender) or self._find_mail_server(sender)[0]
        if server and server.campaign_hourly_limit > 0:
            limits.append(Limit("mail_server_id", server.id, server.campaign_hourly_limit))
        return limits

    @api.model
    def _get_sender_address(self, sender):
        """Return the address that writes, which decides on the outgoing server.

        :param sender: as ``crm.campaign.execution._get_sender`` gives it
        :rtype: str
        """
        return sender.email_from

    @api.model
    def _open_session(self, operation):
        """Connect to the outgoing server that suits the sender.

        :return: open session; None while the host runs tests
        :raise ChannelUnavailable: no server, or it does not answer
        """
        MailServer = self._get_mail_server_model(operation.company_id)
        try:
            server, smtp_from = self._find_mail_server(operation)
            return MailServer._connect__(
                mail_server_id=server.id if server else None, smtp_from=smtp_from
            )
        except (OSError, MailDeliveryException, UserError) as error:
            raise ChannelUnavailable(
                self.env._(
                    "The outgoing mail server does not answer (%(error)s). Check the outgoing mail "
                    "servers in the settings, or ask your administrator.",
                    error=error,
                )
            ) from error

    # === END === #

    @api.model
    def _finish_execution(self, execution):
        """Bring the host's traces into line with what was sent and what failed."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE mailing_trace t
                   SET trace_status = CASE WHEN r.state = 'failed' THEN 'error'
                                           WHEN r.state = 'withdrawn' THEN 'cancel'
                                           ELSE 'sent' END,
                       sent_datetime = r.sent_at,
                       failure_reason = r.failure_reason
                  FROM crm_campaign_recipient r
                 WHERE t.model = 'crm.campaign.recipient' AND t.res_id = r.id
                   AND r.execution_id = %s AND t.trace_status = 'outgoing'
                """,
                execution.id,
            )
        )
        self.env["mailing.trace"].invalidate_model()
