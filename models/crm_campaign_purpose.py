# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class CrmCampaignPurpose(models.Model):
    """Why one writes (service, information, marketing): what consent is checked against.

    Read by operations, templates and executions; written by marketing managers.
    """

    _name = "crm.campaign.purpose"
    _description = "Campaign Purpose"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short identifier, the same in every language.")
    description = fields.Text(
        translate=True, help="What people read about this purpose on their preference page."
    )
    sequence = fields.Integer(default=10)
    is_service = fields.Boolean(
        string="Service or Legal",
        help="What a customer must be told. It depends on no consent, and the limit on pressure "
        "neither counts it nor holds it back. Blacklisted addresses stay blocked.",
    )
    can_unsubscribe = fields.Boolean(
        string="Unsubscribe Link",
        default=True,
        help="Messages of this purpose always carry an unsubscribe link: it is added at the foot "
        "when the template has none.",
    )
    # Whether people may be contacted who never said yes nor no: one field a consent channel.
    unknown_email = fields.Boolean(
        string="Email without Consent",
        default=True,
        help="Write emails to people who have not said whether they agree.",
    )
    unknown_sms = fields.Boolean(
        string="SMS without Consent",
        help="Send SMS to people who have not said whether they agree.",
    )
    unknown_phone = fields.Boolean(
        string="Calls without Consent",
        default=True,
        help="Call people who have not said whether they agree.",
    )
    unknown_post = fields.Boolean(
        string="Letters without Consent",
        default=True,
        help="Send letters to people who have not said whether they agree.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "The code of a purpose must be unique.")

    # === BUSINESS METHODS === #

    def _may_contact_unknown(self, consent_channel):
        """Say whether people may be contacted who never said yes nor no.

        :param str consent_channel: one of ``const.CONSENT_CHANNELS``
        :rtype: bool
        """
        self.ensure_one()
        return self.is_service or self[f"unknown_{consent_channel}"]

    @api.model
    def _get_asked(self):
        """Return the purposes about which people may decide."""
        return self.search([("is_service", "=", False)])
