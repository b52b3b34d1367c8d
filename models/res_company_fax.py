# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.mail import email_normalize

from ..const import FAX_FORMATS


class ResCompany(models.Model):
    """The gateway that turns emails into faxes."""

    _inherit = "res.company"

    campaign_fax_address = fields.Char(
        string="Address of the Fax Gateway",
        groups="base.group_system",
        help="Where a fax is sent as an email; {number} stands for the number, e.g. "
        "{number}@fax.example.com.",
    )
    campaign_fax_format = fields.Selection(
        FAX_FORMATS, string="Numbers in That Address", required=True, default="e164"
    )
    campaign_fax_from = fields.Char(
        string="Sender of Faxes",
        groups="base.group_system",
        help="The address that the gateway knows as yours. Empty: the company's.",
    )
    campaign_fax_subject = fields.Char(
        string="Subject of the Email",
        groups="base.group_system",
        help="Some gateways want an account here. {number} stands for the number. Empty: the "
        "number.",
    )
    campaign_fax_text = fields.Char(
        string="Text of the Email",
        groups="base.group_system",
        help="Some gateways want a password here. {number} stands for the number.",
    )

    @api.constrains("campaign_fax_address")
    def _check_campaign_fax_address(self):
        for company in self.filtered("campaign_fax_address"):
            pattern = company.campaign_fax_address.strip()
            sample = pattern.replace("{number}", "33199001234")
            if pattern.count("{number}") != 1 or email_normalize(sample) != sample.lower():
                raise ValidationError(
                    self.env._(
                        "“%(pattern)s” is no address of a fax gateway: write {number} once, where "
                        "the number stands, as in {number}@fax.example.com.",
                        pattern=pattern,
                    )
                )

    @api.constrains("campaign_fax_from")
    def _check_campaign_fax_from(self):
        for company in self.filtered("campaign_fax_from"):
            if not email_normalize(company.campaign_fax_from):
                raise ValidationError(
                    self.env._(
                        "“%(address)s” is no email address.", address=company.campaign_fax_from
                    )
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    campaign_fax_address = fields.Char(related="company_id.campaign_fax_address", readonly=False)
    campaign_fax_format = fields.Selection(related="company_id.campaign_fax_format", readonly=False)
    campaign_fax_from = fields.Char(related="company_id.campaign_fax_from", readonly=False)
    campaign_fax_subject = fields.Char(related="company_id.campaign_fax_subject", readonly=False)
    campaign_fax_text = fields.Char(related="company_id.campaign_fax_text", readonly=False)
