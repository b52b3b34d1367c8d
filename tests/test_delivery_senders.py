# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import time
from collections import Counter

from odoo.tests import TransactionCase, tagged

from .test_faults import FaultsCase


@tagged("post_install", "-at_install")
class TestSendersWithLimits(FaultsCase):
    """Two real sender processes under one limit."""

    people = 120
    limit = 70

    def _change(self, **values):
        cr, env = self._environment()
        with cr:
            execution = env["crm.campaign.execution"].browse(self.execution_id)
            execution.operation_id.write(values)

    def _send_with_two(self, rounds):
        senders = [self._start_sender(ROUNDS=rounds), self._start_sender(ROUNDS=rounds)]
        for sender in senders:
            self._go(sender)
        return [self._finish(sender) for sender in senders]

    def _assert_within_limit(self):
        accepted = Counter(self.sink.accepted())
        self.assertEqual(sum(accepted.values()), self.limit)
        self.assertEqual(max(accepted.values()), 1, "nobody twice")
        states = Counter(self._read_states().values())
        self.assertEqual(states, {"sent": self.limit, "pending": self.people - self.limit})

    def test_two_senders_share_the_limit_of_an_operation(self):
        self.sink.set_behaviour(delay_seconds=0.02)
        self._change(hourly_limit=self.limit)

        self._send_with_two("4")

        self._assert_within_limit()

    def test_two_senders_share_the_limit_of_a_server(self):
        self.sink.set_behaviour(delay_seconds=0.02)
        cr, env = self._environment()
        with cr:
            server = env["ir.mail_server"].search([("name", "=", "crm_campaign faults")])
            server.campaign_hourly_limit = self.limit

        self._send_with_two("4")

        self._assert_within_limit()

    def test_what_a_sender_had_booked_when_it_died_is_not_given_to_another(self):
        self.sink.set_behaviour(delay_seconds=0.05)
        self._change(hourly_limit=self.limit)
        victim = self._start_sender()
        self._go(victim)
        while len(self.sink.accepted()) < 3:
            time.sleep(0.01)
        victim.kill()
        victim.wait()

        self._send_with_two("2")

        self.assertLess(len(self.sink.accepted()), self.limit)
        self.assertEqual(max(Counter(self.sink.accepted()).values()), 1, "nobody twice")


@tagged("post_install", "-at_install")
class TestSenderJobs(TransactionCase):
    def test_the_number_of_sender_jobs_is_data(self):
        Execution = self.env["crm.campaign.execution"]
        self.assertEqual(len(Execution._get_sender_crons()), 2)

        copied = self.env.ref("crm_campaign.ir_cron_send_2").copy({"active": True})

        self.assertIn(copied, Execution._get_sender_crons())
        Execution._trigger_sender()
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", copied.id)])
        self.assertEqual(len(triggers), 1)
