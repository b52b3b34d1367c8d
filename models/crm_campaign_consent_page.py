# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import hash_sign, verify_hash_signed
from odoo.tools.urls import urljoin

from ..const import CONSENT_CHANNELS

# The purpose that signatures are bound to: a token for anything else opens nothing here.
SCOPE = "crm_campaign.preferences"


class CrmCampaignConsent(models.Model):
    """The preference page: what a person reads there, and what becomes of the answers."""

    _inherit = "crm.campaign.consent"

    # === TOKENS === #

    @api.model
    def _get_page_url(self, partner, company, execution=None):
        """Give the address of the preference page of a contact.

        :param company: company whose settings say how long the link lasts
        :param execution: execution whose message holds the link
        :rtype: str
        """
        token = hash_sign(
            self.env(su=True),
            SCOPE,
            [partner.id, partner.email_normalized or "", execution.id if execution else 0],
            expiration=timedelta(days=company.campaign_preference_days),
        )
        return urljoin(partner.get_base_url(), f"crm_campaign/preferences/{token}")

    @api.model
    def _read_token(self, token):
        """Find whom a token speaks of.

        The signature is compared in constant time by the host.

        :return: contact (as superuser; empty when the token is forged, too old, or when the
            contact is gone or has another address now) and the execution that holds the link
        """
        partners = self.env["res.partner"].sudo()
        executions = self.env["crm.campaign.execution"].sudo()
        try:
            values = verify_hash_signed(self.env(su=True), SCOPE, token)
        except (ValueError, IndexError):
            values = None  # no token at all: cut, padded, or not of this form
        if not values:
            return partners, executions
        partner_id, email, execution_id = values
        partner = partners.browse(partner_id).exists()
        if (partner.email_normalized or "") != email:
            return partners, executions
        return partner, executions.browse(execution_id).exists()

    # === PAGE === #

    @api.model
    def _prepare_page(self, partner):
        """Prepare what the page shows, in the language of the environment.

        :return: ``{"partner", "version", "channels": [(code, label)], "purposes": [{"purpose",
            "wording", "choices": [{"name", "channel", "label", "decision"}]}]}``; ``version`` tells
            whether something was decided since the page was shown
        :rtype: dict
        """
        in_force = self.sudo()._get_in_force(partner)
        channels = self._fields["channel"]._description_selection(self.env)
        return {
            "partner": partner,
            "version": self._get_version(partner),
            "channels": channels,
            "purposes": [
                {
                    "purpose": purpose,
                    "wording": self._get_wording(purpose),
                    "choices": [
                        {
                            "name": f"choice-{purpose.id}-{channel}",
                            "channel": channel,
                            "label": label,
                            "decision": in_force.get((partner.id, purpose.id, channel), "unknown"),
                        }
                        for channel, label in channels
                    ],
                }
                for purpose in self.env["crm.campaign.purpose"].sudo()._get_asked()
            ],
        }

    @api.model
    def _get_version(self, partner):
        """Return the last decision about a contact: an answer to an older page is not taken."""
        return self.sudo().search([("partner_id", "=", partner.id)], limit=1).id or 0

    @api.model
    def _get_wording(self, purpose):
        """Give the words under which people decide: kept with each decision as its proof.

        Extended by integrators.

        :param purpose: one purpose, in the language of who reads
        :rtype: str
        """
        return purpose.env._(
            "%(purpose)s: %(wording)s",
            purpose=purpose.name,
            wording=purpose.description or purpose.name,
        )

    @api.model
    def _save_page(self, partner, answers, version, execution):
        """Record the answers that differ from what is in force.

        :param partner: contact of the token
        :param dict answers: form field -> ``given`` or ``refused``, as a visitor sent them
        :param version: ``version`` of the page that was answered
        :param execution: execution whose message led to the page; may be empty
        :return: number of decisions recorded
        :rtype: int
        :raise UserError: something was decided since the page was shown (also: a form sent twice)
        """
        # One answer at a time: a second one waits, then finds another version.
        partner.lock_for_update()
        if str(self._get_version(partner)) != str(version):
            raise UserError(
                self.env._("Your choices were changed meanwhile. Please check them again.")
            )
        page = self._prepare_page(partner)
        changed = [
            (entry, choice, answers[choice["name"]])
            for entry in page["purposes"]
            for choice in entry["choices"]
            if answers.get(choice["name"]) in ("given", "refused")
            and answers[choice["name"]] != choice["decision"]
        ]
        self.sudo().create(
            [
                {
                    "partner_id": partner.id,
                    "purpose_id": entry["purpose"].id,
                    "channel": choice["channel"],
                    "decision": decision,
                    "source": "page",
                    "wording": entry["wording"],
                    "user_id": False,
                    "execution_id": execution.id,
                }
                for entry, choice, decision in changed
            ]
        )
        return len(changed)

    @api.model
    def _get_refusal(self):
        """Return the answers of somebody who refuses everything."""
        return {
            f"choice-{purpose.id}-{channel}": "refused"
            for purpose in self.env["crm.campaign.purpose"].sudo()._get_asked()
            for channel, _label in CONSENT_CHANNELS
        }
