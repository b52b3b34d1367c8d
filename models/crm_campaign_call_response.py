# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.tools import SQL


class CrmCampaignCall(models.Model):
    """A call that succeeds is a response to its operation."""

    _inherit = "crm.campaign.call"

    def _apply_consequences(self, outcome):
        # EXTENDS crm_campaign — a success is a response
        done = super()._apply_consequences(outcome)
        if outcome.is_success:
            self._note_response()
        return done

    def _note_response(self):
        """Record that the person of the call answered; once, however often they are called.

        Figures follow in the job: callers never wait for each other to count.
        """
        self.ensure_one()
        operation = self.operation_id
        known = self.partner_id or self.lead_id
        self.env["crm.campaign.response"]._insert(
            {
                "campaign_id": SQL("%s", operation.campaign_id.id),
                "operation_id": SQL("%s", operation.id),
                "company_id": SQL("%s", operation.company_id.id),
                "partner_id": SQL("%s::int", self.partner_id.id or None),
                "lead_id": SQL("%s::int", self.lead_id.id or None),
                "address": SQL("%s", None if known else self.phone or f"call {self.id}"),
                "recipient_id": SQL("%s", self.recipient_id.id),
                "kind": SQL("'call'"),
                "date": SQL("%s", fields.Datetime.now()),
                "user_id": SQL("%s", self.env.uid),
                "note": SQL("%s", self.note or None),
            },
            SQL("(VALUES (1)) AS one"),
        )

    def _prepare_lead_vals(self, note):
        # EXTENDS crm_campaign — the lead is this operation's, whatever reached the person before
        return {
            **super()._prepare_lead_vals(note),
            "campaign_operation_id": self.operation_id.id,
        }
