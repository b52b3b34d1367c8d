# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestTracking(CrmCampaignCase):
    """What one does with a line of the tracking."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls._create_partners(2)

    def test_archived_run_leaves_the_list_and_keeps_its_figures(self):
        run = self._sent_execution()
        operation = run.operation_id

        run.with_user(self.marketer).action_archive_run()

        self.assertTrue(run.is_archived)
        self.assertEqual(operation.execution_ids, run)
        self.assertFigures(run, sent=2)
        run.with_user(self.marketer).action_unarchive_run()
        self.assertFalse(run.is_archived)

    def test_run_that_has_not_ended_cannot_be_archived(self):
        run = self._dispatch(self._create_operation())

        with self.assertRaisesRegex(UserError, "have ended"):
            run.with_user(self.marketer).action_archive_run()

    def test_run_is_archived_by_those_who_may_change_its_operation(self):
        run = self._sent_execution()

        with self.assertRaises(AccessError):
            run.with_user(self.other_marketer).action_archive_run()
        run.with_user(self.manager).action_archive_run()
        self.assertTrue(run.is_archived)

    def test_runs_are_one_shot_unless_said_otherwise(self):
        self.assertEqual(self._sent_execution().run_kind, "one_shot")

    def test_history_lists_the_runs_of_the_same_target(self):
        target = self._create_target()
        first = self._sent_execution(target_id=target.id)
        second = self._sent_execution(target_id=target.id)
        self._sent_execution()

        action = second.action_view_history()

        runs = self.env["crm.campaign.execution"].search(action["domain"])
        self.assertEqual(runs, first | second)

    def test_query_run_again_finds_who_is_there_today(self):
        run = self._sent_execution()
        newcomer = self._create_partner("New", "new@test.example.com")

        action = run.with_user(self.marketer).action_query_again()

        found = self.env[action["res_model"]].with_user(self.marketer).search(action["domain"])
        self.assertEqual(found, self.people | newcomer)

    def test_edit_opens_the_operation(self):
        run = self._sent_execution()

        action = run.action_edit()

        self.assertEqual(action["res_model"], "crm.campaign.operation")
        self.assertEqual(action["res_id"], run.operation_id.id)
