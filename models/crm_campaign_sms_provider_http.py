# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models

from ..exceptions import ChannelUnavailable
from ..sms_http import AnswerLost, NotReached, connect, post

# Answers by which a service says that it takes nothing for now, from nobody or not from us.
CLOSED = {401, 403, 404, 405, 429, 503}


class CrmCampaignSmsProviderHttp(models.AbstractModel):
    """A web service: one POST of JSON a message, with the keys of ``_prepare_message``.

    Its answer: 2xx accepted; 401, 403, 404, 405, 429, 503 and redirections: not accepted, the
    execution stops; other 4xx: this message is refused; other 5xx, or none: nobody knows.
    """

    _name = "crm.campaign.sms.provider.http"
    _inherit = "crm.campaign.sms.provider"
    _description = "SMS Web Service"

    @api.model
    def _check_ready(self, company):
        """Connect once, without asking for anything."""
        # Superuser: users may send by the service of their company without seeing its address.
        try:
            connect(company.sudo().campaign_sms_url or "").close()
        except NotReached as error:
            raise self._unavailable(error) from error

    @api.model
    def _send(self, company, message):
        company_sudo = company.sudo()  # as in _check_ready
        try:
            answer = post(
                company_sudo.campaign_sms_url or "", company_sudo.campaign_sms_token, message
            )
        except NotReached as error:
            raise self._unavailable(error) from error
        except AnswerLost as error:
            return "unknown", self.env._(
                "The SMS service did not confirm: %(error)s", error=str(error)
            )
        return self._judge(*answer)

    @api.model
    def _judge(self, status, reason):
        """Tell what an answer means.

        :return: state and reason
        :rtype: tuple[str, str | None]
        :raise ChannelUnavailable: the service takes nothing for now
        """
        if 200 <= status < 300:
            return "sent", None
        reason = f"{status} {reason}"
        if status in CLOSED or status < 400:
            raise self._unavailable(reason)
        return ("failed" if status < 500 else "unknown"), reason

    @api.model
    def _unavailable(self, error):
        return ChannelUnavailable(
            self.env._(
                "The SMS service takes no messages (%(error)s). Check its address and token in "
                "the settings, or ask your administrator.",
                error=str(error),
            )
        )
