# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import html
import re

from odoo import api, models

from ..tools.page_check import find_bad_links, read_page

# A link that expressions may make different for each person.
PERSONAL = re.compile(r"t-attf?-href|t-att=")
# What stands for the links that are made for each person, whose signatures cost most of the time.
OWN_LINKS = frozenset(("trace", "token", "view", "campaign_preferences", "unsubscribe_from_list"))
HREF = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')


class CrmCampaignChannelEmail(models.AbstractModel):
    """Checks of emails, made by the way that departures make them."""

    _inherit = "crm.campaign.channel.email"

    @api.model
    def _inspect_content(self, execution):
        # Superuser: the texts of the departure, in all languages.
        template = execution._get_template().sudo()
        findings = []
        for text in [template, *template.translation_ids]:
            findings += self._inspect_text(execution, text)
        return list(dict.fromkeys(findings))

    @api.model
    def _inspect_text(self, execution, template):
        """Find what is wrong with a template or a translation; see ``_inspect_content``."""
        body = template.body_html or ""
        links, bare_images = read_page(body)
        findings = [("bad_link", link) for link in find_bad_links(links)]
        findings += [("bare_image", source) for source in bare_images]
        if not (template.subject or "").strip():
            findings.append(("no_subject", ""))
        if execution.purpose_id.can_unsubscribe and "/unsubscribe_from_list" not in body:
            findings.append(("no_way_out", ""))
        return findings

    @api.model
    def _inspect_recipients(self, execution, recipients):
        traces = dict.fromkeys(recipients.ids, (0, ""))
        contents = self.with_context(crm_campaign_check=True)._render(execution, recipients, traces)
        bodies = {execution._get_content(lang)["body_html"] for lang in recipients.grouped("lang")}
        is_personal = any(PERSONAL.search(body or "") for body in bodies)
        findings = []
        for recipient_id, content in contents.items():
            if isinstance(content, Exception):
                words = str(content) or type(content).__name__
                findings.append((recipient_id, "error", words))
                continue
            subject, body = content
            if not subject.strip():
                findings.append((recipient_id, "empty_subject", ""))
            if is_personal:
                links = dict.fromkeys(map(html.unescape, HREF.findall(body.html)))
                findings += [
                    (recipient_id, "bad_link", link) for link in find_bad_links(list(links))
                ]
        return findings

    @api.model
    def _get_links(self, mailing_sudo, recipient, trace_id, names):
        # EXTENDS crm_campaign — links of messages that nobody gets
        if self.env.context.get("crm_campaign_check"):
            return dict.fromkeys(OWN_LINKS & set(names), "/")
        return super()._get_links(mailing_sudo, recipient, trace_id, names)
