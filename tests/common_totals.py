# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from .common import CrmCampaignCase
from .test_response import ResponseMixin


class ResultsCase(ResponseMixin, CrmCampaignCase):
    """A campaign with leads and responses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Paris"
        cls.won = cls.env["crm.stage"].create({"name": "Signed", "is_won": True})
        cls.campaign = cls._create_campaign()
        cls.operation = cls._create_operation(campaign_id=cls.campaign.id)

    def _create_lead(self, revenue=0.0, operation=None, made="2026-05-04 09:30:00", **values):
        lead = self.env["crm.lead"].create(
            {
                "name": "Kitchen",
                "type": "opportunity",
                "user_id": False,
                "team_id": False,
                "campaign_id": self.campaign.utm_campaign_id.id,
                "campaign_operation_id": operation and operation.id,
                "expected_revenue": revenue,
                **values,
            }
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", (made, lead.id))
        self.env.invalidate_all()
        return lead

    def _win(self, lead, moment="2026-06-15 08:00:00"):
        lead.write({"stage_id": self.won.id, "probability": 100})
        lead.date_closed = moment
        self.env.flush_all()

    def _get_totals(self):
        totals = self.env["crm.campaign.total"].search(
            [("campaign_id", "=", self.campaign.id)], order="date, operation_id, kind"
        )
        return [
            (total.date, total.kind, total.response_count, total.lead_count, total.won_count)
            for total in totals
        ]

    def _get_tiles(self, record, user=None):
        results = record.with_user(user or self.marketer).get_results()
        return {tile["name"]: tile["value"] for tile in results["tiles"]}
