# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re
import secrets
from functools import reduce
from typing import NamedTuple

from markupsafe import Markup, escape

from odoo import api, models
from odoo.tools import hmac, html2plaintext
from odoo.tools.mail import append_content_to_html, html_normalize
from odoo.tools.rendering_tools import parse_inline_template
from odoo.tools.urls import urljoin

from ..tools.mail_merge import Slots

RECIPIENT = "crm.campaign.recipient"
# A merge field in a body that the host normalised, as the host itself looks for it.
FIELD = re.compile(r'<(\w+)\s+t-out="([\w.]+)"\s*(?:/>|>[\s|]*([^<>]*?)[\s|]*</\1>)')
# Whatever the host before the path: a website of the company may have replaced it.
TRACKED_LINK = re.compile(r'(?<=")(https?://[^/"]+/r/\w+)(?=")')
PERSONAL_PAGES = "unsubscribe_from_list|campaign_preferences|view"


class Body(NamedTuple):
    """A body as one recipient gets it."""

    html: str
    text: str


class CrmCampaignChannelEmail(models.AbstractModel):
    """What differs between recipients: values of merge fields and personal links.

    Bodies whose expressions are all merge fields are worked out once a batch, with slots in place
    of what differs, and then filled: what comes out is what the host gives (see
    ``mail.render.mixin``, the "regex" way), without its work for each recipient. Other bodies are
    rendered by the host's engine.
    """

    _inherit = "crm.campaign.channel.email"

    @api.model
    def _render(self, execution, recipients, traces):
        """Render for all recipients; one by one when it fails, to find whose fault it is.

        :param dict traces: as ``_create_traces`` returns them
        :return: recipient id -> subject and body, or the exception
        :rtype: dict[int, tuple[str, Body] | Exception]
        """
        results = {}
        for group in recipients.grouped("lang").values():
            results.update(self._render_alike(execution, group, traces))
        return results

    @api.model
    def _render_alike(self, execution, recipients, traces):
        """Render for recipients who get the same content; see ``_render``."""
        lang = recipients[0].lang
        content = execution._get_content(lang)
        # The responsible user's rights decide what a template may show.
        renderer = self.env["crm.campaign.template"].with_user(execution.user_id)
        renderer = renderer.with_context(allowed_company_ids=execution.company_id.ids)
        renderer = renderer.with_context(lang=lang) if lang else renderer
        mailing_sudo = execution.mailing_id.sudo()
        try:
            with self.env.cr.savepoint():
                subjects = self._render_subjects(renderer, content["subject"], recipients)
                bodies = self._render_bodies(renderer, mailing_sudo, content, recipients, traces)
                return {id_: (subjects[id_], bodies[id_]) for id_ in recipients.ids}
        except Exception as error:  # noqa: BLE001 - a template may raise anything
            if len(recipients) == 1:
                return {recipients.id: error.__cause__ or error}
        results = {}
        for recipient in recipients:
            results.update(self._render_alike(execution, recipient, traces))
        return results

    # === SUBJECTS === #

    @api.model
    def _render_subjects(self, renderer, source, recipients):
        """Render the subject.

        :return: recipient id -> subject
        :rtype: dict[int, str]
        """
        if renderer._has_unsafe_expression_template_inline_template(source, RECIPIENT):
            return renderer._render_template(source, RECIPIENT, recipients.ids)
        pieces = [
            (literal, expression and expression.split(".")[1:], default)
            for literal, expression, default in parse_inline_template(str(source))
        ]
        return {
            record.id: "".join(
                literal + (str(get_value(record, path, default)) if path else "")
                for literal, path, default in pieces
            )
            for record in renderer.env[RECIPIENT].browse(recipients.ids)
        }

    # === BODIES === #

    @api.model
    def _render_bodies(self, renderer, mailing_sudo, content, recipients, traces):
        """Render a body, with the links of each recipient.

        :param dict content: as ``crm.campaign.execution._get_content`` gives it
        :return: recipient id -> body
        :rtype: dict[int, Body]
        """
        source = content["body_html"]
        slots = Slots(f"slot{secrets.token_hex(8)}")
        page, paths = self._put_slots(renderer, source, slots)
        personal = get_personal_url(mailing_sudo, recipients[0])
        records = renderer.env[RECIPIENT].browse(recipients.ids)
        values = self._read_values(records, paths) if page else None
        if values is None:
            pages = renderer._render_template(
                source, RECIPIENT, recipients.ids, engine="qweb", options={"post_process": True}
            )
            moulds = {
                id_: self._cut(mailing_sudo, page, slots, personal) for id_, page in pages.items()
            }
            values = dict.fromkeys(recipients.ids, {})
        else:
            (page,) = renderer._render_template_postprocess(
                RECIPIENT, {recipients.ids[0]: page}
            ).values()
            mould = self._cut(mailing_sudo, page, slots, personal)
            moulds = dict.fromkeys(recipients.ids, mould)
        return {
            recipient.id: self._fill(
                mailing_sudo,
                recipient,
                moulds[recipient.id],
                values[recipient.id],
                traces[recipient.id][0],
            )
            for recipient in recipients
        }

    @api.model
    def _put_slots(self, renderer, source, slots):
        """Put slots in place of merge fields.

        :return: page and name of slot -> path of fields and fallback text; page is None when only
            the host's engine can render the source
        :rtype: tuple[Markup | None, dict[str, tuple[list[str], str]]]
        """
        if renderer._has_unsafe_expression_template_qweb(source, RECIPIENT):
            return None, {}
        page = html_normalize(f"<div>{source}</div>")
        page = page.removeprefix("<div>").removesuffix("</div>")
        pieces, paths, end = [], {}, 0
        for match in FIELD.finditer(page):
            tag, expression, default = match.groups()
            if not self.env["ir.qweb"]._is_expression_allowed(expression, RECIPIENT):
                return None, {}
            name = f"field{len(paths)}"
            paths[name] = expression.split(".")[1:], default or ""
            slot = slots[name]
            pieces += (
                page[end : match.start()],
                slot if tag.lower() == "t" else f"<{tag}>{slot}</{tag}>",
            )
            end = match.end()
        return Markup("".join((*pieces, page[end:]))), paths

    @api.model
    def _read_values(self, records, paths):
        """Look the values of merge fields up.

        :return: recipient id -> name of slot -> value; None when one is HTML, whose links the
            host's engine must see
        :rtype: dict[int, dict[str, object]] | None
        """
        values = {
            record.id: {name: get_value(record, *path) for name, path in paths.items()}
            for record in records
        }
        if any(hasattr(value, "__html__") for row in values.values() for value in row.values()):
            return None
        return values

    @api.model
    def _cut(self, mailing_sudo, page, slots, personal):
        """Put slots in place of what the links of each recipient have of their own.

        :param str personal: as ``get_personal_url`` gives it
        :return: page, with the opening pixel, and plain text
        :rtype: tuple[Mould, Mould]
        """
        page, pixel = self._put_link_slots(mailing_sudo, page, slots, personal)
        with_pixel = append_content_to_html(page, pixel, plaintext=False)
        return slots.cut(with_pixel), slots.cut(html2plaintext(page))

    @api.model
    def _put_link_slots(self, mailing_sudo, page, slots, personal):
        """Put slots in place of what links have of their own for each recipient.

        :param str personal: as ``get_personal_url`` gives it
        :return: page, and the opening pixel
        :rtype: tuple[str, str]
        """
        page = TRACKED_LINK.sub(rf"\1/m/{slots['trace']}", str(page))
        page = re.sub(f'"{personal}"', lambda match: f'"{slots[match[1]]}"', page)
        url = self._get_pixel_url(mailing_sudo.get_base_url(), slots["trace"], slots["token"])
        return page, f'<img src="{escape(url)}" alt=""/>'

    @api.model
    def _fill(self, mailing_sudo, recipient, moulds, values, trace_id):
        """Fill the slots for one recipient.

        :rtype: Body
        """
        html, text = moulds
        names = html.names | text.names
        links = self._get_links(mailing_sudo, recipient, trace_id, names)
        values = {name: str(value) for name, value in {**values, **links}.items()}
        escaped = {name: str(escape(value)) for name, value in values.items()}
        return Body(html.fill(escaped), text.fill(values))

    # === LINKS === #

    @api.model
    def _get_links(self, mailing_sudo, recipient, trace_id, names):
        """Give what the links of one recipient have of their own, as far as they are there.

        :param names: names of slots that there are
        :rtype: dict[str, str]
        """
        links = {"trace": str(trace_id), "token": self._get_pixel_token(trace_id)}
        if "view" in names:
            links["view"] = mailing_sudo._get_view_url(recipient.email, recipient.id)
        if "campaign_preferences" in names:
            links["campaign_preferences"] = recipient._get_preference_url()
        if "unsubscribe_from_list" in names or not links.get("campaign_preferences", True):
            url = mailing_sudo._get_unsubscribe_url(recipient.email, recipient.id)
            links["unsubscribe_from_list"] = url
            links["campaign_preferences"] = links.get("campaign_preferences") or url
        return links

    @api.model
    def _get_pixel_url(self, base_url, trace_id, token):
        """Give the address of the image that tells that a message was opened."""
        return urljoin(base_url, f"crm_campaign/open/{trace_id}/{token}/blank.gif")

    @api.model
    def _get_pixel_token(self, trace_id):
        """Sign a trace for the opening pixel, and for nothing else."""
        return hmac(self.env(su=True), "crm_campaign-open", trace_id)


def get_value(record, path, default):
    """Look a merge field up, as the host does for templates that hold nothing else.

    :param list[str] path: names of fields, from the record on
    """
    try:
        return reduce(lambda value, name: value[name], path, record) or default
    except KeyError:
        return default


def get_personal_url(*records):
    """Give the pattern of the addresses that are made for each recipient: local ones, and ours.

    A page of the same name on the site of somebody else is theirs.

    :param records: records whose base URL the host may have written in
    :return: regular expression; its group is the name of the page
    :rtype: str
    """
    sites = sorted({re.escape(record.get_base_url().rstrip("/")) for record in records})
    return rf"(?:{'|'.join(sites)})?/({PERSONAL_PAGES})"
