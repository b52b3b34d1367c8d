# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import http
from odoo.exceptions import LockError, UserError
from odoo.http import request


class CrmCampaignPreferencesController(http.Controller):
    @http.route(
        "/crm_campaign/preferences/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def show_preferences(self, token, **params):
        """Show what a person chose to receive; reading changes nothing."""
        partner, _execution = request.env["crm.campaign.consent"]._read_token(token)
        self._choose_language(partner, params.get("lang"))
        return self._show_page(partner, token)

    @http.route(
        "/crm_campaign/preferences/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        multilang=False,
    )
    def save_preferences(self, token, version=None, refuse_all=None, lang=None, **answers):
        """Record what a person chose, and show it; the host checks the form's own token (CSRF)."""
        consents = request.env["crm.campaign.consent"]
        partner, execution = consents._read_token(token)
        self._choose_language(partner, lang)
        if not partner:
            return self._show_page(partner, token)
        # The page's language decides the wording that is kept as proof.
        consents = request.env["crm.campaign.consent"]
        partner = partner.with_context(lang=request.env.lang)
        if refuse_all:
            answers = consents._get_refusal()
        try:
            consents._save_page(partner, answers, version, execution)
        except UserError as error:
            return self._show_page(partner, token, error=str(error))
        except LockError:
            return self._show_page(
                partner, token, error=request.env._("Please send your choices again.")
            )
        return self._show_page(partner, token, saved=True)

    @http.route(
        "/campaign_preferences",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def explain_preferences(self, **_params):
        """Answer the bare link of a template, which only a sent message makes personal."""
        return self._show_page(request.env["res.partner"], "")

    def _choose_language(self, partner, wanted):
        """Speak the language that the visitor asked for, else the contact's."""
        installed = dict(request.env["res.lang"].get_installed())
        lang = next((code for code in (wanted, partner.lang) if code in installed), None)
        if lang:
            request.update_context(lang=lang)

    def _show_page(self, partner, token, **values):
        """Render the page; without a contact it says nothing but that the link is of no use."""
        if not partner:
            values = {"company": request.env.company, "current_lang": request.env.lang}
            return request.render("crm_campaign.preferences_unknown", values, status=404)
        consents = request.env["crm.campaign.consent"]
        return request.render(
            "crm_campaign.preferences_page",
            {
                **consents._prepare_page(partner),
                "token": token,
                "company": partner.company_id or request.env.company,
                "languages": request.env["res.lang"].get_installed(),
                "current_lang": request.env.lang,
                **values,
            },
            headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
        )
