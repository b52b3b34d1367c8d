# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models

try:
    import phonenumbers
except ImportError:  # the host works without it, too
    phonenumbers = None


class ResPartner(models.Model):
    """Whether the number of a contact is a mobile one: the host keeps one number only."""

    _inherit = "res.partner"

    # === BUSINESS METHODS === #

    def _is_campaign_mobile(self):
        """Tell whether the number of the contact is that of a mobile phone.

        Where a country has the same numbers for both, it is taken for a direct line.

        :rtype: bool
        """
        self.ensure_one()
        if not (self.phone_sanitized and phonenumbers):
            return False
        try:
            number = phonenumbers.parse(self.phone_sanitized)
        except phonenumbers.NumberParseException:
            return False
        return phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
