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
        recipient = self._get_campaign_recipient(mailing.id, document_id)
        page_url = recipient._get_preference_url()
        if request.httprequest.method == "POST":
            one_click = request.httprequest.path.endswith("/unsubscribe_oneclick")
            if recipient._withdraw_consent("one_click" if one_click else "unsubscribe"):
                return request.redirect(page_url or "/")
            # Nobody to record a decision for: the address is blocked, as the host does.
            return super()._mailing_unsubscribe_from_document(
                mailing, document_id, email, hash_token
            )
        if page_url:
            return request.redirect(page_url)
        return request.render(
            "mass_mailing.page_mailing_unsubscribe",
            self._prepare_mailing_subscription_values(mailing, document_id, email, hash_token),
        )

    @http.route()
    def mail_blocklist_add(self, mailing_id=None, document_id=None, email=None, hash_token=None):
        # EXTENDS mass_mailing — the button of the page that a GET shows withdraws too
        done = super().mail_blocklist_add(
            mailing_id=mailing_id, document_id=document_id, email=email, hash_token=hash_token
        )
        if done is True and hash_token:
            self._get_campaign_recipient(mailing_id, document_id)._mark_unsubscribed()
        return done

    def _get_campaign_recipient(self, mailing_id, document_id):
        """Return the recipient behind a link.

        Superuser: a visitor without rights, whose token for this mailing and this recipient was
        checked by the caller.
        """
        return (
            request.env["crm.campaign.recipient"]
            .sudo()
            .search(
                [("id", "=", int(document_id)), ("execution_id.mailing_id", "=", int(mailing_id))]
            )
        )
