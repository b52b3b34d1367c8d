# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""What the pages have in common that people open by a signed link, without logging in."""

from odoo import http
from odoo.http import request

# Options of their routes.
PAGE = {"type": "http", "auth": "public", "website": True, "multilang": False}


class CrmCampaignPage(http.Controller):
    """Pages that are in nobody's cache nor index, in the language of who reads them."""

    def _choose_language(self, *wanted):
        """Speak the first of some languages that is installed; else that of the browser."""
        installed = dict(request.env["res.lang"].get_installed())
        lang = next((code for code in wanted if code in installed), None)
        if lang:
            request.update_context(lang=lang)

    def _render_page(self, template, company, **values):
        """Render a page.

        :param company: whose logo is shown; the site's when empty
        """
        return request.render(
            template,
            {
                "company": company or request.env.company,
                "current_lang": request.env.lang,
                **values,
            },
            headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
        )

    def _render_unknown(self):
        """Say that a link is of no use, and nothing else."""
        values = {"company": request.env.company, "current_lang": request.env.lang}
        return request.render("crm_campaign.preferences_unknown", values, status=404)
