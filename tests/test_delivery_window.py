# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import time
from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged, users

from .common import CrmCampaignCase

# A Wednesday in November: Paris is one hour ahead.
BEFORE = "2026-11-25 07:30:00"
INSIDE = "2026-11-25 08:30:00"


@tagged("post_install", "-at_install")
class TestDeliveryWindow(CrmCampaignCase):
    """Nothing leaves outside the sending hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.window = cls.env.ref("crm_campaign.crm_campaign_window_office")
        cls.marketer.tz = "Europe/Paris"

    def _dispatch_in_window(self, **values):
        self._create_partners(2)
        values = {"window_id": self.window.id, "tz": "Europe/Paris", **values}
        return self._dispatch(self._create_operation(**values))

    def test_nothing_leaves_before_it_opens(self):
        with freeze_time(BEFORE):
            execution = self._dispatch_in_window()
            self._send()

            self.assertFigures(execution, sent=0, pending=2)
            self.assertEqual(execution.state, "running")
            self.assertEqual(execution.waits_until, datetime(2026, 11, 25, 8, 0))

    def test_everything_leaves_when_it_has_opened(self):
        with freeze_time(BEFORE):
            execution = self._dispatch_in_window()
            self._send()
        with freeze_time(INSIDE):
            self._send()

            self.assertFigures(execution, sent=2, pending=0)
            self.assertEqual(execution.state, "done")
            self.assertFalse(execution.wait_message)

    def test_the_jobs_are_woken_once_when_it_opens(self):
        opening = [("call_at", "=", datetime(2026, 11, 25, 8, 0))]
        with freeze_time(BEFORE):
            self._dispatch_in_window()
            self._send()
            self._send()

        triggers = self.env["ir.cron.trigger"].search(opening)
        self.assertEqual(triggers.cron_id, self.env["crm.campaign.execution"]._get_sender_crons())
        self.assertEqual(len(triggers), 2)

    def test_the_wait_is_told_in_the_time_zone_of_the_responsible(self):
        with freeze_time(BEFORE):
            execution = self._dispatch_in_window(tz="America/New_York")

            self.assertRegex(
                execution.wait_message,
                r"^Waits until 11/25/2?0?26, 3:00\sPM \(Europe/Paris\), outside its hours\.$",
            )
            self.assertEqual(execution.operation_id.wait_message, execution.wait_message)

    def test_an_execution_that_waits_holds_no_other_up(self):
        with freeze_time(BEFORE):
            waiting = self._dispatch_in_window()
            free = self._dispatch(self._create_operation(name="Free"))
            self._send()

            self.assertEqual((waiting.state, free.state), ("running", "done"))
            self.assertEqual(free.sent_count, 2)

    def test_a_batch_under_way_stops_when_it_closes(self):
        self.window.hour_to = 10.0
        with freeze_time(INSIDE):
            execution = self._dispatch_in_window()
            seconds = execution._get_deadline() - time.monotonic()

        # It is half past nine in Paris.
        self.assertEqual(round(seconds), 1800)

    def test_letters_and_files_are_made_at_any_time(self):
        with freeze_time(BEFORE):
            template = self._create_template(
                channel="post", subject="Letter", body_html="<p>Hello</p>"
            )
            for partner in self._create_partners(1):
                partner.write({"street": "1 rue X", "zip": "35000", "city": "Rennes"})
            execution = self._dispatch(
                self._create_operation(
                    channel="post", template_id=template.id, window_id=self.window.id
                )
            )

            self.assertFalse(execution._get_hold())

    def test_a_proof_is_not_bound_by_it(self):
        with freeze_time(BEFORE):
            self._create_partners(1)
            operation = self._create_operation(window_id=self.window.id, needs_proof=True)
            operation.action_request_proof()

            self.assertEqual(operation.state, "proof")

    def test_widening_it_frees_what_waits(self):
        with freeze_time(BEFORE):
            execution = self._dispatch_in_window()
            execution.operation_id.window_id = False
            self._send()

            self.assertEqual(execution.sent_count, 2)

    def test_new_operations_take_the_company_s(self):
        self.company.campaign_window_id = self.window

        self.assertEqual(self._create_operation().window_id, self.window)

    def test_the_time_zone_is_the_one_of_the_responsible_unless_said_otherwise(self):
        self.assertEqual(self._create_operation().tz, "Europe/Paris")
        self.assertEqual(self._create_operation(tz="Asia/Tokyo").tz, "Asia/Tokyo")

    def test_hours_that_never_come_are_refused(self):
        days = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), False)
        for values in (days, {"hour_from": 9, "hour_to": 9}, {"hour_to": 25}):
            with self.subTest(str(values)), self.assertRaises(ValidationError):
                self.window.copy().write(values)

    @users("campaign_marketer")
    def test_users_write_their_own_hours_only(self):
        own = self.env["crm.campaign.window"].create({"name": "Mine"})
        own.hour_to = 20

        with self.assertRaises(AccessError):
            self.window.with_user(self.env.user).hour_to = 20

    @users("campaign_manager")
    def test_managers_write_all_hours(self):
        window = self.window.with_user(self.env.user)

        window.hour_to = 20

        self.assertEqual(self.window.hour_to, 20)

    @users("campaign_caller")
    def test_callers_see_no_hours(self):
        with self.assertRaises(AccessError):
            self.window.with_user(self.env.user).read(["name"])
