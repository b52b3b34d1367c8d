# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.crm_campaign_calling_hours import CrmCampaignCallingHours
from .test_call_cockpit import CockpitCase


@tagged("post_install", "-at_install")
class TestCallQueue(CockpitCase):
    """How the day goes, and why nothing is left to call."""

    def _get_reasons(self, user=None, operation_id=None):
        """Return the count of each reason that the panel gives."""
        queue = self.Call.with_user(user or self.caller).get_queue(operation_id)
        return {row["code"]: row["count"] for row in queue["reasons"]}

    def _get_reason(self, code):
        return next(row for row in self.Call.get_queue()["reasons"] if row["code"] == code)

    def test_the_day_counts_each_call_once(self):
        calls = self._create_calls(4, call_objective=30)
        calls[3].date_planned = self.today - timedelta(days=1)
        self._end(calls[0], "interested")
        self._end(calls[1], "no_answer")
        self._end(calls[1], "not_interested")
        calls[2].with_user(self.caller).skip("Later")
        self.assertEqual(
            self.Call.get_queue()["day"],
            {
                "done": 2,
                "reached": 2,
                "successes": 1,
                "left": 2,
                "overdue": 1,
                "promised": 0,
                "objective": 30,
            },
        )

    def test_the_objective_of_a_telemarketer_is_ones_own(self):
        self.caller.sudo().write({"campaign_is_telemarketer": True, "campaign_daily_objective": 70})
        self._create_calls(1, call_objective=30)
        self.assertEqual(self.Call.get_queue()["day"]["objective"], 70)

    def test_where_all_the_calls_are(self):
        calls = self._create_calls(7, callers=self.caller | self.second)
        calls.user_id = self.caller
        now = fields.Datetime.now()
        self._end(calls[0], "interested")
        self._end(calls[1], "no_answer")
        self._end(calls[2], "callback", callback_at=now + timedelta(hours=3))
        calls[3].date_planned = self.today + timedelta(days=2)
        calls[4].with_user(self.caller).skip("Lunch time there")
        calls[5].user_id = False
        calls[5].write({"taken_by_id": self.second.id, "taken_at": now})
        self.assertEqual(
            self._get_reasons(),
            {
                "ready": 1,
                "promised": 1,
                "retry": 1,
                "later": 1,
                "skipped": 1,
                "taken": 1,
                "finished": 1,
            },
        )
        self.assertEqual(self._get_reason("taken")["names"], ["Campaign Caller 2"])
        self.assertEqual(
            self._get_reason("promised")["moment"],
            fields.Datetime.to_string(now.replace(microsecond=0) + timedelta(hours=3)),
        )
        self.assertEqual(
            self._get_reason("later")["moment"], fields.Datetime.to_string(calls[3].due_at)
        )
        self.assertFalse(self._get_reason("finished")["moment"])

    def test_a_suspended_operation_is_named(self):
        calls = self._create_calls(2)
        calls.operation_id.with_user(self.marketer).action_suspend()
        self.assertEqual(self._get_reasons(), {"suspended": 2})
        self.assertEqual(self._get_reason("suspended")["names"], ["Spring Calls"])
        self.assertEqual(self.Call.get_queue()["day"]["left"], 0)

    def test_closed_calling_hours_say_when_they_open(self):
        calls = self._create_calls(2)
        hours = self.env["crm.campaign.calling.hours"].create(
            {
                "name": "Night",
                "country_id": self.env.ref("base.be").id,
                "slot_ids": [(0, 0, {"hour_from": 9, "hour_to": 18})],
                "tz": "UTC",
            }
        )
        opens = fields.Datetime.now().replace(microsecond=0) + timedelta(hours=5)
        calls[0].calling_hours_id = hours
        calls[1].write(
            {"calling_hours_id": hours.id, "due_at": fields.Datetime.now() + timedelta(days=3)}
        )
        with (
            patch.object(CrmCampaignCallingHours, "_get_closed", lambda self, now: hours),
            patch.object(CrmCampaignCallingHours, "_get_next_opening", lambda self, now: opens),
        ):
            self.assertEqual(self._get_reasons(), {"limits": 1, "closed": 1})
            closed = self._get_reason("closed")
        self.assertEqual(closed["moment"], fields.Datetime.to_string(opens))
        self.assertEqual(closed["names"], ["Night"])

    def test_nothing_at_all_is_a_reason_too(self):
        self.assertEqual(self._get_reasons(), {"nothing": 0})
        operation = self._create_calls(1).operation_id
        self.assertEqual(self._get_reasons(self.second), {"nothing": 0})
        self.assertEqual(self._get_reasons(self.second, operation.id), {"no_caller": 0})
        self.assertEqual(self._get_reasons(None, operation.id), {"ready": 1})
        with self.assertRaises(AccessError):
            self.env["crm.campaign.call"].with_user(self._create_user_without_role()).get_queue()

    def _create_user_without_role(self):
        user = self._create_user("campaign_nobody", "caller")
        user.group_ids -= self.env.ref("crm_campaign.crm_campaign_group_caller")
        return user
