# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re
from email.utils import formatdate

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, html2plaintext
from odoo.tools.mail import generate_tracking_message_id

from ..tools.imported_page import get_body
from ..tools.mime import attach, build_message
from .crm_campaign_channel_email_rendering import get_personal_url

WHOLE_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class CrmCampaignChannelEmail(models.AbstractModel):
    """Tests by email: the same page, with links that lead nowhere in place of personal ones."""

    _inherit = "crm.campaign.channel.email"

    @api.model
    def _read_test_address(self, text, company):
        address = email_normalize(text)
        # The host takes what only has a domain for an address.
        return address if address and WHOLE_ADDRESS.fullmatch(address) else False

    @api.model
    def _render_test(self, execution, recipient):
        # EXTENDS crm_campaign — the whole page, with what the company puts around it
        sample = self._render_sample(execution, recipient)
        body = execution.template_id._replace_local_links(str(sample["body"]))
        return {"subject": sample["subject"], "body_html": body}

    @api.model
    def _send_test(self, execution, content, addresses):
        """Send over one session; a refused address never stops the others."""
        if not execution._get_sender().email_from:
            raise UserError(self.env._("Say first who sends: the sender's address is missing."))
        session = self._open_session(execution._get_sender())
        attachments = self._encode_files(execution._get_attachments())
        errors = {}
        try:
            for address in addresses:
                message = self._build_test(execution, content, address)
                if attachments:
                    attach(message, attachments, "crm_campaign-test")
                state, reason = self._send(execution, session, message)
                if state != "sent":
                    errors[address] = reason
        finally:
            if session:
                session.close()
        return errors

    @api.model
    def _build_test(self, execution, content, address):
        """Build the message of a test.

        :rtype: email.message.EmailMessage
        """
        sender = execution._get_sender()
        page = self._add_unsubscribe_link(execution, content.get("body_html") or "")
        page = re.sub(f'href="{get_personal_url(execution, self)}"', 'href="#"', str(page))
        headers = {
            "Message-Id": generate_tracking_message_id("crm_campaign-test"),
            "Subject": f"[Test] {self._on_one_line(content.get('subject'))}",
            "From": sender.email_from,
            "Reply-To": sender.reply_to or sender.email_from,
            "To": self._get_ascii(address),
            "Date": formatdate(),
            "X-Auto-Response-Suppress": "OOF",
        }
        return build_message(headers, html2plaintext(get_body(page)), page, "crm_campaign-test")
