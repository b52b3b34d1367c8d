# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged

from .test_ui import BrowserCase

OPERATIONS = "/odoo/action-crm_campaign.crm_campaign_operation_action"


@tagged("post_install", "-at_install")
class TestUiMassAction(BrowserCase):
    """What a marketing user does in the browser: a mass action, and a trade show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls._create_partners(3)
        cls.campaign = cls._create_campaign(title="Tour campaign")
        cls._create_target(name="Tour target")
        cls.marketer.group_ids += cls.env.ref("sales_team.group_sale_salesman")

    def test_a_mass_action_from_the_assistant_to_its_leads(self):
        self.start_tour(OPERATIONS, "crm_campaign_mass_action", login="campaign_marketer")

        operation = self.campaign.operation_ids
        self.assertEqual((operation.name, operation.state), ("Tour Mass Action", "running"))
        self.assertEqual(sorted(operation.todo_ids.mapped("state")), ["done", "open", "open"])
        self.assertEqual(operation.obtained_lead_ids.partner_id, self.people)
        self.assertEqual(operation.result_words, "Done: 1 of 3 · Leads: 3")

    def test_a_trade_show_from_the_assistant_to_its_public_page(self):
        self.start_tour(OPERATIONS, "crm_campaign_trade_show", login="campaign_marketer")

        show = self.campaign.operation_ids
        self.assertEqual((show.name, show.show_venue), ("Tour Trade Show", "Exhibition Park"))
        self.assertEqual((show.state, show.response_count), ("running", 1))
        self.assertEqual(
            show.attendee_ids.sorted("id").mapped("state"), ["invited", "present", "invited"]
        )
        self.assertEqual(show.result_words, "Present: 1 of 3")
