# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from pathlib import Path

from odoo.modules.module import get_module_path
from odoo.tests import BaseCase, tagged

from ..models.crm_campaign_channel import CrmCampaignChannel

# Hooks outside the channel contract: what integrators were promised.
HOOKS = (
    "_get_criteria_domain",
    "_describe_criteria",
    "_describe_domain",
    "_get_kind_domain",
    "_get_query",
    "_prepare_execution_vals",
    "_prepare_recipient_columns",
    "_get_counter_conditions",
    "_get_figure_domain",
    "_get_merge_fields",
    "_get_departure_fields",
    "_get_frozen_fields",
    "_get_sender_user",
    "_prepare_mailing_vals",
    "_get_headers",
    "_get_columns",
    "_get_rules",
    "_get_reasons",
    "_prepare_partner_vals",
)


@tagged("post_install", "-at_install")
class TestDocs(BaseCase):
    def setUp(self):
        super().setUp()
        self.text = Path(get_module_path("crm_campaign"), "docs", "extending.md").read_text()

    def test_every_hook_of_a_channel_is_documented(self):
        hooks = [
            name
            for name in vars(CrmCampaignChannel)
            if callable(getattr(CrmCampaignChannel, name))
            and name.startswith("_")
            and not name.startswith("__")
        ]
        self.assertGreaterEqual(len(hooks), 8)
        for name in hooks:
            with self.subTest(name):
                self.assertIn(f"`{name}`", self.text)

    def test_every_other_hook_is_documented(self):
        for name in HOOKS:
            with self.subTest(name):
                self.assertIn(f"`{name}`", self.text)
