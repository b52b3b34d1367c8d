# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def _render_field(self, field, res_ids, *args, **kwargs):
        # EXTENDS mail — the page that shows a message of a campaign speaks its language
        if field == "body_html" and self.mailing_model_real == "crm.campaign.recipient":
            # Superuser: the host checked the token of this very recipient.
            recipient = self.env["crm.campaign.recipient"].sudo().browse(res_ids).exists()
            if len(recipient) == 1 and recipient.lang:
                execution = recipient.execution_id
                return self.with_context(lang=recipient.lang)._render_template(
                    execution._get_content(recipient.lang)["body_html"],
                    recipient._name,
                    recipient.ids,
                    engine="qweb",
                    options=kwargs.get("options"),
                )
        return super()._render_field(field, res_ids, *args, **kwargs)
