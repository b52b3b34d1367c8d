# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re
import secrets
from urllib.parse import quote

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..tools.imported_page import (
    fill_merge_fields,
    find_links,
    get_body,
    insert,
    replace_spans,
)
from ..tools.mail_merge import Slots
from .crm_campaign_channel_email_content import UNTRACKED_PATHS
from .crm_campaign_channel_email_rendering import (
    RECIPIENT,
    get_personal_url,
    get_value,
)


class CrmCampaignExecution(models.Model):
    """The imported page of an execution, as it leaves."""

    _inherit = "crm.campaign.execution"

    frozen_html = fields.Text(readonly=True, export_string_translation=False)


class CrmCampaignChannelEmail(models.AbstractModel):
    """Imported pages: what leaves is the file, with links tracked and merge fields filled.

    The host's mailing holds what its field of HTML leaves of it, for its page “view in browser”.
    """

    _inherit = "crm.campaign.channel.email"

    # === DEPARTURE === #

    @api.model
    def _freeze_body(self, execution, template, lang=None):
        # EXTENDS crm_campaign — the page is frozen too, with the same tracked links
        if not template.imported_html:
            return super()._freeze_body(execution, template, lang)
        page = self._get_page(execution, template, template.imported_html, lang)
        page = self._shorten_page(execution.mailing_id, page)
        vals = {"body_html": template._get_rendition(page)}
        template._convert_body_placeholders(vals)
        return {"body_html": Markup(vals["body_html"]), "frozen_html": page}

    @api.model
    def _shorten_page(self, mailing_sudo, page):
        """Replace the links of a page by tracked ones, and nothing else.

        Links that hold a merge field lead elsewhere for each recipient: they are not tracked.

        :rtype: str
        """
        base_url = mailing_sudo.get_base_url()
        page = mailing_sudo._replace_local_links(str(page), base_url)
        personal = get_personal_url(mailing_sudo)
        changes, tracked = [], []
        for link in find_links(page):
            if found := re.fullmatch(personal, link.url):
                changes.append((link.start, link.end, f'"/{found[1]}"'))
            elif self._is_tracked(link.url, base_url):
                tracked.append(link)
        trackers = self._track(
            mailing_sudo, [{"url": link.url, "label": link.label} for link in tracked]
        )
        for link, tracker in zip(tracked, trackers, strict=True):
            changes.append((link.start, link.end, f'"{escape(tracker.short_url)}"'))
        return replace_spans(page, changes)

    @api.model
    def _is_tracked(self, url, base_url):
        """Tell whether clicks on an address are counted."""
        if "{{" in url or not url.startswith(("http://", "https://")):
            return False
        path = url.removeprefix(base_url)
        return not path.startswith(("/r/", *UNTRACKED_PATHS))

    # === BATCHES === #

    @api.model
    def _render_bodies(self, renderer, mailing_sudo, content, recipients, traces):
        # EXTENDS crm_campaign — pages are filled, never rendered
        page = content["frozen_html"]
        if not page:
            return super()._render_bodies(renderer, mailing_sudo, content, recipients, traces)
        slots = Slots(f"slot{secrets.token_hex(8)}")
        page, holes = self._put_page_slots(page, slots)
        moulds = self._cut_page(mailing_sudo, page, slots)
        records = {record.id: record for record in renderer.env[RECIPIENT].browse(recipients.ids)}
        allowed = self.env[RECIPIENT]._get_merge_fields()
        return {
            recipient.id: self._fill(
                mailing_sudo,
                recipient,
                moulds,
                self._get_page_values(records[recipient.id], holes, allowed),
                traces[recipient.id][0],
            )
            for recipient in recipients
        }

    @api.model
    def _put_page_slots(self, page, slots):
        """Put slots in place of the merge fields of a page.

        :return: page, and name of slot -> merge field
        :rtype: tuple[str, dict[str, MergeField]]
        """
        holes = {}

        def put(field):
            name = f"field{len(holes)}"
            holes[name] = field
            return slots[name]

        return fill_merge_fields(page, put), holes

    @api.model
    def _get_page_values(self, record, holes, allowed):
        """Look up what one recipient has in the holes of a page; merge fields only.

        :param allowed: expressions that may be looked up
        :rtype: dict[str, str]
        """
        values = {}
        for name, field in holes.items():
            value = field.fallback
            if field.expression in allowed:
                path = record.execution_id._substitute(field.expression).split(".")[1:]
                value = str(get_value(record, path, field.fallback))
            values[name] = quote(value, safe="@") if field.context == "address" else value
        return values

    @api.model
    def _cut_page(self, mailing_sudo, page, slots):
        """Put slots in place of what the links of each recipient have of their own.

        :return: page with the opening pixel, and plain text
        :rtype: tuple[Mould, Mould]
        """
        personal = get_personal_url(mailing_sudo)
        page, pixel = self._put_link_slots(mailing_sudo, page, slots, personal)
        text = html2plaintext(get_body(page))
        return slots.cut(insert(page, bottom=pixel)), slots.cut(text)

    @api.model
    def _render_sample(self, execution, recipient):
        # EXTENDS crm_campaign — the page, with plain links
        sample = super()._render_sample(execution, recipient)
        template = execution.template_id._get_translation(recipient.lang)
        page = template.imported_html
        if not page:
            return sample
        # The responsible user's rights decide what a template may show.
        record = recipient.with_user(execution.user_id).with_context(
            allowed_company_ids=execution.company_id.ids
        )
        allowed = self.env[RECIPIENT]._get_merge_fields()

        def show(field):
            return str(escape(self._get_page_values(record, {"": field}, allowed)[""]))

        try:
            page = self._get_page(execution, template, page, recipient.lang)
            page = fill_merge_fields(str(page), show)
        except Exception as error:
            raise UserError(str(error)) from error
        return {**sample, "body": Markup(page)}
