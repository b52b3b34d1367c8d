# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re
from pathlib import Path

from odoo.modules.module import get_module_path
from odoo.tests import TransactionCase, tagged

from ..controllers.export import CrmCampaignExportController
from ..models.crm_campaign_channel import CrmCampaignChannel

# Hooks outside the channel contract: what integrators were promised.
HOOKS = {
    "crm.campaign.total": ("_get_revenue_sql",),
    "crm.campaign.report": ("_get_sources",),
    "crm.campaign.results.document": ("_prepare_sheet",),
    "crm.campaign": ("_prepare_report_mail_vals",),
    "crm.campaign.results.mixin": ("_get_figures", "_prepare_tiles", "_get_tile_words"),
    "crm.campaign.target": (
        "_get_models_by_kind",
        "_get_kind_domain",
        "_get_criteria_domain",
        "_get_full_domain",
        "_get_explicit_sql",
        "_get_query",
        "_get_targeted_query",
        "_describe_criteria",
        "_describe_domain",
        "_explain_criteria",
        "_get_columns",
        "_get_default_columns",
        "_retire_kind",
        "_get_definition",
        "_get_definition_fields",
    ),
    "crm.campaign.target.import": ("_get_rules", "_get_reasons", "_prepare_partner_vals"),
    "crm.campaign.operation": (
        "_get_cost_quantities",
        "_get_departure_fields",
        "_get_frozen_fields",
        "_get_movable_states",
        "_get_pages",
        "_get_result_figures",
        "_get_sender_user",
        "_plan_calls",
        "_prepare_cost_lines",
        "_prepare_call_columns",
        "_prepare_execution_vals",
    ),
    "crm.campaign.call": (
        "_apply_consequences",
        "_end",
        "_get_queue_conditions",
        "_prepare_card",
        "_prepare_follow_up",
        "_prepare_lead_vals",
    ),
    "crm.campaign.action": ("_plan", "_prepare_lead_vals"),
    "crm.lead": ("_note_made_in_bulk",),
    "crm.campaign.working.time": ("_get_work_days",),
    "crm.campaign.execution": (
        "_prepare_recipient_columns",
        "_get_reasons_sql",
        "_get_partner_sql",
        "_get_counter_conditions",
        "_get_counter_sums",
        "_get_figure_domain",
        "_get_sender",
        "_get_template",
    ),
    "crm.campaign.operation.check": ("_get_kinds",),
    "crm.campaign.channel.email": ("_prepare_mailing_vals", "_get_headers"),
    "crm.campaign.channel.sms": ("_prepare_message", "_get_stop_mention"),
    "crm.campaign.sms.provider": ("_check_ready", "_expect_reports", "_send"),
    "crm.campaign.task": (
        "_fire",
        "_get_required_fields",
        "_get_responsible_field",
        "_prepare_execution_vals",
        "_prepare_todo_vals_list",
    ),
    "crm.campaign.task.type": ("_find_template", "_get_people", "_get_source_model"),
    "crm.campaign.template": ("_get_foreign_fields", "_get_layouts", "_get_word_fields"),
    "crm.campaign.channel.post": ("_get_word_texts",),
    "crm.campaign.channel.fax": ("_build_fax",),
    "crm.campaign.calling.hours": ("_get_assignment_sql", "_get_next_moment"),
    "crm.campaign.consent": ("_get_wording", "_merge"),
    "crm.campaign.recipient": (
        "_get_merge_fields",
        "_get_merge_field_families",
        "_note_sms_report",
    ),
    "crm.campaign.response": ("_insert", "_prepare_lead_vals"),
    "crm.campaign.presence.mixin": ("_get_presence_fields",),
    "crm.campaign.planning": ("_get_colors",),
    "res.company": ("_get_campaign_social_links",),
}
ROW = re.compile(r"^\| `(\w+)` \| (?:`([\w.]+)`|export controller) \|", re.MULTILINE)


@tagged("post_install", "-at_install")
class TestDocs(TransactionCase):
    def setUp(self):
        super().setUp()
        self.docs = Path(get_module_path("crm_campaign"), "docs")
        self.text = (self.docs / "extending.md").read_text()

    def test_every_hook_of_a_channel_is_documented(self):
        hooks = [
            name
            for name, value in vars(CrmCampaignChannel).items()
            if re.match(r"_[a-z]", name) and callable(value)
        ]
        hooks = [*hooks, "_address_column", "_consent_channel"]
        self.assertGreaterEqual(len(hooks), 10)
        for name in hooks:
            with self.subTest(name):
                self.assertIn(f"`{name}`", self.text)

    def test_every_other_hook_is_documented_and_nothing_else(self):
        promised = {(name, model) for model, names in HOOKS.items() for name in names}
        self.assertEqual(set(ROW.findall(self.text)), {*promised, ("_get_columns", "")})

    def test_every_documented_hook_exists_and_says_what_it_is_for(self):
        hooks = [(self.env[model], name) for model, names in HOOKS.items() for name in names]
        for owner, name in [*hooks, (CrmCampaignExportController, "_get_columns")]:
            with self.subTest(name):
                self.assertTrue(
                    any(
                        vars(parent)[name].__doc__
                        for parent in (owner if isinstance(owner, type) else type(owner)).__mro__
                        if name in vars(parent)
                    )
                )

    def test_examples_are_quoted_as_they_are(self):
        files = sorted((self.docs / "examples").glob("*/models/crm_*.py"))
        self.assertEqual(len(files), 2)
        for file in files:
            with self.subTest(file.name):
                _licence, code = file.read_text().split("\n\n", 1)
                self.assertIn(f"```python\n{code}```\n", self.text)
