# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html

from ..exceptions import ChannelUnavailable
from ..tools.sms_parts import count_sms

# Stands for the short link by which a person says stop.
STOP_LINK = "{stop}"
# Says how to refuse: the link itself, or the word in capitals ("non-stop" does not).
STOP_SAID = re.compile(r"\{stop\}|\bSTOP\b")
# After so many answers in a row that were lost, the service is taken for dead.
MOST_LOST = 3


class CrmCampaignChannelSms(models.AbstractModel):
    """SMS: one text a number, handed over one by one to the carrier of the company.

    The text is frozen on the execution. Nothing of the host's SMS queue is used: who got what is
    in our recipients. Carriers are models ``crm.campaign.sms.provider.<code>``.
    """

    _name = "crm.campaign.channel.sms"
    _inherit = "crm.campaign.channel"
    _description = "SMS Channel"

    _address_column = "phone"
    _consent_channel = "sms"
    _is_multilingual = True

    @api.model
    def _get_words(self):
        # EXTENDS crm_campaign — its own words
        return {
            "way": self.env._("From the Target to the Telephone"),
            "pending": self.env._("To Send"),
            "sent": self.env._("Texts Sent"),
            "back": self.env._("What Came Back"),
        }

    # === DEPARTURE === #

    @api.model
    def _check_departure(self, operation):
        """Check the text, and that the carrier can take messages right now."""
        operation.template_id._assert_content()
        try:
            self._get_provider(operation.company_id)._check_ready(operation.company_id)
        except ChannelUnavailable as error:
            raise UserError(str(error)) from error

    @api.model
    def _address_sql(self, query, People):
        """Take the host's number in international form; a number that it cannot read is none."""
        field = People._fields.get("phone_sanitized")
        if field and field.store:
            return SQL("NULLIF(%s, '')", SQL.identifier(query.table, field.name))
        return SQL("NULL::varchar")

    @api.model
    def _eligibility_sql(self, execution, query, address):
        query.add_join(
            "LEFT JOIN",
            "blocked",
            "phone_blacklist",
            SQL("blocked.active AND blocked.number = %s", address),
        )
        return [("blacklisted", SQL("blocked.id IS NOT NULL"))]

    @api.model
    def _prepare_execution(self, execution):
        """Freeze the text, with the way to say stop when the purpose asks for one."""
        template = execution._get_template()
        template._assert_content()
        execution.body_text = self._prepare_translation(execution, template)["body_text"]

    @api.model
    def _prepare_translation(self, execution, template):
        text = template.body_text
        if execution.purpose_id.can_unsubscribe:
            text = self._add_stop(text, self._get_stop_mention(execution.company_id))
        return {"body_text": execution._freeze_text(text)}

    @api.model
    def _get_stop_mention(self, company):
        """Give the mention that says how to refuse; ``{stop}`` in it stands for a short link."""
        return company.campaign_sms_stop or f"STOP {STOP_LINK}"

    @api.model
    def _add_stop(self, text, mention):
        """Add the mention to a text that does not say how to refuse."""
        return text if STOP_SAID.search(text) else f"{text.rstrip()}\n{mention}"

    @api.model
    def _render_sample(self, execution, recipient):
        """Render the text as it would be sent.

        :raise UserError: the template cannot be rendered for this recipient
        """
        self._prepare_execution(execution)
        execution._freeze_translations()
        message = self._prepare_batch(execution, recipient)[recipient.id]
        if isinstance(message, str):
            raise UserError(message)
        return {
            "about": f"{recipient.display_name} · {recipient.phone}",
            "subject": "",
            "body": plaintext2html(message["text"]),
        }

    # === BATCHES === #

    @api.model
    def _prepare_batch(self, execution, recipients):
        """Render the texts. Payloads are messages (``_prepare_message``), or the text of an error.

        :rtype: dict[int, dict[str, str] | str]
        """
        self._get_provider(execution.company_id)._expect_reports(recipients)
        texts = {}
        for speaker, group in execution._group_by_language(recipients):
            text = execution._get_content(group[0].lang)["body_text"]
            texts.update(speaker._render(text, group, "inline_template"))
        payloads = {}
        for recipient in recipients:
            text = texts[recipient.id]
            if isinstance(text, Exception):
                payloads[recipient.id] = str(text) or type(text).__name__
            else:
                payloads[recipient.id] = self._prepare_message(recipient, text)
        return payloads

    @api.model
    def _prepare_message(self, recipient, text):
        """Prepare what a carrier takes. Extended by integrators, e.g. by a sender's name.

        :return: ``key``: names the message, the same when it is sent again after an unknown fate,
            so that a carrier may refuse to send it twice; ``to``: the number in international
            form; ``text``
        :rtype: dict[str, str]
        """
        # One space that does not break halves the characters of a text (UCS-2), and shows nothing.
        text = text.replace("\xa0", " ").replace("\u202f", " ")
        if STOP_LINK in text:
            text = text.replace(STOP_LINK, recipient._get_stop_url())
        return {"key": recipient._get_sms_key(), "to": recipient.phone, "text": text}

    @api.model
    def _count_parts(self, payloads):
        # EXTENDS crm_campaign — carriers are paid by the part
        return {
            recipient_id: count_sms(payload["text"]).parts
            for recipient_id, payload in payloads.items()
            if isinstance(payload, dict)
        }

    @api.model
    def _deliver(self, execution, payloads):
        """Hand over one by one; a carrier that does not answer several times is left alone."""
        company = execution.company_id
        provider = self._get_provider(company)
        lost = 0
        for recipient_id, payload in payloads.items():
            if isinstance(payload, str):
                yield recipient_id, "failed", payload
                continue
            if lost >= MOST_LOST:
                raise ChannelUnavailable(
                    self.env._(
                        "The SMS service confirms nothing any more: %(count)s answers in a row "
                        "were lost.",
                        count=lost,
                    )
                )
            state, reason = provider._send(company, payload)
            lost = lost + 1 if state == "unknown" else 0
            yield recipient_id, state, reason

    @api.model
    def _get_provider(self, company):
        """Return the model of the carrier that a company chose."""
        return self.env[f"crm.campaign.sms.provider.{company.sudo().campaign_sms_provider}"]
