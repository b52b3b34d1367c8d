# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, LockError, UserError, ValidationError
from odoo.tests import tagged

from .common_call import CallMixin
from .common_task import CrmCampaignTaskCase

MONDAY = datetime(2027, 1, 4, 8, 0)


class PlanningCase(CrmCampaignTaskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls._create_campaign(date_start="2027-01-01", date_end="2027-02-28")
        cls.Planning = cls.env["crm.campaign.planning"].with_user(cls.marketer)

    def _plan(self, name="Newsletter", start=MONDAY, **values):
        values.setdefault("campaign_id", self.campaign.id)
        return self._create_operation(name=name, date_start=start, **values)

    def _plan_press(self, day):
        values = {
            "name": "Advert",
            "operation_type": "press",
            "campaign_id": self.campaign.id,
            "press_issue_date": day,
        }
        return self.env["crm.campaign.operation"].with_user(self.marketer).create(values)

    def _get_row(self, record, user=None):
        name = "task_id" if record._name == "crm.campaign.task" else "operation_id"
        Planning = self.Planning.with_user(user or self.marketer)
        Planning.invalidate_model()
        return Planning.search([(name, "=", record.id)], limit=1)


@tagged("post_install", "-at_install")
class TestPlanning(PlanningCase):
    """What the planning shows, and to whom."""

    def test_an_operation_is_a_row_from_its_start_to_its_end(self):
        operation = self._plan(date_end=datetime(2027, 1, 6, 17, 0))

        row = self._get_row(operation)

        self.assertEqual(row.id, operation.id * 2)
        self.assertEqual((row.name, row.kind, row.category), ("Newsletter", "operation", "mailing"))
        self.assertEqual((row.date_start, row.date_stop), (MONDAY, datetime(2027, 1, 6, 17, 0)))
        self.assertEqual((row.state, row.channel, row.color), ("draft", "email", 4))
        self.assertEqual((row.campaign_id, row.user_id), (self.campaign, self.marketer))
        self.assertEqual(row.campaign_end, date(2027, 2, 28))
        self.assertTrue(row.is_movable)
        self.assertFalse(row.is_all_day)

    def test_dates_of_what_has_no_end_a_day_only_or_nothing(self):
        mailing = self._get_row(self._plan())
        undated = self._get_row(self._plan(start=False))
        press = self._get_row(self._plan_press("2027-01-08"))

        self.assertEqual(mailing.date_stop, datetime(2027, 1, 4, 9, 0))
        self.assertEqual((undated.date_start, undated.date_stop), (False, False))
        self.assertFalse(undated.is_all_day)
        self.assertEqual(press.date_start, datetime(2027, 1, 8, 12, 0))
        self.assertTrue(press.is_all_day)
        self.assertEqual((press.category, press.color), ("press", 3))

    def test_what_is_closed_cancelled_or_archived_is_gone(self):
        cancelled, archived, kept = self._plan("A"), self._plan("B"), self._plan("C")
        cancelled.action_cancel()
        archived.active = False
        campaign_domain = [("campaign_id", "=", self.campaign.id)]
        self.assertEqual(self.Planning.search(campaign_domain).operation_id, kept)

        self.campaign.with_user(self.marketer).action_close()

        self.assertFalse(self.Planning.search(campaign_domain))

    def test_coming_runs_of_a_task(self):
        task = self._create_task(date_end="2027-01-06")

        rows = self.Planning.search([("task_id", "=", task.id)])

        self.assertEqual(
            rows.mapped("date_start"),
            [MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)],
        )
        self.assertEqual(rows.mapped("id"), sorted(set(rows.ids)))
        self.assertEqual({row_id % 2 for row_id in rows.ids}, {1})
        self.assertEqual(set(rows.mapped("kind")), {"run"})
        self.assertEqual(
            (rows[0].name, rows[0].category, rows[0].color), ("Good Morning", "task", 11)
        )
        self.assertFalse(any(rows.mapped("is_movable")))

    def test_runs_follow_their_task(self):
        task = self._create_task()
        count = self.Planning.search_count([("task_id", "=", task.id)])
        self.assertEqual(count, 367)
        with freeze_time(datetime(2027, 1, 3, 12, 0)):
            task.write({"interval_type": "weeks", "mon": True})
        self.assertEqual(self.Planning.search_count([("task_id", "=", task.id)]), 53)
        stays = self.Planning.search([("task_id", "=", task.id)])[1].id

        self._run_at(datetime(2027, 1, 4, 8, 1))

        self.assertEqual(self.Planning.search([("task_id", "=", task.id)])[0].id, stays)
        task.enabled = False
        self.assertFalse(self.Planning.search([("task_id", "=", task.id)]))

    def test_tasks_of_events_have_no_runs(self):
        task = self._create_task()
        task.sudo().next_run = False
        self.assertFalse(self.Planning.search([("task_id", "=", task.id)]))

    def test_everybody_sees_the_operations_and_tasks_that_they_may_see(self):
        self._plan()
        shared = self._plan("Shared", campaign_id=self._create_campaign(title="Shared").id)
        shared.campaign_id.member_ids = self.other_marketer
        self._create_task()
        self._create_task(member_ids=self.other_marketer.ids, name="Ours")
        counts = {}
        for user in (self.marketer, self.other_marketer, self.manager, self.foreign_manager):
            rows = self.Planning.with_user(user).search([("user_id", "=", self.marketer.id)])
            operations, tasks = (
                self.env[model].with_user(user).search([("user_id", "=", self.marketer.id)])
                for model in ("crm.campaign.operation", "crm.campaign.task")
            )
            with self.subTest(user.login):
                self.assertEqual(rows.operation_id, operations.sorted("id"))
                self.assertEqual(rows.task_id.sorted("id"), tasks.sorted("id"))
                counts[user] = (len(operations), len(tasks))
        self.assertEqual(list(counts.values()), [(2, 2), (1, 1), (2, 2), (0, 0)])
        with self.assertRaises(AccessError):
            self.Planning.with_user(self.caller).search([])

    def test_rows_take_the_same_queries_for_2_and_for_20(self):
        counts = []
        # The first time warms up.
        for number in (1, 1, 18):
            for _index in range(number):
                self._plan()
                self._create_task()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Planning.search_read([("date_start", "<", "2027-02-01")], ["name", "campaign_id"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])

    def test_a_row_opens_what_is_behind_it(self):
        operation, task = self._plan(), self._create_task()
        action = self._get_row(operation).action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("crm.campaign.operation", operation.id)
        )
        self.assertEqual(self._get_row(task).get_formview_action()["res_id"], task.id)

    def test_a_timeline_is_checked(self):
        mistakes = {
            "no attribute “gantt”": '<campaign_timeline date_start="a" date_stop="b" gantt="1"/>',
            "needs “date_start”": '<campaign_timeline date_start="date_start"/>',
            "fields only": (
                '<campaign_timeline date_start="date_start" date_stop="date_stop"><p/>'
                "</campaign_timeline>"
            ),
            "day, week": (
                '<campaign_timeline date_start="date_start" date_stop="date_stop" mode="year"/>'
            ),
            "does not exist": '<campaign_timeline date_start="none" date_stop="date_stop"/>',
        }
        for message, arch in mistakes.items():
            with self.subTest(message), self.assertRaisesRegex(ValidationError, message):
                self.env["ir.ui.view"].create(
                    {"name": "x", "model": "crm.campaign.planning", "arch": arch}
                )


