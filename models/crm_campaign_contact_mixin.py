# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmCampaignContactMixin(models.AbstractModel):
    """What records that campaigns reach have in common: contacts and leads.

    "Do not call" and "do not email" are the host's blacklists seen from the record, so both are in
    step in both directions. A person who asked for peace keeps it when the address changes.
    """

    _name = "crm.campaign.contact.mixin"
    _inherit = "crm.campaign.target.mixin"
    _description = "Record Reached by Campaigns"

    do_not_email = fields.Boolean(
        compute="_compute_do_not_email",
        inverse="_inverse_do_not_email",
        search="_search_do_not_email",
        compute_sudo=True,
        help="The address is on the email blacklist: no campaign writes to it.",
    )
    do_not_call = fields.Boolean(
        compute="_compute_do_not_call",
        inverse="_inverse_do_not_call",
        search="_search_do_not_call",
        compute_sudo=True,
        help="The number is on the phone blacklist: no campaign calls it nor sends it an SMS.",
    )
    do_not_write = fields.Boolean(help="No campaign sends a letter to this address.")
    mail_returned_on = fields.Date(
        help="A letter came back: no campaign writes to this address until it is changed.",
    )

    # === COMPUTE METHODS === #

    @api.depends("is_blacklisted")
    def _compute_do_not_email(self):
        for record in self:
            record.do_not_email = record.is_blacklisted

    def _inverse_do_not_email(self):
        for record in self:
            if record.do_not_email and not record.email_normalized:
                raise UserError(
                    self.env._("%s has no email address to block.", record.display_name)
                )
            record._block_email(record.email_normalized, record.do_not_email)

    @api.model
    def _search_do_not_email(self, operator, value):
        return Domain("is_blacklisted", operator, value)

    @api.depends("phone_sanitized_blacklisted")
    def _compute_do_not_call(self):
        for record in self:
            record.do_not_call = record.phone_sanitized_blacklisted

    def _inverse_do_not_call(self):
        for record in self:
            if record.do_not_call and not record.phone_sanitized:
                raise UserError(self.env._("%s has no phone number to block.", record.display_name))
            record._block_phone(record.phone_sanitized, record.do_not_call)

    @api.model
    def _search_do_not_call(self, operator, value):
        return Domain("phone_sanitized_blacklisted", operator, value)

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS base — who asked for peace keeps it at a new address
        silent = "email" in vals or "email_from" in vals
        quiet = "phone" in vals
        no_email = self.filtered("do_not_email") if silent else self.browse()
        no_call = self.filtered("do_not_call") if quiet else self.browse()
        done = super().write(self._forget_returned_mail(vals))
        for record in no_email.filtered("email_normalized"):
            if "do_not_email" not in vals and not record.is_blacklisted:
                record._block_email(record.email_normalized, True)
        for record in no_call.filtered("phone_sanitized"):
            if "do_not_call" not in vals and not record.phone_sanitized_blacklisted:
                record._block_phone(record.phone_sanitized, True)
        return done

    # === BUSINESS METHODS === #

    @api.model
    def _forget_returned_mail(self, vals):
        """Add to values of a new address that no mail came back from it."""
        if "mail_returned_on" in vals or not {"street", "street2", "zip", "city"} & set(vals):
            return vals
        return {**vals, "mail_returned_on": False}

    def _block_email(self, email, blocked):
        """Put an address on the host's blacklist or take it off.

        :param str email: normalised address; nothing happens without
        """
        if not email:
            return
        # Superuser: salespeople have no right on the blacklist, but on the record with the box.
        blacklist = self.env["mail.blacklist"].sudo()
        note = self.env._("Box “do not email” of %s", self.display_name)
        blacklist._add(email, message=note) if blocked else blacklist._remove(email, message=note)
        self._forget_blocks("is_blacklisted", "do_not_email")

    def _block_phone(self, number, blocked):
        """Put a number on the host's blacklist or take it off.

        :param str number: sanitized number; nothing happens without
        """
        if not number:
            return
        # Superuser: as in _block_email.
        blacklist = self.env["phone.blacklist"].sudo()
        note = self.env._("Box “do not call” of %s", self.display_name)
        if blocked:
            blacklist._add([number], message=note)
        else:
            blacklist._remove([number], message=note)
        self._forget_blocks("phone_sanitized_blacklisted", "phone_blacklisted", "do_not_call")

    @api.model
    def _forget_blocks(self, *names):
        """Have boxes read again: another record may have the same address."""
        for model in ("res.partner", "crm.lead"):
            self.env[model].invalidate_model(names)
