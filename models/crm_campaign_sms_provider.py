# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class CrmCampaignSmsProvider(models.AbstractModel):
    """The contract of a carrier of text messages: ``crm.campaign.sms.provider.<code>``.

    An integrator adds one with a ``selection_add`` on ``campaign_sms_provider`` of ``res.company``
    and a model that inherits this one.
    """

    _name = "crm.campaign.sms.provider"
    _description = "SMS Carrier"

    @api.model
    def _check_ready(self, company):
        """Check, while the user waits and with their rights, that messages can be taken.

        :raise ChannelUnavailable: what is missing, in the user's language
        """

    @api.model
    def _expect_reports(self, recipients):
        """Prepare to hear what became of messages, before any of them leaves.

        What a carrier reports later goes to ``_note_sms_report`` of the recipient.
        """

    @api.model
    def _send(self, company, message):
        """Hand one message over, now.

        :param dict message: as ``_prepare_message`` of the SMS channel made it
        :return: state and reason: ``sent``, ``delivered``, ``failed`` (refused: nobody has it) or
            ``unknown`` (handed over, the answer was lost); whatever may have arrived is unknown,
            since a failed message may be sent again
        :rtype: tuple[str, str | None]
        :raise ChannelUnavailable: the carrier does not have the message and can take none for now
        """
        raise NotImplementedError