@tagged("post_install", "-at_install")
class TestPlanningMoving(CallMixin, PlanningCase):
    """What moves, what does not, and what moves along."""

    def _drag(self, record, start, stop=None, user=None):
        values = {"date_start": start} | ({"date_stop": stop} if stop else {})
        self._get_row(record, user).write(values)

    def test_what_has_not_started_moves_with_its_end(self):
        operation = self._plan(date_end=datetime(2027, 1, 6, 17, 0))

        self._drag(operation, "2027-01-11 10:00:00")

        self.assertEqual(operation.date_start, datetime(2027, 1, 11, 10, 0))
        self.assertEqual(operation.date_end, datetime(2027, 1, 13, 19, 0))
        self._drag(operation, "2027-01-11 10:00:00", "2027-01-12 10:00:00")
        self.assertEqual(operation.date_end, datetime(2027, 1, 12, 10, 0))

    def test_what_has_no_end_gets_one_by_being_stretched_only(self):
        operation = self._plan()
        self._drag(operation, "2027-01-11 10:00:00", "2027-01-11 11:00:00")
        self.assertEqual((operation.date_start.day, operation.date_end), (11, False))

        self._drag(operation, "2027-01-11 10:00:00", "2027-01-15 11:00:00")

        self.assertEqual(operation.date_end, datetime(2027, 1, 15, 11, 0))
        with self.assertRaisesRegex(UserError, "ends before it starts"):
            self._drag(operation, "2027-01-11 10:00:00", "2027-01-11 10:00:00")

    def test_a_day_keeps_the_hour_of_the_users_clock(self):
        self.marketer.tz = "Europe/Paris"
        operation = self._plan(
            start=datetime(2027, 3, 26, 8, 0), date_end=datetime(2027, 3, 27, 17, 0)
        )

        self._drag(operation, "2027-03-29", "2027-03-30")

        self.assertEqual(operation.date_start, datetime(2027, 3, 29, 7, 0))
        self.assertEqual(operation.date_end, datetime(2027, 3, 30, 16, 0))

    def test_an_insertion_moves_by_days_until_it_came_out(self):
        press = self._plan_press("2027-01-08")

        self._drag(press, "2027-01-12", "2027-01-12")

        self.assertEqual(press.press_issue_date, date(2027, 1, 12))
        self.assertEqual(self._get_row(press).date_start, datetime(2027, 1, 12, 12, 0))
        press.press_publication_date = "2027-01-13"
        self.assertFalse(self._get_row(press).is_movable)
        with self.assertRaisesRegex(UserError, "has started, or is over"):
            self._drag(press, "2027-01-20", "2027-01-20")

    def test_an_approved_proof_stays_valid(self):
        self._create_partners(1)
        operation = self._plan(needs_proof=True)
        operation.action_request_proof()
        operation.with_user(self.manager).action_approve_proof()

        self._drag(operation, "2027-01-11 10:00:00")

        self.assertEqual((operation.state, operation.date_start.day), ("ready", 11))
        self.assertTrue(operation.is_proof_valid)

    def test_what_was_dispatched_for_later_leaves_at_the_new_moment(self):
        self._create_partners(1)
        later = fields.Datetime.now().replace(microsecond=0) + timedelta(days=5)
        operation = self._plan(start=later)
        execution = self._dispatch(operation)
        self.assertEqual((operation.state, operation.is_waiting), ("running", True))
        self.assertTrue(self._get_row(operation).is_movable)
        moved = later + timedelta(days=2)

        self._drag(operation, fields.Datetime.to_string(moved))

        self.assertEqual((operation.date_start, execution.scheduled_at), (moved, moved))
        triggers = self.env["ir.cron.trigger"].search([("call_at", "=", moved)])
        self.assertIn(self.env.ref("crm_campaign.ir_cron_send_1"), triggers.cron_id)
        with self.assertRaisesRegex(UserError, "still to come"):
            self._drag(operation, "2020-01-11 10:00:00")
        self.assertEqual(execution.scheduled_at, moved)
        execution.sudo()._depart()
        self.assertFalse(self._get_row(operation).is_movable)
        with self.assertRaisesRegex(UserError, "has started"):
            self._drag(operation, fields.Datetime.to_string(later))

    def test_what_is_leaving_right_now_is_not_moved(self):
        self._create_partners(1)
        later = fields.Datetime.now().replace(microsecond=0) + timedelta(days=5)
        operation = self._plan(start=later)
        execution = self._dispatch(operation)
        moved = later + timedelta(days=1)
        Execution = type(self.env["crm.campaign.execution"])
        with (
            patch.object(Execution, "lock_for_update", side_effect=LockError("taken")),
            self.assertRaisesRegex(UserError, "“Newsletter” is leaving right now"),
        ):
            operation.date_start = moved
        operation.invalidate_recordset()
        self.assertEqual((operation.date_start, execution.scheduled_at), (later, later))

        operation.date_start = moved

        self.assertEqual(execution.scheduled_at, moved)
        with self.assertRaisesRegex(UserError, "already left"):
            operation.write({"date_start": later, "target_id": self._create_target().id})

    def test_runs_and_other_fields_are_not_written(self):
        with self.assertRaisesRegex(UserError, "change the periodicity"):
            self._drag(self._create_task(), "2027-01-11 10:00:00")
        with self.assertRaisesRegex(UserError, "Only dates"):
            self._get_row(self._plan()).write({"name": "Other"})

    def test_who_may_not_see_it_does_not_move_it(self):
        row = self._get_row(self._plan())
        for user in (self.other_marketer, self.foreign_manager, self.caller):
            with self.subTest(user.login), self.assertRaises(AccessError):
                row.with_user(user).write({"date_start": "2027-01-11 10:00:00"})

    def test_calls_that_were_distributed_stay_on_their_days(self):
        calls = self._create_calls(2, campaign_id=self.campaign.id)
        operation = calls.operation_id.with_user(self.marketer)
        days = calls.mapped("date_planned")
        self.assertFalse(self._get_row(operation).is_movable)

        with self.assertRaisesRegex(UserError, "Reassign or Move"):
            self._drag(operation, "2027-01-11 10:00:00")

        self.assertEqual(calls.mapped("date_planned"), days)

    def test_a_distribution_that_was_only_simulated_is_asked_for_again(self):
        self._create_callees(2)
        operation = self._create_call_operation(campaign_id=self.campaign.id)
        self.assertTrue(operation.call_plan)

        self._drag(operation, fields.Datetime.to_string(operation.date_start + timedelta(days=3)))

        self.assertFalse(operation.call_plan)
        with self.assertRaisesRegex(UserError, "Distribute the calls"):
            operation.action_dispatch()
