# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import http
from odoo.http import request

from .page import PAGE, CrmCampaignPage


class CrmCampaignStopController(CrmCampaignPage):
    """The page behind the short link of a text message."""

    @http.route("/cs/<string:token>", **PAGE, methods=["GET"], sitemap=False)
    def show_stop(self, token, **_params):
        """Ask whether the person wants to refuse; reading changes nothing."""
        return self._show_stop(token)

    @http.route("/cs/<string:token>", **PAGE, methods=["POST"])
    def say_stop(self, token, **_params):
        """Record the refusal; the host checks the form's own token (CSRF)."""
        recipient = request.env["crm.campaign.recipient"]._read_stop_token(token)
        if recipient:
            recipient._say_stop()
        return self._show_stop(token, done=True)

    def _show_stop(self, token, **values):
        """Render the page; without a recipient it says only that the link is of no use."""
        recipient = request.env["crm.campaign.recipient"]._read_stop_token(token)
        if not recipient:
            return self._render_unknown()
        self._choose_language(recipient.partner_id.lang)
        # The page speaks to whoever holds the phone: it shows the number and no name.
        return self._render_page(
            "crm_campaign.stop_page",
            recipient.company_id,
            number=recipient.phone,
            token=token,
            preferences=recipient._get_preference_url(),
            **values,
        )
