# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from unittest.mock import patch

from odoo.tests import tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestCrons(CrmCampaignCase):
    def test_there_are_several_sender_jobs(self):
        crons = self.env["crm.campaign.execution"]._get_sender_crons()

        self.assertEqual(len(crons), 2)

    def test_both_sender_jobs_may_run_and_nobody_is_sent_twice(self):
        self._create_partners(5)
        execution = self._dispatch(self._create_operation())

        with self.enter_registry_test_mode():
            for cron in self.env["crm.campaign.execution"]._get_sender_crons():
                cron.method_direct_trigger()
        self.env.invalidate_all()

        self.assertFigures(execution, sent=5)
        traces = self.env["mailing.trace"].search_count(
            [("mass_mailing_id", "=", execution.mailing_id.id)]
        )
        self.assertEqual(traces, 5)

    def test_many_batches(self):
        self._create_partners(7)
        execution = self._dispatch(self._create_operation())

        with patch.object(self.registry["crm.campaign.execution"], "_batch_size", 3):
            self._send()

        self.assertEqual(execution.state, "done")
        self.assertFigures(execution, sent=7)

    def test_stale_figures_are_brought_up_to_date(self):
        partner = self._create_partners(1)
        execution = self._sent_execution()
        self._get_recipient(execution, partner)._mark("opened")
        self.assertEqual(execution.opened_count, 0)

        with self.enter_registry_test_mode():
            self.env.ref("crm_campaign.ir_cron_refresh_counters").method_direct_trigger()
        self.env.invalidate_all()

        self.assertEqual(execution.opened_count, 1)
        self.assertFalse(self.env["crm.campaign.recount"].search([]))

    def test_rows_of_a_dead_sender_go_back_to_the_queue(self):
        partners = self._create_partners(3)
        execution = self._dispatch(self._create_operation())
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET state = 'sending', claimed_at = now()"
            " WHERE execution_id = %s",
            (execution.id,),
        )
        self.env.invalidate_all()

        self._send()

        self.assertRecipients(
            execution, [{"partner": partner, "state": "sent"} for partner in partners]
        )

    def test_a_restarted_database_server_may_have_lost_answers(self):
        self._create_partners(3)
        execution = self._dispatch(self._create_operation())
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET state = 'sending', claimed_at = '2020-01-01'"
            " WHERE execution_id = %s",
            (execution.id,),
        )
        self.env.invalidate_all()

        self._send()

        self.assertFigures(execution, unknown=3, sent=0)

    def test_nothing_due_costs_few_queries(self):
        self._send()

        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            Execution = self.env(cr=cr)["crm.campaign.execution"]
            before = cr.sql_log_count
            Execution._cron_send()

            self.assertLessEqual(cr.sql_log_count - before, 5)
