# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from unittest.mock import patch

from odoo.tests import tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestCrons(CrmCampaignCase):
    def test_a_batch_of_which_nobody_may_be_written_to_any_more_is_no_error(self):
        people = self._create_partners(2)
        execution = self._dispatch(self._create_operation())
        for person in people:
            self.env["mail.blacklist"]._add(person.email)

        self._send()

        self.assertRecipients(
            execution, [{"partner": person, "state": "withdrawn"} for person in people]
        )
        self.assertEqual(execution.state, "done")
        self.assertFalse(execution.error_message)

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

    def _claim_and_die(self, execution, in_hand=None):
        """Leave the rows of an execution as a sender does that is killed.

        :param in_hand: recipient whose message was being handed over
        """
        self.env.cr.execute(
            "INSERT INTO crm_campaign_claim (execution_id, claimed_at) VALUES (%s, '2026-01-01')",
            (execution.id,),
        )
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET state = 'sending', claimed_at = '2026-01-01',"
            " sent_at = CASE WHEN id = %s THEN claimed_at + interval '1 s' END"
            " WHERE execution_id = %s",
            (in_hand.id if in_hand else 0, execution.id),
        )
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET sent_at = claimed_at WHERE id = %s",
            (in_hand.id if in_hand else 0,),
        )
        self.env.invalidate_all()

    def test_rows_of_a_dead_sender_go_back_to_the_queue(self):
        partners = self._create_partners(3)
        execution = self._dispatch(self._create_operation())
        self._claim_and_die(execution)

        self._send()

        self.assertRecipients(
            execution, [{"partner": partner, "state": "sent"} for partner in partners]
        )

    def test_the_row_in_hand_of_a_dead_sender_stops_the_operation_until_somebody_decides(self):
        partners = self._create_partners(3)
        execution = self._dispatch(self._create_operation())
        self._claim_and_die(execution, in_hand=self._get_recipient(execution, partners[1]))

        self._send()

        self.assertRecipients(
            execution,
            [
                {"partner": partners[0], "state": "sent"},
                {"partner": partners[1], "state": "unknown"},
                {"partner": partners[2], "state": "sent"},
            ],
        )
        self.assertEqual(execution.operation_id.state, "error")
        self.assertIn("The fate of 1 message", execution.error_message)
        self.assertFalse(self.env["crm.campaign.claim"].search([]))

    def test_a_crash_of_the_database_server_may_have_lost_answers(self):
        self._create_partners(3)
        execution = self._dispatch(self._create_operation())
        self._claim_and_die(execution)
        # An unlogged table is empty after a crash.
        self.env.cr.execute("TRUNCATE crm_campaign_claim")

        self._send()

        self.assertEqual(execution.state, "error")
        self.assertEqual((execution.unknown_count, execution.sent_count), (3, 0))

    def test_claims_are_kept_in_a_table_that_a_crash_empties(self):
        self.env.cr.execute(
            "SELECT relpersistence FROM pg_class WHERE relname = 'crm_campaign_claim'"
        )

        self.assertEqual(self.env.cr.fetchone()[0], "u")

    def test_a_sender_that_died_after_the_last_fate_leaves_nothing_running(self):
        self._create_partners(2)
        execution = self._dispatch(self._create_operation())
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET state = 'sent', sent_at = now()"
            " WHERE execution_id = %s",
            (execution.id,),
        )
        self.env.invalidate_all()

        self._send()

        self.assertEqual(execution.operation_id.state, "done")
        self.assertEqual(execution.sent_count, 2)

    def test_an_execution_that_includes_nobody_is_finished(self):
        self._create_partner("No Email")
        operation = self._create_operation()
        execution = self._dispatch(operation)

        self._send()

        self.assertEqual(operation.state, "done")
        self.assertEqual((execution.targeted_count, execution.included_count), (1, 0))

    def test_nothing_due_costs_few_queries(self):
        self._send()

        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            Execution = self.env(cr=cr)["crm.campaign.execution"]
            before = cr.sql_log_count
            Execution._cron_send()

            self.assertLessEqual(cr.sql_log_count - before, 8)
