# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import SQL, consteq, hmac
from odoo.tools.urls import urljoin

# Whoever has a final report keeps it: carriers repeat them, and in any order.
OPEN_STATES = ("sending", "unknown", "sent")


class CrmCampaignRecipient(models.Model):
    """What carriers of text messages report afterwards."""

    _inherit = "crm.campaign.recipient"

    def _note_sms_report(self, state, reason=None):
        """Record the final fate of messages, as their carrier reports it; the first one counts.

        :param str state: ``delivered``, ``bounced`` (it did not arrive) or ``failed`` (the carrier
            did not even try: it may be sent again)
        :param str | None reason: why, for people
        :return: recipients whose fate this was
        """
        if not self:
            return self
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_campaign_recipient
                   SET state = %(state)s, failure_reason = %(reason)s, claimed_at = NULL
                 WHERE id IN %(ids)s AND state IN %(open)s
             RETURNING id
                """,
                state=state,
                reason=str(reason)[:500] if reason and state != "delivered" else None,
                ids=tuple(self.ids),
                open=OPEN_STATES,
            )
        )
        self.invalidate_recordset()
        settled = self.browse(recipient_id for (recipient_id,) in rows)
        self.env["crm.campaign.recount"]._request(settled.execution_id)
        return settled

    @api.model
    def _get_sms_report_token(self, company):
        """Sign the address where the carrier of a company reports, for nothing else."""
        return hmac(self.env(su=True), "crm_campaign-sms-report", company.id)

    @api.model
    def _get_sms_report_url(self, company):
        """Give the address where the carrier of a company reports.

        :rtype: str
        """
        path = f"crm_campaign/sms/report/{company.id}/{self._get_sms_report_token(company)}"
        return urljoin(company.get_base_url(), path)

    @api.model
    def _receive_sms_reports(self, company_id, token, reports):
        """Record reports that came in from outside.

        :param str token: as ``_get_sms_report_token`` made it
        :param reports: ``tools.sms_report.Report`` objects
        :return: number of reports that name messages of this company; None = wrong token
        :rtype: int | None
        """
        company = self.env["res.company"].browse(company_id)
        if not consteq(token.encode(), self._get_sms_report_token(company).encode()):
            return None
        known = 0
        for report in reports:
            recipient = self._read_sms_key(report.key)
            if recipient.company_id == company:
                recipient._note_sms_report(report.state, report.reason)
                known += len(recipient)
        return known
