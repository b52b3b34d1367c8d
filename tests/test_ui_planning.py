# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_task import CrmCampaignTaskMixin
from .test_ui import BrowserCase


@tagged("post_install", "-at_install")
class TestUiPlanning(CrmCampaignTaskMixin, BrowserCase):
    def test_marketing_user_moves_an_operation_on_the_timeline(self):
        self._create_partners(2)
        now = fields.Datetime.now()
        # Noon of a day in the middle of the week, and so of the range.
        start = (now - timedelta(days=now.weekday() - 2)).replace(hour=12, minute=0, second=0)
        start = start.replace(microsecond=0)
        operation = self._create_operation(date_start=start)
        self._create_operation(name="Reminder", campaign_id=operation.campaign_id.id)
        self._create_operation(
            name="Same People",
            date_start=start,
            campaign_id=operation.campaign_id.id,
            target_id=operation.target_id.id,
        )

        self.start_tour(
            "/odoo/action-crm_campaign.crm_campaign_planning_action",
            "crm_campaign_planning",
            login="campaign_marketer",
        )

        self.assertEqual(operation.date_start, start + timedelta(hours=1))
        self.assertFalse(operation.date_end)
