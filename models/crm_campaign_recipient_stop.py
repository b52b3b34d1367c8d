# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re

from odoo import api, models
from odoo.tools import consteq, hmac
from odoo.tools.urls import urljoin

from ..tools.base36 import to_base36

# 62 bits: short enough for a text message, too many to be guessed over the network.
SIGNATURE_LENGTH = 12
# Digits of a key that sign it: 80 bits.
KEY_SIGNATURE = 20


class CrmCampaignRecipient(models.Model):
    """The way out of text messages: a link as short as can be, and what it does."""

    _inherit = "crm.campaign.recipient"

    def _get_sms_key(self):
        """Name the message of a recipient, in all the world and for ever; nobody can guess it.

        :return: 32 hexadecimal digits, as the host's services want them
        :rtype: str
        """
        signature = hmac(self.env(su=True), "crm_campaign-sms-key", self.id)[:KEY_SIGNATURE]
        return f"{self.id:0{32 - KEY_SIGNATURE}x}{signature}"

    @api.model
    def _read_sms_key(self, key):
        """Find whose message a key names.

        :param str key: as ``_get_sms_key`` made it, or anything
        :return: recipient, or none when the key is not ours
        """
        if not re.fullmatch("[0-9a-f]{32}", key, re.ASCII):
            return self.browse()
        recipient = self.browse(int(key[:-KEY_SIGNATURE], 16))
        if not consteq(recipient._get_sms_key(), key):
            return self.browse()
        # Superuser: a carrier without rights, but with the key of this very message.
        return recipient.sudo().exists()

    def _get_stop_url(self):
        """Give the short address where the person says stop."""
        return urljoin(self.get_base_url(), f"cs/{self._get_stop_token()}")

    def _get_stop_token(self):
        """Sign the recipient for this page, and for nothing else; letters and digits only."""
        digest = hmac(self.env(su=True), "crm_campaign-sms-stop", self.id)
        signature = to_base36(int(digest, 16) % 36**SIGNATURE_LENGTH)
        return signature.zfill(SIGNATURE_LENGTH) + to_base36(self.id)

    @api.model
    def _read_stop_token(self, token):
        """Find whom a token speaks of.

        :return: recipient, or none when the token is not ours
        """
        number = token[SIGNATURE_LENGTH:]
        if not (number.isascii() and number.isalnum() and len(number) < 12):
            return self.browse()
        recipient = self.browse(int(number, 36))
        if not consteq(recipient._get_stop_token().encode(), token.encode()):
            return self.browse()
        # Superuser: a visitor without rights, but with the token of this very message.
        return recipient.sudo().exists()

    def _say_stop(self):
        """Record that a person refuses text messages.

        Contacts refuse the purpose by SMS. A number of which no contact is known, or a purpose
        about which nobody may decide, goes to the host's blacklist.
        """
        self.ensure_one()
        if not self._withdraw_consent("unsubscribe"):
            # Superuser: as the host's own page for visitors does.
            self.env["phone.blacklist"].sudo()._add([self.phone])
