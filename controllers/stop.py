# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import http
from odoo.http import request


class CrmCampaignStopController(http.Controller):
    """The page behind the short link of a text message."""

    @http.route(
        "/cs/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def show_stop(self, token, **_params):
        """Ask whether the person wants to refuse; reading changes nothing."""
        return self._show_page(token)

    @http.route(
        "/cs/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        multilang=False,
    )
    def say_stop(self, token, **_params):
        """Record the refusal; the host checks the form's own token (CSRF)."""
        recipient = request.env["crm.campaign.recipient"]._read_stop_token(token)
        if recipient:
            recipient._say_stop()
        return self._show_page(token, done=True)

    def _show_page(self, token, **values):
        """Render the page; without a recipient it says only that the link is of no use."""
        recipient = request.env["crm.campaign.recipient"]._read_stop_token(token)
        if recipient.partner_id.lang in dict(request.env["res.lang"].get_installed()):
            request.update_context(lang=recipient.partner_id.lang)
        values = {
            "company": recipient.company_id or request.env.company,
            "current_lang": request.env.lang,
            **values,
        }
        if not recipient:
            return request.render("crm_campaign.preferences_unknown", values, status=404)
        # The page speaks to whoever holds the phone: it shows the number and no name.
        values.update(
            number=recipient.phone,
            token=token,
            preferences=recipient._get_preference_url(),
        )
        return request.render(
            "crm_campaign.stop_page",
            values,
            headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
        )
