# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import http
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
        self._mark_unsubscribed(mailing.id, document_id)
        return super()._mailing_unsubscribe_from_document(mailing, document_id, email, hash_token)

    @http.route()
    def mail_blocklist_add(self, mailing_id=None, document_id=None, email=None, hash_token=None):
        # EXTENDS mass_mailing — the button of the page that a GET shows withdraws too
        done = super().mail_blocklist_add(
            mailing_id=mailing_id, document_id=document_id, email=email, hash_token=hash_token
        )
        if done is True and hash_token:
            self._mark_unsubscribed(mailing_id, document_id)
        return done

    def _mark_unsubscribed(self, mailing_id, document_id):
        """Record the withdrawal on the recipient.

        Superuser: a visitor without rights, whose token for this mailing and this recipient was
        checked by the caller.
        """
        request.env["crm.campaign.recipient"].sudo().search(
            [("id", "=", int(document_id)), ("execution_id.mailing_id", "=", int(mailing_id))]
        )._mark_unsubscribed()
