# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re

from lxml import html
from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.mail import URL_SKIP_PROTOCOL_REGEX

from odoo.addons.link_tracker.tools.html import find_links_with_urls_and_labels

from ..tools.imported_page import insert

# Local addresses that the host replaces by personal ones, or that must not be tracked.
UNTRACKED_PATHS = ["/unsubscribe_from_list", "/campaign_preferences", "/view", "/cards"]


class CrmCampaignChannelEmail(models.AbstractModel):
    """What is the same for every recipient: the content, frozen once at departure."""

    _inherit = "crm.campaign.channel.email"

    @api.model
    def _prepare_execution(self, execution):
        """Freeze the content in a mailing of the host, with its links shortened once for all."""
        template = execution._get_template()
        template._assert_content()
        body = self._get_page(execution, template, template.body_html)
        # Superuser: marketing users have no right on the host's mailings, which would open the
        # whole Email Marketing app to them; this mailing holds the content they chose.
        execution = execution.sudo()
        # Quietly: the host would tell the responsible that they were given a mailing.
        Mailing = execution.env["mailing.mailing"].with_context(
            tracking_disable=True, mail_create_nosubscribe=True, mail_auto_subscribe_no_notify=True
        )
        mailing = Mailing.create(self._prepare_mailing_vals(execution, template, body))
        execution.mailing_id = mailing.with_env(execution.env)
        frozen = self._freeze_body(execution, template)
        execution.mailing_id.body_html = frozen["body_html"]
        execution.frozen_html = frozen["frozen_html"]
        execution._freeze_attachments()

    @api.model
    def _prepare_translation(self, execution, template):
        """Prepare subject and body of a translation; links of all languages count together."""
        frozen = self._freeze_body(execution, template, template.language)
        frozen["body_html"] = self._sanitize_body(execution.mailing_id, frozen["body_html"])
        return {"subject": execution._freeze_text(template.subject), **frozen}

    @api.model
    def _sanitize_body(self, mailing_sudo, body):
        """Take out of a body what the field of the host's mailing takes out of the main one.

        Pages of the site show both.

        :rtype: str
        """
        field = mailing_sudo._fields["body_html"]
        return str(field.convert_to_cache(body, mailing_sudo) or "")

    @api.model
    def _render_sample(self, execution, recipient):
        """Render subject and body as they would be sent, with plain links.

        :raise UserError: the template cannot be rendered for this recipient
        """
        template = execution.template_id._get_translation(recipient.lang)
        body = self._get_page(execution, template, template.body_html, recipient.lang)
        ((speaker, recipient),) = execution._group_by_language(recipient)
        subject = execution._freeze_text(template.subject or "")
        subject = speaker._render(subject, recipient, "inline_template")
        html_body = speaker._render(body, recipient, "qweb")
        for rendered in (subject[recipient.id], html_body[recipient.id]):
            if isinstance(rendered, Exception):
                raise UserError(str(rendered))
        return {
            "about": f"{recipient.display_name} <{recipient.email}>",
            "subject": subject[recipient.id],
            "body": html_body[recipient.id],
        }

    @api.model
    def _prepare_mailing_vals(self, execution, template, body):
        """Prepare the host's mailing of an execution.

        It is born in state "done", so that the host's own queue never touches it.

        :rtype: dict
        """
        operation = execution._get_sender()
        recipient_model = self.env["ir.model"]._get("crm.campaign.recipient")
        return {
            # The host wants another name for each, and two made at one moment would have the same.
            "name": f"{execution.display_name} · {execution.id}",
            "subject": execution._freeze_text(template.subject),
            "body_arch": body,
            "body_html": body,
            "mailing_type": "mail",
            "mailing_model_id": recipient_model.id,
            "mailing_domain": repr(
                [("execution_id", "=", execution.id), ("exclusion", "=", False)]
            ),
            "campaign_id": execution.campaign_id.utm_campaign_id.id,
            "user_id": execution.user_id.id,
            "email_from": operation.email_from,
            "reply_to_mode": "new",
            "reply_to": operation.reply_to or operation.email_from,
            "state": "done",
            "sent_date": execution.started_at,
        }

    @api.model
    def _get_page(self, execution, template, body, lang=None):
        """Put what the company puts around messages, and the way out, around a body.

        :param template: template or translation that says what the company adds
        :param str | None lang: language of the links; the company's unless said otherwise
        :rtype: Markup
        """
        page = template._dress(body, execution.company_id)
        return self._add_unsubscribe_link(execution, page, lang)

    @api.model
    def _freeze_body(self, execution, template, lang=None):
        """Give the bodies that an execution keeps, with their links tracked.

        :param template: template or translation
        :return: ``body_html`` for the host's mailing; ``frozen_html``, the page that leaves in its
            place, or False
        :rtype: dict
        """
        body = self._get_page(execution, template, template.body_html, lang)
        page = self._shorten_links(execution.mailing_id, execution._substitute(body))
        return {"body_html": page, "frozen_html": False}

    @api.model
    def _add_unsubscribe_link(self, execution, body, lang=None):
        """Add the way out at the foot when the purpose asks for one and the author forgot it.

        :param str | None lang: language of the links; the company's unless said otherwise
        """
        if not execution.purpose_id.can_unsubscribe or "/unsubscribe_from_list" in body:
            return body
        company = execution.company_id
        lang = lang or company.partner_id.lang or self.env.lang
        speaker = self.with_context(lang=lang)
        link = Markup(
            '<p style="%s"><a href="/unsubscribe_from_list">%s</a>'
            ' · <a href="/campaign_preferences">%s</a></p>'
        ) % (
            "font-size:12px;color:#6c757d;text-align:center;",
            speaker.env._("Unsubscribe"),
            speaker.env._("My preferences"),
        )
        return Markup(insert(body, bottom=f"\n{link}\n"))

    @api.model
    def _shorten_links(self, mailing_sudo, body):
        """Replace the links of a body by tracked ones, once for all recipients.

        As the host does for each message, but for the page title, which the host would fetch from
        the site of each link.
        """
        base_url = mailing_sudo.get_base_url()
        root = html.fragment_fromstring(body, create_parent="div")
        nodes, links = find_links_with_urls_and_labels(
            root,
            base_url,
            skip_regex=rf"^{URL_SKIP_PROTOCOL_REGEX}",
            skip_prefix=f"{base_url}/r/",
            skip_list=[rf"^{re.escape(base_url)}{path}" for path in UNTRACKED_PATHS],
        )
        if not nodes:
            return body
        for node, tracker in zip(nodes, self._track(mailing_sudo, links), strict=True):
            node.set("href", tracker.short_url)
        return Markup(html.tostring(root, encoding="unicode", method="xml"))

    @api.model
    def _track(self, mailing_sudo, links):
        """Return the host's trackers of links, which are made where there are none.

        :param links: ``{"url", "label"}`` of each; the host would fetch titles from the sites
        :return: as many trackers, in order
        """
        common = mailing_sudo._get_link_tracker_values()
        return mailing_sudo.env["link.tracker"].search_or_create(
            [{**common, **link, "title": link["url"]} for link in links]
        )
