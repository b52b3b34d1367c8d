# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.mail import email_split, mail_header_msgid_re


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        # EXTENDS mail — an answer to a campaign's message joins the contact's communications
        if not message_dict.get("is_bounce"):
            route = self._get_campaign_route(message, message_dict, custom_values)
            if route:
                return [route]
        return super().message_route(
            message, message_dict, model=model, thread_id=thread_id, custom_values=custom_values
        )

    @api.model
    def _get_campaign_route(self, message, message_dict, custom_values):
        """Route an answer to a campaign's message to the contact who got it.

        No ``mail.message`` exists for what a campaign sends, so the host does not know the thread.
        A message written to an alias of the host keeps the way of that alias.

        :return: route as ``message_route`` returns them, or None
        """
        references = message_dict.get("references") or message_dict.get("in_reply_to") or ""
        message_ids = mail_header_msgid_re.findall(references)
        if not message_ids or self._is_written_to_alias(message_dict):
            return None
        # Superuser: the gateway's user has no right on traces; nothing is shown to anybody.
        trace = (
            self.env["mailing.trace"]
            .sudo()
            .search(
                [("message_id", "in", message_ids), ("model", "=", "crm.campaign.recipient")],
                order="id desc",
                limit=1,
            )
        )
        partner = trace._get_campaign_recipients().partner_id
        if not partner:
            return None
        user_id = self._mail_find_user_for_gateway(message_dict["email_from"]).id or self.env.uid
        route = ("res.partner", partner.id, custom_values, user_id, None)
        return self._routing_check_route(message, message_dict, route, raise_exception=False)

    @api.model
    def _is_written_to_alias(self, message_dict):
        """Tell whether an incoming message is addressed to an alias of the host."""
        addresses = [address.lower() for address in email_split(message_dict["recipients"])]
        local_parts = [address.partition("@")[0] for address in addresses]
        domain = Domain("alias_name", "in", local_parts) & Domain("alias_incoming_local", "=", True)
        domain |= Domain("alias_full_name", "in", addresses)
        # Superuser: the gateway's user may have no right on aliases; nothing is shown to anybody.
        return bool(self.env["mail.alias"].sudo().search_count(domain, limit=1))
