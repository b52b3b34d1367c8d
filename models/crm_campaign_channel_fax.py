# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re
from email.message import EmailMessage
from email.utils import formatdate

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.mail import generate_tracking_message_id

from odoo.addons.phone_validation.tools import phone_validation

from ..letters import build_letters
from ..tools.mime import WIRE_POLICY


class CrmCampaignChannelFax(models.AbstractModel):
    """Fax: a letter a number, handed as one email to a gateway that sends the fax.

    The letter is laid out as by post, one PDF a person. It is handed over in the loop of the emails
    rather than through the host's mail queue: a claim says who has which fax, a gateway that hangs
    up halfway leaves a fate that a person decides on, and a refusal waits for a retry. The queue
    would send a second time what its server had accepted when the database could not note it.
    """

    _name = "crm.campaign.channel.fax"
    _inherit = "crm.campaign.channel.email"
    _description = "Fax Channel"

    _address_column = "fax"
    _departure_fields = ()
    _is_multilingual = False
    _template_channel = "post"
    # A fax rings: who refuses calls refuses it.
    _consent_channel = "phone"
    # Nothing comes back from paper, and letters are not translated.
    _knows_openings = False
    # A PDF a recipient is held until it is handed over.
    _batch_size = 50
    # Laying a letter out takes milliseconds.
    _check_batch_size = 100

    @api.model
    def _get_words(self):
        # EXTENDS crm_campaign — its own words
        return {
            "way": self.env._("From the Target to the Fax Machine"),
            "pending": self.env._("To Send"),
            "sent": self.env._("Faxes Sent"),
            "back": "",
        }

    # === DEPARTURE === #

    @api.model
    def _check_departure(self, operation):
        """Check the letter, the gateway, and that the outgoing server answers right now."""
        company_sudo = operation.company_id.sudo()
        if not company_sudo.campaign_fax_address:
            raise UserError(
                self.env._(
                    "No fax gateway is set for %(company)s: enter its address in the settings of "
                    "the CRM, section Marketing Campaigns.",
                    company=company_sudo.name,
                )
            )
        if not self._get_sender_address(operation):
            raise UserError(
                self.env._(
                    "%(company)s has no sender for faxes: enter one in the settings of the CRM, or "
                    "give the company an email address.",
                    company=company_sudo.name,
                )
            )
        self.env["crm.campaign.channel.post"]._check_letter(operation.template_id)
        self._check_server(operation)

    @api.model
    def _get_sender_address(self, sender):
        # EXTENDS crm_campaign — gateways know their customers by the sender
        # Superuser: a setting of the company that sends.
        company_sudo = sender.company_id.sudo()
        return company_sudo.campaign_fax_from or company_sudo.email_formatted

    @api.model
    def _address_sql(self, query, People):
        """Take the number of the record, else that of the contact behind it."""
        numbers = []
        if "fax_sanitized" in People._fields:
            numbers.append(SQL.identifier(query.table, "fax_sanitized"))
        if "partner_id" in People._fields:
            partner = People.sudo()._field_to_sql(query.table, "partner_id", query)
            query.add_join(
                "LEFT JOIN", "fax_partner", "res_partner", SQL("fax_partner.id = %s", partner)
            )
            numbers.append(SQL("fax_partner.fax_sanitized"))
        numbers = [SQL("NULLIF(%s, '')", number) for number in numbers]
        return SQL("COALESCE(%s)", SQL(", ").join([*numbers, SQL("NULL::varchar")]))

    @api.model
    def _eligibility_sql(self, execution, query, address):
        # A letter through a telephone: the boxes of both count, and the number may be blocked too.
        partner = execution._get_partner_sql(query)
        blocked = SQL(
            """EXISTS (SELECT 1 FROM phone_blacklist b
                        LEFT JOIN res_partner quiet ON quiet.id = %s
                            WHERE b.active AND b.number IN (%s, quiet.phone_sanitized))""",
            partner,
            address,
        )
        return [
            (reason, SQL("(%s OR %s)", blocked, condition))
            for reason, condition in self.env["crm.campaign.channel.post"]._get_quiet_sql(
                execution, query
            )
        ]

    @api.model
    def _prepare_execution(self, execution):
        """Freeze the letter."""
        self.env["crm.campaign.channel.post"]._prepare_execution(execution)

    @api.model
    def _render_sample(self, execution, recipient):
        """Lay out the fax of one recipient.

        :raise UserError: the template cannot be rendered for this recipient
        """
        sample = self.env["crm.campaign.channel.post"]._render_sample(execution, recipient)
        return {**sample, "about": f"{recipient.display_name} · {recipient.fax}"}

    @api.model
    def _render_test(self, execution, recipient):
        # EXTENDS crm_campaign — the test is a letter
        return self.env["crm.campaign.channel.post"]._render_test(execution, recipient)

    # === CHECKS === #

    @api.model
    def _inspect_content(self, execution):
        # EXTENDS crm_campaign — a letter needs no subject, no way out, no links
        return []

    @api.model
    def _inspect_recipients(self, execution, recipients):
        # EXTENDS crm_campaign — the letters, whatever the gateway
        return self.env["crm.campaign.channel.post"]._inspect_recipients(execution, recipients)

    # === BATCHES === #

    @api.model
    def _prepare_batch(self, execution, recipients):
        """Lay the letters out and wrap each into an email.

        Payloads are ``EmailMessage`` objects, or the text of an error.
        """
        Post = self.env["crm.campaign.channel.post"]
        letters, errors = Post._render_letters(execution, recipients)
        letters = {letter.key: letter for letter in letters}
        payloads = {}
        for recipient in recipients:
            if recipient.id in errors:
                payloads[recipient.id] = errors[recipient.id]
                continue
            document = build_letters([letters[recipient.id]])
            payloads[recipient.id] = (
                Post._explain(document.errors[recipient.id])
                if document.errors
                else self._build_fax(execution, recipient, document.content)
            )
        return payloads

    @api.model
    def _build_fax(self, execution, recipient, content):
        """Wrap a document into the email that the gateway takes. Extended by integrators.

        :param bytes content: PDF
        :rtype: email.message.EmailMessage
        """
        # Superuser: the settings of the gateway hold a password; they reach nobody but it.
        company_sudo = execution.company_id.sudo()
        number = self._format_number(recipient.fax, company_sudo)
        message = EmailMessage(policy=WIRE_POLICY)
        message["Message-Id"] = generate_tracking_message_id(f"{recipient.id}-{recipient._name}")
        message["From"] = self._get_sender_address(execution.operation_id)
        message["To"] = company_sudo.campaign_fax_address.replace("{number}", number)
        subject = (company_sudo.campaign_fax_subject or "{number}").replace("{number}", number)
        message["Subject"] = self._on_one_line(subject)
        message["Date"] = formatdate()
        if execution.company_id.bounce_email:
            message["Return-Path"] = execution.company_id.bounce_email
        text = (company_sudo.campaign_fax_text or "").replace("{number}", number)
        message.set_content(text + "\n", cte="quoted-printable")
        message.add_attachment(
            content, maintype="application", subtype="pdf", filename=f"fax-{recipient.id}.pdf"
        )
        return message

    @api.model
    def _format_number(self, number, company):
        """Write a number as the gateway of a company wants it.

        :param str number: in international form, ``+33199001234``
        :return: digits only
        :rtype: str
        """
        if company.campaign_fax_format == "national":
            country = company.country_id
            number = phone_validation.phone_format(
                number, country.code, country.phone_code, force_format="NATIONAL"
            )
        if company.campaign_fax_format != "e164":
            number = number.replace("+", "00")
        return re.sub(r"\D", "", number)

    # === END === #

    @api.model
    def _finish_execution(self, execution):
        """Do nothing: the host keeps no trace of faxes."""
