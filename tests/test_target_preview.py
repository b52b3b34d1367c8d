# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from unittest.mock import patch

from odoo.fields import Domain
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestTargetPreview(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe = cls._create_partner("Zoé", "zoe@test.example.com", city="Rennes")
        cls.env["ir.config_parameter"].set_param("crm_campaign.count_timeout_seconds", "1")

    def _sleep(self, target, seconds):
        """Make the criteria slow, as those of an integrator could be."""

        def slow(self):
            return Domain.custom(
                to_sql=lambda model, alias, query: SQL("pg_sleep(%s) IS NOT NULL", seconds)
            ) & Domain("category_id", "in", self_tag)

        self_tag = self.tag.ids
        return patch.object(type(target), "_get_criteria_domain", slow)

    def test_a_count_that_takes_too_long_says_more_than(self):
        self._create_partners(100)
        target = self._create_target()
        with self._sleep(target, 0.02), patch.object(type(target), "_count_floor", 2):
            target.invalidate_recordset()
            figures = (target.targeted_label, target.targeted_count, target.is_count_partial)

        self.assertEqual(figures, ("more than 2", 2, True))

    def test_a_count_that_never_ends_does_not_keep_anybody_waiting(self):
        target = self._create_target()
        with self._sleep(target, 5):
            target.invalidate_recordset()
            self.assertEqual(target.targeted_label, "more than 0")
            self.assertIsNone(target._prepare_preview())

        [(timeout,)] = self.env.execute_query(SQL("SHOW statement_timeout"))
        self.assertEqual(timeout, "0")

    def test_a_count_in_time_is_exact(self):
        target = self._create_target()

        self.assertEqual((target.targeted_label, target.is_count_partial), ("1", False))

    def test_columns_are_those_one_chooses(self):
        target = self._create_target(columns=["city", "is_company", "create_date", "user_id"])

        preview = target.preview

        self.assertEqual(preview["columns"], ["City", "Is a Company", "Created on", "Salesperson"])
        self.assertEqual(preview["rows"][0]["cells"][:2], ["Rennes", "No"])

    def test_columns_that_do_not_exist_or_may_not_be_read_are_left_out(self):
        target = self._create_target(
            columns=["city", "signup_type", "gone_field", ["x"], "__class__"]
        )

        self.assertEqual(target.preview["columns"], ["City"])

    def test_a_marketer_makes_a_target_in_the_form(self):
        with Form(self.env["crm.campaign.target"].with_user(self.marketer)) as form:
            form.name = "By hand"
            form.domain = f"[('category_id', 'in', {self.tag.ids})]"

        self.assertEqual(form.record.targeted_label, "1")

    def test_a_new_operation_starts_from_the_target(self):
        target = self._create_target()
        action = target.action_new_operation()
        campaign = self._create_campaign()

        operations = self.env["crm.campaign.operation"].with_user(self.marketer)
        with Form(operations.with_context(**action["context"])) as form:
            form.campaign_id = campaign

        self.assertEqual(form.record.target_id, target)
