# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from hashlib import sha1

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import is_html_empty
from odoo.tools.urls import urljoin

from ..tools.imported_html import clean, is_safe_address

NETWORKS = {
    "social_facebook": "Facebook",
    "social_linkedin": "LinkedIn",
    "social_instagram": "Instagram",
    "social_twitter": "X",
    "social_youtube": "YouTube",
    "social_tiktok": "TikTok",
    "social_github": "GitHub",
    "social_discord": "Discord",
}
BLOCK = Markup(
    '<table role="presentation" width="100%%" cellspacing="0" cellpadding="0" border="0">'
    '<tr><td align="center" style="%s">%s</td></tr></table>'
)
IMAGE = Markup(
    '<img src="%s" alt="%s" width="600"'
    ' style="display:block;width:100%%;max-width:600px;height:auto;border:0;margin:0 auto;"/>'
)


class ResCompany(models.Model):
    """What a company puts around its emails: banner, footer, links to its networks."""

    _inherit = "res.company"

    campaign_banner = fields.Image(string="Banner of Emails", max_width=1200, max_height=600)
    campaign_banner_alt = fields.Char(
        string="Text of the Banner",
        help="What people read whose reader shows no pictures. Empty: the name of the company.",
    )
    campaign_footer = fields.Html(string="Footer of Emails", sanitize="email_outgoing")
    campaign_footer_image = fields.Image(
        string="Picture of the Footer", max_width=1200, max_height=600
    )
    campaign_footer_alt = fields.Char(string="Text of the Footer's Picture")

    def _get_campaign_banner(self):
        """Return the banner as HTML; empty without one.

        :rtype: Markup
        """
        return self._get_campaign_image_block("campaign_banner", self.campaign_banner_alt)

    def _get_campaign_footer(self):
        """Return the footer as HTML: its picture, then its text; empty without either.

        :rtype: Markup
        """
        picture = self._get_campaign_image_block("campaign_footer_image", self.campaign_footer_alt)
        if is_html_empty(self.campaign_footer):
            return picture
        # Without directives: they would be worked out with the rights of whoever sends.
        text = Markup(clean(str(self.campaign_footer))[0])
        style = "padding:16px 8px;font-size:12px;color:#6c757d;"
        return picture + BLOCK % (style, text)

    def _get_campaign_social_links(self):
        """Give the pages of the company on networks. Extended by integrators.

        :return: label and address, in order
        :rtype: list[tuple[str, str]]
        """
        links = []
        for name, label in NETWORKS.items():
            address = (self[name] or "").strip()
            if not address or not is_safe_address(address):
                continue
            if "://" not in address:
                address = f"https://{address.lstrip('/')}"
            links.append((label, address))
        return links

    def _get_campaign_social_block(self):
        """Return the links to the company's networks as HTML; empty without any.

        Words, because most readers hide pictures until people ask for them.

        :rtype: Markup
        """
        link = Markup('<a href="%s" style="color:#6c757d;text-decoration:underline;">%s</a>')
        links = [link % (address, label) for label, address in self._get_campaign_social_links()]
        if not links:
            return Markup()
        return BLOCK % ("padding:8px;font-size:13px;", Markup("&nbsp; · &nbsp;").join(links))

    def _get_campaign_image_block(self, name, alt):
        """Return a picture of the company as HTML; empty without one."""
        if not self[name]:
            return Markup()
        url = urljoin(self.get_base_url(), self._get_campaign_image_path(name))
        return BLOCK % ("padding:0;", IMAGE % (url, alt or self.name))

    def _get_campaign_image_path(self, name):
        """Give the address of a picture for people without login, which nobody can guess.

        Each picture has its own: what was sent keeps the picture it left with.

        :rtype: str
        """
        # Superuser: attachments of companies are for administrators; this one holds a picture that
        # anybody who receives a message sees.
        company = self.sudo().with_context(bin_size=False)
        Attachment = self.env["ir.attachment"].sudo()
        content = company[name]
        digest = sha1(content).hexdigest()
        attachment = Attachment.search(
            [
                ("res_model", "=", "res.company"),
                ("res_id", "=", self._origin.id),
                ("res_field", "=", False),
                ("description", "=", f"{name} {digest}"),
            ],
            limit=1,
        )
        if not attachment:
            attachment = Attachment.create(
                {
                    "name": name,
                    "description": f"{name} {digest}",
                    "res_model": "res.company",
                    "res_id": self._origin.id,
                    "datas": content,
                }
            )
            attachment.generate_access_token()
        return f"/web/image/{attachment.id}?access_token={attachment.access_token}"
