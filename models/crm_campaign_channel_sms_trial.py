# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from uuid import uuid4

from odoo import api, models
from odoo.tools.urls import urljoin

from odoo.addons.phone_validation.tools.phone_validation import phone_format

from .crm_campaign_channel_sms import STOP_LINK
from .crm_campaign_template_sms import STOP_PATH


class CrmCampaignChannelSms(models.AbstractModel):
    """Tests by SMS: the same text, as long as real ones, with a link that refuses nothing."""

    _inherit = "crm.campaign.channel.sms"

    @api.model
    def _read_test_address(self, text, company):
        country = company.country_id
        number = phone_format(
            text, country.code, country.phone_code, force_format="E164", raise_exception=False
        )
        # The host gives back what it cannot read.
        return number if number.startswith("+") and number[1:].isdigit() else False

    @api.model
    def _send_test(self, execution, content, addresses):
        company = execution.company_id
        text = content.get("body_text") or ""
        if execution.purpose_id.can_unsubscribe:
            text = self._add_stop(text, self._get_stop_mention(company))
        text = text.replace(STOP_LINK, urljoin(execution.get_base_url(), STOP_PATH))
        provider = self._get_provider(company)
        errors = {}
        for address in addresses:
            message = {"key": uuid4().hex, "to": address, "text": text}
            state, reason = provider._send(company, message)
            if state not in ("sent", "delivered"):
                errors[address] = reason or state
        return errors
