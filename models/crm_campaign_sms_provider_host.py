# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import requests
from urllib3.exceptions import NewConnectionError

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, html2plaintext
from odoo.tools.urls import urljoin

from odoo.addons.iap.tools.iap_tools import InsufficientCreditError

from ..exceptions import ChannelUnavailable

ACCEPTED = {"success", "processing", "sent", "delivered"}
# Answers about our account: the next message would get the same.
CLOSED = {
    "insufficient_credit",
    "unregistered",
    "twilio_acc_unverified",
    "twilio_authentication",
    "twilio_callback",
}
# What the host's Twilio also says when its answer was lost.
AMBIGUOUS = {"server_error"}


class CrmCampaignSmsProviderHost(models.AbstractModel):
    """The service that the host uses for SMS: Odoo's, Twilio's, or another addon's.

    Whatever ``_get_sms_api_class`` of the company gives, one number a call, without ``sms.sms``:
    its queue commits and sends when it likes.
    """

    _name = "crm.campaign.sms.provider.host"
    _inherit = "crm.campaign.sms.provider"
    _description = "SMS Service of the Host"

    @api.model
    def _expect_reports(self, recipients):
        """Make the host's trackers, by which its services (Odoo's, Twilio's) find our messages."""
        if recipients:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO sms_tracker (sms_uuid) SELECT unnest(%s) ON CONFLICT DO NOTHING",
                    [recipient._get_sms_key() for recipient in recipients],
                )
            )

    @api.model
    def _send(self, company, message):
        # Superuser: the host keeps accounts and keys from everybody else.
        api_sudo = company.sudo()._get_sms_api_class()(self.env(su=True))
        api_sudo._set_company(company.sudo())
        number = {"uuid": message["key"], "number": message["to"]}
        try:
            results = api_sudo._send_sms_batch(
                [{"content": message["text"], "numbers": [number]}],
                delivery_reports_url=urljoin(company.get_base_url(), "sms/status"),
            )
        except Exception as error:  # noqa: BLE001 - every service of the host raises its own
            if self._is_sure(error):
                raise self._unavailable(error) from error
            return "unknown", str(error) or type(error).__name__
        return self._judge(api_sudo, (results or [{}])[0])

    @api.model
    def _is_sure(self, error):
        """Tell whether an error says for sure that nobody has the message.

        The host hides what happened behind an access error; the first error is its context.
        """
        cause = error.__context__
        if isinstance(error, InsufficientCreditError):
            return True
        if cause is None:
            return isinstance(error, AccessError)  # the host did not even try
        reason = getattr(cause.args[0], "reason", None) if cause.args else None
        return isinstance(cause, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)

    @api.model
    def _judge(self, api_sudo, result):
        """Tell what an answer of the service means.

        :return: state and reason
        :rtype: tuple[str, str | None]
        :raise ChannelUnavailable: the service takes nothing from us
        """
        state = result.get("state")
        if state in ACCEPTED:
            return "sent", None
        reason = result.get("failure_reason") or self._get_reason(api_sudo, state)
        if state in CLOSED:
            raise self._unavailable(reason)
        return ("unknown" if not state or state in AMBIGUOUS else "failed"), reason

    @api.model
    def _get_reason(self, api_sudo, state):
        """Return the host's words for a state, without their links."""
        messages = api_sudo._get_sms_api_error_messages()
        return html2plaintext(str(messages.get(state) or state or ""), include_references=False)

    @api.model
    def _unavailable(self, error):
        return ChannelUnavailable(
            self.env._("The SMS service takes no messages (%(error)s).", error=str(error))
        )
