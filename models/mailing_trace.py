# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models


class MailingTrace(models.Model):
    """The host's news of a message (opened, clicked, replied, bounced) reach our recipients."""

    _inherit = "mailing.trace"

    # One trace a recipient, found by recipient; and by message when an answer comes back: the
    # host has no index on either.
    _crm_campaign_recipient_uniq = models.UniqueIndex(
        "(res_id) WHERE model = 'crm.campaign.recipient'"
    )
    _message_id_idx = models.Index("(message_id) WHERE message_id IS NOT NULL")

    def _get_campaign_recipients(self):
        """Return our recipients behind the traces.

        Superuser: answers come from visitors and mail gateways, who have no right on campaigns;
        the trace they bring was found by its own secret.
        """
        ids = [trace.res_id for trace in self if trace.model == "crm.campaign.recipient"]
        return self.env["crm.campaign.recipient"].sudo().browse(ids).exists()

    def set_opened(self, domain=None):
        # EXTENDS mass_mailing — what visitors' requests tell is judged later: crm.campaign.event
        traces = super().set_opened(domain=domain)
        if self.env.context.get("campaign_judged_later"):
            return traces
        traces._get_campaign_recipients()._mark("opened")
        return traces

    def set_clicked(self, domain=None):
        # EXTENDS mass_mailing
        traces = super().set_clicked(domain=domain)
        if self.env.context.get("campaign_judged_later"):
            return traces
        traces._get_campaign_recipients()._mark("clicked")
        return traces

    def set_replied(self, domain=None):
        # EXTENDS mass_mailing
        traces = super().set_replied(domain=domain)
        traces._get_campaign_recipients()._mark("replied")
        return traces

    def set_bounced(self, domain=None, bounce_message=False):
        # EXTENDS mass_mailing
        traces = super().set_bounced(domain=domain, bounce_message=bounce_message)
        traces._get_campaign_recipients()._mark_bounced(bounce_message)
        return traces
