# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import secrets

from odoo import http
from odoo.http import request
from odoo.tools import email_normalize

from .page import PAGE, CrmCampaignPage

# What a visitor may leave, and how long it may be.
FIELDS = {"name": 100, "company": 100, "email": 254, "phone": 40, "message": 2000}
# A field that people do not see, and that programs fill in.
TRAP = "website"


class CrmCampaignResponseController(CrmCampaignPage):
    """The page behind the code of a trade show or an insertion."""

    @http.route("/cr/<string:code>", **PAGE, methods=["GET"], sitemap=False)
    def show_response(self, code, **params):
        """Show the form; reading changes nothing."""
        self._choose_language(params.get("lang"))
        return self._show_response(code)

    @http.route("/cr/<string:code>", **PAGE, methods=["POST"])
    def save_response(self, code, nonce=None, lang=None, consent=None, **answers):
        """Record the answer, once a person; the host checks the form's own token (CSRF).

        Whoever the visitor is, the same is done and said.
        """
        self._choose_language(lang)
        operation = request.env["crm.campaign.operation"]._find_by_code(code)
        if not operation.is_page_open or answers.get(TRAP):
            return self._show_response(code, done=True)
        visits = request.env["crm.campaign.page.visit"].sudo()
        if not visits._may_answer(request.httprequest.remote_addr):
            return self._show_response(code, status=429, error="limit", answers=answers)
        answers = {name: self._clean(answers.get(name), FIELDS[name]) for name in FIELDS}
        if error := self._get_error(answers):
            return self._show_response(code, error=error, answers=answers)
        purpose = operation._get_asked_purpose()
        if consent and purpose and answers["email"]:
            answers["wording"] = self._get_wording(purpose)
        operation._note_visitor(answers, nonce)
        return self._show_response(code, done=True)

    def _clean(self, text, length):
        """Return what a visitor typed, on the characters that there are, and no longer than that.

        :rtype: str
        """
        text = "".join(char for char in (text or "") if char.isprintable() or char == "\n")
        return text.strip()[:length]

    def _get_error(self, answers):
        """Tell what is wrong with the form of answers, whoever sent them.

        :return: ``name``, ``email``, or None
        """
        if not answers["name"]:
            return "name"
        if answers["email"] and not email_normalize(answers["email"]):
            return "email"
        return None

    def _get_wording(self, purpose):
        """Give the words beside the box, in the visitor's language."""
        consents = request.env["crm.campaign.consent"]
        return consents._get_wording(purpose.with_context(lang=request.env.lang))

    def _show_response(self, code, status=200, **values):
        """Render the page; an unknown code says only that it is of no use."""
        operation = request.env["crm.campaign.operation"]._find_by_code(code)
        if not operation:
            return self._render_unknown_code()
        purpose = operation._get_asked_purpose()
        response = self._render_page(
            "crm_campaign.response_page",
            operation.company_id,
            operation=operation.with_context(lang=request.env.lang),
            code=operation.response_code,
            nonce=secrets.token_urlsafe(12),
            wording=self._get_wording(purpose) if purpose else None,
            languages=request.env["res.lang"].get_installed(),
            **{"answers": {}, "done": False, "error": None, **values},
        )
        response.status_code = status
        return response

    def _render_unknown_code(self):
        """Say that a code leads nowhere."""
        values = {"company": request.env.company, "current_lang": request.env.lang}
        return request.render("crm_campaign.response_unknown", values, status=404)
