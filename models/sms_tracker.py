# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models

# What the host calls "sent" has arrived; what has only left is "pending" there.
ARRIVED = "sent"


class SmsTracker(models.Model):
    """Reports of the host's services reach our recipients, whose keys the trackers hold."""

    _inherit = "sms.tracker"

    def _action_update_from_sms_state(self, sms_state, failure_type=False, failure_reason=False):
        # EXTENDS sms
        done = super()._action_update_from_sms_state(
            sms_state, failure_type=failure_type, failure_reason=failure_reason
        )
        if sms_state == ARRIVED:
            self._note_campaign_report("delivered")
        return done

    def _action_update_from_provider_error(self, provider_error):
        # EXTENDS sms
        status, failure_type, reason = super()._action_update_from_provider_error(provider_error)
        failure_types = self.env["mail.notification"]._fields["failure_type"]
        labels = dict(failure_types._description_selection(self.env))
        # On its way it was lost; otherwise the service did not take it.
        lost = failure_type in self.env["sms.sms"].DELIVERY_ERRORS
        self._note_campaign_report(
            "bounced" if lost else "failed", reason or labels.get(failure_type) or provider_error
        )
        return status, failure_type, reason

    def _note_campaign_report(self, state, reason=None):
        recipients = self.env["crm.campaign.recipient"]
        for tracker in self:
            recipients |= recipients._read_sms_key(tracker.sms_uuid)
        recipients._note_sms_report(state, reason)
