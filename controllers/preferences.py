# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import http
from odoo.exceptions import LockError, UserError
from odoo.http import request

from .page import PAGE, CrmCampaignPage


class CrmCampaignPreferencesController(CrmCampaignPage):
    @http.route("/crm_campaign/preferences/<string:token>", **PAGE, methods=["GET"], sitemap=False)
    def show_preferences(self, token, **params):
        """Show what a person chose to receive; reading changes nothing."""
        partner, _execution = request.env["crm.campaign.consent"]._read_token(token)
        self._choose_language(params.get("lang"), partner.lang)
        return self._show_preferences(partner, token)

    @http.route("/crm_campaign/preferences/<string:token>", **PAGE, methods=["POST"])
    def save_preferences(self, token, version=None, refuse_all=None, lang=None, **answers):
        """Record what a person chose, and show it; the host checks the form's own token (CSRF)."""
        consents = request.env["crm.campaign.consent"]
        partner, execution = consents._read_token(token)
        self._choose_language(lang, partner.lang)
        if not partner:
            return self._show_preferences(partner, token)
        # The page's language decides the wording that is kept as proof.
        consents = request.env["crm.campaign.consent"]
        partner = partner.with_context(lang=request.env.lang)
        if refuse_all:
            answers = consents._get_refusal()
        try:
            consents._save_page(partner, answers, version, execution)
        except UserError as error:
            return self._show_preferences(partner, token, error=str(error))
        except LockError:
            return self._show_preferences(
                partner, token, error=request.env._("Please send your choices again.")
            )
        return self._show_preferences(partner, token, saved=True)

    @http.route("/campaign_preferences", **PAGE, methods=["GET"], sitemap=False)
    def explain_preferences(self, **_params):
        """Answer the bare link of a template, which only a sent message makes personal."""
        return self._render_unknown()

    def _show_preferences(self, partner, token, **values):
        """Render the page; without a contact it says nothing but that the link is of no use."""
        if not partner:
            return self._render_unknown()
        return self._render_page(
            "crm_campaign.preferences_page",
            partner.company_id,
            **request.env["crm.campaign.consent"]._prepare_page(partner),
            token=token,
            languages=request.env["res.lang"].get_installed(),
            **values,
        )
