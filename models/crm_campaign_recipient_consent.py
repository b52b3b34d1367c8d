# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import psycopg2

from odoo import models


class CrmCampaignRecipient(models.Model):
    """The way out: the preference page of a recipient, and withdrawals of consent."""

    _inherit = "crm.campaign.recipient"

    def _get_preference_url(self):
        """Give the address of the preference page; empty when the recipient is no contact.

        :rtype: str
        """
        if not self.partner_id:
            return ""
        execution = self.execution_id
        return self.env["crm.campaign.consent"]._get_page_url(
            self.partner_id, execution.company_id, execution
        )

    def _withdraw_consent(self, source):
        """Record that a person refuses the purpose of a message on its channel, for good.

        Everybody with that address refuses: it is one mailbox, and the next departure might choose
        another of these contacts. Doing it twice changes nothing.

        :param str source: ``unsubscribe`` or ``one_click``
        :return: whether it could be recorded; not without a contact or for a service purpose
        :rtype: bool
        """
        if not self:
            return False
        self._mark_unsubscribed()
        execution = self.execution_id
        channel = execution._get_channel()._consent_channel
        purpose = execution.purpose_id
        partners = self._get_people_at_address()
        if not (partners and channel and purpose and not purpose.is_service):
            return False
        consents = self.env["crm.campaign.consent"]
        in_force = consents._get_in_force(partners)
        partners = partners.filtered(
            lambda partner: in_force.get((partner.id, purpose.id, channel)) != "refused"
        )
        content = execution._get_content(self.lang)
        try:
            with self.env.cr.savepoint():
                consents._record(
                    partners,
                    purpose,
                    channel,
                    "refused",
                    source=source,
                    wording=content["subject"] or content["body_text"],
                    address=self._get_address(),
                    user_id=False,
                    execution_id=execution.id,
                )
        except psycopg2.errors.UniqueViolation:
            # The same link was used twice at this very moment: the other one records it.
            return True
        return True

    def _get_people_at_address(self):
        """Return the recipient's contact and whoever shares its address."""
        partners = self.partner_id
        name = {"email": "email_normalized", "phone": "phone_sanitized"}.get(
            self.execution_id._get_channel()._address_column
        )
        if name and self._get_address():
            partners |= partners.with_context(active_test=False).search(
                [(name, "=", self._get_address())]
            )
        return partners

    def _get_address(self):
        """Return the address that was used, whatever the channel."""
        return self[self.execution_id._get_channel()._address_column]
