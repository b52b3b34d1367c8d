# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..allowance import Limit, count_free, find_release
from ..claim import Claim
from .common import CrmCampaignCase, real_smtp, start_sink


@tagged("post_install", "-at_install")
class TestDeliveryLimits(CrmCampaignCase):
    """Messages per hour, of an operation and of an outgoing server."""

    def _age_batches(self, minutes):
        """Let time pass for what was sent."""
        self.env.cr.execute(
            "UPDATE crm_campaign_batch SET started_at = started_at - %s * interval '1 minute',"
            " ended_at = ended_at - %s * interval '1 minute'",
            (minutes, minutes),
        )
        self.env.invalidate_all()

    def test_no_more_leave_in_an_hour(self):
        self._create_partners(5)
        execution = self._dispatch(self._create_operation(hourly_limit=2))

        self._send()
        self._send()

        self.assertFigures(execution, sent=2, pending=3)
        self.assertEqual(execution.state, "running")
        self.assertIn("the messages of this hour have left", execution.wait_message)

    def test_no_plan_of_the_database_takes_more_than_the_limit(self):
        self._create_partners(5)
        execution = self._dispatch(self._create_operation())
        # With these, the subquery that chooses rows is run again for each row of the table.
        for name in ("hashagg", "hashjoin", "mergejoin", "sort", "material", "memoize"):
            self.env.cr.execute("SELECT set_config(%s, 'off', true)", (f"enable_{name}",))

        with Claim(self.env, execution.id, limit=2) as claim:
            taken = len(claim.ids)

        self.assertEqual(taken, 2)

    def test_the_rest_leaves_in_the_next_hours(self):
        self._create_partners(5)
        execution = self._dispatch(self._create_operation(hourly_limit=2))
        self._send()
        self._age_batches(59)
        self._send()
        self.assertFigures(execution, sent=2, pending=3)

        self._age_batches(2)
        self._send()
        self.assertFigures(execution, sent=4, pending=1)
        self._age_batches(61)
        self._send()

        self.assertFigures(execution, sent=5, pending=0)
        self.assertEqual(execution.state, "done")

    def test_what_was_not_used_goes_back(self):
        people = self._create_partners(4)
        operation = self._create_operation(hourly_limit=4)
        execution = self._dispatch(operation)
        for person in people[:3]:
            self.env["mail.blacklist"]._add(person.email)

        self._send()

        self.assertFigures(execution, sent=1, withdrawn=3)
        limit = Limit("operation_id", operation.id, 4)
        self.assertEqual(count_free(self.env.cr, limit), 3)

    def test_a_limit_that_was_lowered_leaves_nothing(self):
        self._create_partners(3)
        operation = self._create_operation(hourly_limit=2)
        execution = self._dispatch(operation)
        self._send()
        operation.hourly_limit = 1
        self._send()

        self.assertFigures(execution, sent=2, pending=1)

    def test_what_a_dead_sender_had_booked_counts_for_an_hour(self):
        self.env.cr.execute(
            "INSERT INTO crm_campaign_batch (execution_id, operation_id, started_at, message_count)"
            " VALUES (1, 123456, now() AT TIME ZONE 'UTC' - interval '30 minutes', 10)"
        )

        self.assertEqual(count_free(self.env.cr, Limit("operation_id", 123456, 10)), 0)
        self._age_batches(31)
        self.assertEqual(count_free(self.env.cr, Limit("operation_id", 123456, 10)), 10)

    def test_room_comes_back_with_the_oldest_batch(self):
        for minute, count in ((10, 3), (20, 4), (30, 5)):
            self.env.cr.execute(
                "INSERT INTO crm_campaign_batch"
                " (execution_id, operation_id, started_at, ended_at, message_count)"
                " VALUES (1, 123456, now(), date_trunc('hour', now() AT TIME ZONE 'UTC')"
                " + interval '1 day' + %s * interval '1 minute', %s)",
                (minute, count),
            )
        minutes = {}
        for hourly in (13, 12, 10, 9, 5):
            release = find_release(self.env.cr, Limit("operation_id", 123456, hourly))
            minutes[hourly] = release and release.minute

        self.assertEqual(minutes, {13: None, 12: 10, 10: 10, 9: 20, 5: 30})

    def test_new_operations_take_the_company_s(self):
        self.company.campaign_hourly_limit = 300

        self.assertEqual(self._create_operation().hourly_limit, 300)

    def test_the_expected_end_counts_with_the_limit(self):
        self._create_partners(5)
        execution = self._dispatch(self._create_operation(hourly_limit=2))
        self._send()
        execution._refresh_counters()

        hours = (execution.expected_end - fields.Datetime.now()).total_seconds() / 3600

        # Two leave in an hour, the last one an hour later.
        self.assertEqual(round(hours, 1), 2.0)
        self.assertIn("UTC", execution.forecast_message)

    def test_nothing_is_foretold_before_anything_left(self):
        self._create_partners(1)
        execution = self._dispatch(self._create_operation())

        self.assertFalse(execution.expected_end)


@tagged("post_install", "-at_install")
class TestServerLimits(CrmCampaignCase):
    def setUp(self):
        super().setUp()
        self.sink = start_sink(self)
        self.other_sink = start_sink(self)
        self.env["ir.mail_server"].search([]).active = False
        self.server, self.other_server = self.env["ir.mail_server"].create(
            [
                # The host chooses by sequence, and at random among equals.
                {"name": name, "smtp_host": sink.host, "smtp_port": sink.port, "sequence": place}
                for place, name, sink in ((1, "First", self.sink), (2, "Second", self.other_sink))
            ]
        )
        self.enterContext(real_smtp())

    def test_nobody_sends_by_the_server_of_a_colleague(self):
        server = self.env["ir.mail_server"].create(
            {
                "name": "Personal",
                "smtp_host": "localhost",
                "owner_user_id": self.other_marketer.id,
                "from_filter": self.other_marketer.email,
            }
        )

        with self.assertRaisesRegex(ValidationError, "personal mail server"):
            self._create_operation(mail_server_id=server.id)

    def test_an_operation_names_its_server(self):
        self._create_partners(2)

        self._sent_execution(mail_server_id=self.other_server.id)

        self.assertEqual((len(self.sink.accepted()), len(self.other_sink.accepted())), (0, 2))

    def test_no_other_server_stands_in_for_an_archived_one(self):
        self._create_partners(2)
        execution = self._dispatch(self._create_operation(mail_server_id=self.other_server.id))
        self.other_server.active = False

        self._send()

        self.assertEqual(execution.state, "error")
        self.assertIn("“Second” is archived", execution.error_message)
        self.assertEqual((self.sink.accepted(), self.other_sink.accepted()), ([], []))

    def test_the_limit_of_a_server_holds_for_all_operations_together(self):
        self.server.campaign_hourly_limit = 3
        self._create_partners(2)
        first = self._dispatch(self._create_operation())
        second = self._dispatch(self._create_operation(name="Second"))

        self._send()

        self.assertEqual(len(self.sink.accepted()), 3)
        self.assertEqual((first.state, second.state), ("done", "running"))

    def test_another_server_is_not_held_back(self):
        self.server.campaign_hourly_limit = 1
        self._create_partners(2)
        held = self._dispatch(self._create_operation())
        free = self._dispatch(self._create_operation(mail_server_id=self.other_server.id))

        self._send()

        self.assertEqual((held.state, free.state), ("running", "done"))
        self.assertEqual((len(self.sink.accepted()), len(self.other_sink.accepted())), (1, 2))
