# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged

from .test_ui import BrowserCase


@tagged("post_install", "-at_install")
class TestUiScript(BrowserCase):
    def test_a_manager_builds_mends_and_simulates_a_script(self):
        self.start_tour(
            "/odoo/action-crm_campaign.crm_campaign_script_action",
            "crm_campaign_script",
            login="campaign_manager",
        )

        script = self.env["crm.campaign.script"].search([("name", "=", "Tour script")])
        self.assertEqual(script.question_ids.mapped("name"), ["How many?", "May we call?"])
        self.assertEqual(script.question_ids[0].path_ids.target_question_id.number, 2)
        self.assertEqual((script.problem_count, script.is_used), (0, False))
