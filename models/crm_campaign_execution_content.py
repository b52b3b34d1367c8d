# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re

from odoo import models

# Without an operation, the author stands in for its responsible.
RESPONSIBLE, AUTHOR = "object.operation_id.user_id", "object.execution_id.user_id"


class CrmCampaignExecution(models.Model):
    """The content of an execution, rendered for its recipients."""

    _inherit = "crm.campaign.execution"

    def _freeze_text(self, text):
        """Return a text with ``{{ }}`` placeholders as it is kept for rendering.

        The host would keep the space before the closing braces in a fallback value.
        """
        return self._substitute(re.sub(r"\s+\}\}", "}}", text))

    def _get_substitutes(self):
        """Say what stands in for the merge fields of an operation where there is none.

        :return: beginning of an expression -> what replaces it, the longest first
        :rtype: dict[str, str]
        """
        return {} if self.operation_id else {RESPONSIBLE: AUTHOR}

    def _substitute(self, text):
        """Replace the merge fields that have no value in this execution by what stands in."""
        for expression, substitute in self._get_substitutes().items():
            text = text.replace(expression, substitute)
        return text

    def _render(self, source, recipients, engine):
        """Render for all recipients; one by one when it fails, to find whose fault it is.

        :param str engine: ``qweb`` or ``inline_template``
        :return: recipient id -> text, or the exception
        :rtype: dict[int, str | Exception]
        """
        source = self._substitute(source)
        # The responsible user's rights decide what a template may show.
        renderer = self.env["crm.campaign.template"].with_user(self.user_id)
        renderer = renderer.with_context(allowed_company_ids=self.company_id.ids)
        options = {"post_process": True} if engine == "qweb" else {}

        def render(ids):
            return renderer._render_template(
                source, "crm.campaign.recipient", ids, engine=engine, options=dict(options)
            )

        try:
            with self.env.cr.savepoint():
                return render(recipients.ids)
        except Exception as error:  # noqa: BLE001 - a template may raise anything
            if len(recipients) == 1:
                return {recipients.id: error.__cause__ or error}
        results = {}
        for recipient in recipients:
            results.update(self._render(source, recipient, engine))
        return results
