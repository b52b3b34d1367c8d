# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.http import request

from odoo.addons.mass_mailing.controllers.main import MassMailController


class CrmCampaignMailingController(MassMailController):
    """The host's pages to unsubscribe, for the messages of campaigns.

    The host checks the token (signed for one mailing, one recipient, one address) before it calls
    the method below.
    """

    def _mailing_unsubscribe_from_document(self, mailing, document_id, email, hash_token):
        # EXTENDS mass_mailing — the withdrawal is recorded on the recipient; and where the host
        # unsubscribes on a mere GET (which mail scanners do), the page only shows the choices
        if mailing.mailing_model_real != "crm.campaign.recipient":
            return super()._mailing_unsubscribe_from_document(
                mailing, document_id, email, hash_token
            )
        if request.httprequest.method != "POST":
            return request.render(
                "mass_mailing.page_mailing_unsubscribe",
                self._prepare_mailing_subscription_values(mailing, document_id, email, hash_token),
            )
        recipient_sudo = (
            request.env["crm.campaign.recipient"]
            .sudo()
            .search([("id", "=", int(document_id)), ("execution_id.mailing_id", "=", mailing.id)])
        )
        recipient_sudo._mark_unsubscribed()
        return super()._mailing_unsubscribe_from_document(mailing, document_id, email, hash_token)
