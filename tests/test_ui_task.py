# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged

from .test_ui import BrowserCase


@tagged("post_install", "-at_install")
class TestUiTask(BrowserCase):
    def test_a_marketing_user_switches_a_birthday_message_on(self):
        self.marketer.tz = "Europe/Paris"

        self.start_tour(
            "/odoo/action-crm_campaign.crm_campaign_task_action",
            "crm_campaign_task",
            login="campaign_marketer",
        )

        task = self.env["crm.campaign.task"].search([("name", "=", "Tour birthday")])
        self.assertEqual((task.user_id, task.enabled), (self.marketer, True))
        self.assertEqual((task.time_of_day, task.tz), (7.0, "Europe/Paris"))
        self.assertEqual(task.target_id.name, "Every contact and company")
        self.assertTrue(task.next_run)
