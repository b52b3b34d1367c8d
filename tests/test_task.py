# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase
from .common_sms import SmsFileMixin
from .common_task import CrmCampaignTaskCase, CrmCampaignTaskMixin


@tagged("post_install", "-at_install")
class TestTask(CrmCampaignTaskCase):
    """What a task is, what it asks for, and what switching it on and off does."""

    def test_a_task_needs_a_name_only(self):
        task = self.env["crm.campaign.task"].with_user(self.marketer).create({"name": "Birthdays"})

        self.assertEqual((task.kind, task.action, task.status), ("client", "email", "off"))
        self.assertEqual((task.interval_number, task.interval_type), (1, "days"))
        self.assertFalse(task.next_run)

    def test_an_incomplete_task_says_what_is_missing(self):
        task = self.env["crm.campaign.task"].with_user(self.marketer).create({"name": "Birthdays"})

        with self.assertRaises(UserError) as failure:
            task.enabled = True

        self.assertIn("Missing: Target, Template, Purpose.", str(failure.exception))
        self.assertEqual(task.status, "off")

    def test_a_due_moment_makes_one_run(self):
        self._create_partners(3)
        task = self._create_task()

        self._run_at(datetime(2027, 1, 4, 8, 0, 20))
        self._run_at(datetime(2027, 1, 4, 8, 1, 20))

        self.assertEqual(task.execution_ids.mapped("scheduled_at"), [datetime(2027, 1, 4, 8, 0)])
        self.assertFigures(task.execution_ids, targeted=3, included=3, pending=3)
        self.assertEqual(task.next_run, datetime(2027, 1, 5, 8, 0))

    def test_nothing_is_due_before_its_moment(self):
        self._create_partners(1)
        task = self._create_task()

        self._run_at(datetime(2027, 1, 4, 7, 59, 59))

        self.assertFalse(task.execution_ids)

    def test_what_was_frozen_leaves_by_the_sender_jobs(self):
        people = self._create_partners(2)
        task = self._create_task()
        self._run_at(datetime(2027, 1, 4, 8, 0))

        self._send()

        execution = task.execution_ids
        self.assertRecipients(
            execution, [{"partner": person, "state": "sent"} for person in people]
        )
        self.assertEqual((execution.state, execution.run_kind), ("done", "automatic"))
        self.assertEqual(execution.display_name, "Good Morning")
        self.assertFalse(execution.operation_id)

    def test_a_due_moment_never_has_two_runs(self):
        task = self._create_task()
        task.sudo()._create_run(datetime(2027, 1, 4, 8, 0))

        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            task.sudo()._create_run(datetime(2027, 1, 4, 8, 0))

    def test_the_last_day_is_the_end(self):
        self._create_partners(1)
        task = self._create_task(date_end=date(2027, 1, 4))
        self.assertEqual(task.status, "on")

        self._run_at(datetime(2027, 1, 4, 8, 0))

        self.assertFalse(task.next_run)
        self.assertEqual(task.status, "ended")

    def test_it_pauses_between_periods(self):
        self._create_partners(1)
        periods = [
            (0, 0, {"date_start": date(2027, 1, 4), "date_end": date(2027, 3, 31)}),
            (0, 0, {"date_start": date(2027, 7, 1), "date_end": date(2027, 9, 30)}),
        ]
        task = self._create_task(period_ids=periods)

        self._run_at(datetime(2027, 3, 31, 7, 0))

        self.assertEqual(task.next_run, datetime(2027, 7, 1, 7, 0))

    def test_periods_outside_of_the_task_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "It would never run"):
            self._create_task(
                date_end=date(2027, 1, 31), period_ids=[(0, 0, {"date_start": date(2027, 3, 1)})]
            )

    def test_a_changed_hour_holds_from_now_on(self):
        task = self._create_task()

        with freeze_time(datetime(2027, 1, 4, 12, 0)):
            task.time_of_day = 18.5

        self.assertEqual(task.next_run, datetime(2027, 1, 4, 17, 30))

    def test_a_changed_period_holds_from_now_on(self):
        task = self._create_task(period_ids=[(0, 0, {"date_start": date(2027, 1, 4)})])

        with freeze_time(datetime(2027, 1, 4, 12, 0)):
            task.period_ids.date_start = date(2027, 2, 1)

        self.assertEqual(task.next_run, datetime(2027, 2, 1, 8, 0))

    def test_switching_off_gives_up_what_waits(self):
        people = self._create_partners(2)
        task = self._create_task()
        self._run_at(datetime(2027, 1, 4, 8, 0))

        task.enabled = False

        self.assertFalse(task.next_run)
        self.assertEqual(task.execution_ids.state, "cancelled")
        self.assertRecipients(
            task.execution_ids,
            [
                {
                    "partner": person,
                    "state": "withdrawn",
                    "failure_reason": "The task was switched off",
                }
                for person in people
            ],
        )

    def test_archiving_switches_off(self):
        task = self._create_task()

        task.action_archive()

        self.assertEqual((task.enabled, task.next_run), (False, False))

    def test_a_task_that_ran_is_not_deleted(self):
        self._create_partners(1)
        task = self._create_task()
        self._run_at(datetime(2027, 1, 4, 8, 0))

        with self.assertRaisesRegex(UserError, "it ran before. Archive it instead"):
            task.unlink()

    def test_a_copy_is_off_and_says_so(self):
        copy = self._create_task(period_ids=[(0, 0, {"date_start": date(2027, 1, 4)})]).copy()

        self.assertEqual((copy.name, copy.status), ("Good Morning (copy)", "off"))
        self.assertFalse(copy.next_run)
        self.assertEqual(copy.period_ids.date_start, date(2027, 1, 4))

    def test_a_template_of_another_channel_is_refused(self):
        sms = self._create_template(channel="sms", body_text="Hello", subject=False)

        with self.assertRaisesRegex(ValidationError, "is not made for this channel"):
            self._create_task(template_id=sms.id)

    def test_a_marketing_user_chooses_among_the_dates_of_contacts(self):
        Task = self.env["crm.campaign.task"].with_user(self.marketer)

        choices = dict(Task.fields_get(["date_field"])["date_field"]["selection"])

        self.assertEqual(choices["res.partner:birthdate_date"], "Birthdate")
        self.assertEqual(choices["crm.lead:date_deadline"], "Expected Closing (Lead)")
        with self.assertRaisesRegex(ValidationError, "choose a date of the records"):
            self._create_task(
                enabled=False,
                type_id=self.env.ref("crm_campaign.crm_campaign_task_type_date_field").id,
                date_field="crm.lead:date_deadline",
            )

    def test_the_operation_s_merge_fields_are_the_task_s(self):
        self._create_partners(1)
        template = self._create_template(
            subject="{{ object.operation_id.name }}",
            body_html='<p><t t-out="object.operation_id.user_id.name"/></p>',
        )
        task = self._create_task(template_id=template.id)
        self._run_at(datetime(2027, 1, 4, 8, 0))
        execution = task.execution_ids
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )

        payload = execution._get_channel()._prepare_batch(execution, recipients)[recipients.id]

        self.assertEqual(payload["Subject"], "Good Morning")
        self.assertIn("Campaign Marketer", payload.get_body(("html",)).get_content())

    def test_it_runs_once_more_when_somebody_asks(self):
        self._create_partners(2)
        task = self._create_task(enabled=False)

        with freeze_time(datetime(2027, 1, 3, 10, 0)):
            first = task.action_run_now()["res_id"]
            second = task.action_run_now()["res_id"]

        runs = self.env["crm.campaign.execution"].browse((first, second))
        self.assertEqual(
            runs.mapped("scheduled_at"),
            [datetime(2027, 1, 3, 10, 0), datetime(2027, 1, 3, 10, 0, 1)],
        )
        self.assertEqual(runs.mapped("included_count"), [2, 2])

    def test_who_would_receive_now(self):
        people = self._create_partners(2)
        task = self._create_task()

        action = task.action_check_run()

        found = self.env["res.partner"].with_user(self.marketer).search(action["domain"])
        self.assertEqual(found, people)


@tagged("post_install", "-at_install")
class TestTaskSms(CrmCampaignTaskMixin, SmsFileMixin, CrmCampaignCase):
    def test_a_task_sends_text_messages(self):
        self._create_person("Zoé", "06 12 34 56 78")
        text = "{{ object.operation_id.name }}, {{ object.partner_id.name }}. STOP 36111"
        task = self._create_task(action="sms", template_id=self._create_text(text).id)

        self._run_at(datetime(2027, 1, 4, 8, 0))
        self._send()

        self.assertEqual(self._read(), {"+33612345678": "Good Morning, Zoé. STOP 36111"})
        self.assertFigures(task.execution_ids, targeted=1, sent=1)


@tagged("post_install", "-at_install")
class TestTaskWords(CrmCampaignTaskCase):
    """What the list says of when a task runs."""

    def assertPeriodicity(self, expected, **values):
        self.assertEqual(self._create_task(enabled=False, **values).periodicity, expected)

    def test_every_day(self):
        self.assertPeriodicity("Every day at 09:00 (Europe/Paris)")

    def test_some_days_of_every_second_week(self):
        self.assertPeriodicity(
            "Every 2 weeks, on Monday, Thursday at 18:30 (Europe/Paris)",
            interval_number=2,
            interval_type="weeks",
            mon=True,
            thu=True,
            time_of_day=18.5,
        )

    def test_months_have_no_days_of_the_week(self):
        self.assertPeriodicity(
            "Every month at 09:00 (Europe/Paris)", interval_type="months", mon=True
        )

    def test_periods_are_counted(self):
        self.assertPeriodicity(
            "Every day at 09:00 (Europe/Paris), in 1 period(s)",
            period_ids=[(0, 0, {"date_start": date(2027, 1, 4)})],
        )

    def test_the_next_three_runs_are_told(self):
        task = self._create_task(enabled=False)

        with freeze_time(datetime(2027, 3, 26, 12, 0)):
            message = task.next_runs_message

        # Summer time begins on the 28th: nine o'clock stays nine o'clock.
        self.assertEqual(
            message, "Sat 27 Mar 2027 09:00 · Sun 28 Mar 2027 09:00 · Mon 29 Mar 2027 09:00"
        )

    def test_a_time_that_does_not_exist_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "between 0:00 and 23:59"):
            self._create_task(enabled=False, time_of_day=24.0)


@tagged("post_install", "-at_install")
class TestTaskRights(CrmCampaignTaskCase):
    """Who may see, change and switch on a task."""

    def test_a_colleague_s_task_is_out_of_sight(self):
        task = self._create_task(enabled=False)

        self.assertFalse(task.with_user(self.other_marketer).search([("id", "=", task.id)]))
        with self.assertRaises(AccessError):
            task.with_user(self.other_marketer).write({"name": "Mine"})

    def test_a_shared_task_may_be_changed_but_not_switched_on(self):
        task = self._create_task(enabled=False, member_ids=[(4, self.other_marketer.id)])
        shared = task.with_user(self.other_marketer)

        shared.name = "Ours"

        with self.assertRaisesRegex(UserError, "or a marketing manager may switch"):
            shared.enabled = True

    def test_only_managers_lend_the_rights_of_others(self):
        with self.assertRaisesRegex(UserError, "Only a marketing manager may make somebody else"):
            self._create_task(enabled=False, user_id=self.manager.id)

    def test_a_member_runs_nothing_with_the_rights_of_the_responsible(self):
        task = self._create_task(enabled=False, member_ids=[(4, self.other_marketer.id)])

        with self.assertRaisesRegex(UserError, "or a marketing manager may switch"):
            task.with_user(self.other_marketer).action_run_now()
        with self.assertRaisesRegex(UserError, "or a marketing manager may switch"):
            task.with_user(self.other_marketer).action_check_run()

    def test_a_manager_switches_on_what_runs_as_the_responsible(self):
        self._create_partners(1)
        task = self._create_task(enabled=False)

        with freeze_time(datetime(2027, 1, 3)):
            task.with_user(self.manager).enabled = True
        self._run_at(datetime(2027, 1, 4, 8, 0))

        self.assertEqual(task.execution_ids.user_id, self.marketer)

    def test_a_manager_of_another_company_sees_nothing(self):
        task = self._create_task(enabled=False)
        with self.assertRaises(AccessError):
            task.with_user(self.foreign_manager).read(["name"])

    def test_a_caller_sees_nothing(self):
        with self.assertRaises(AccessError):
            self.env["crm.campaign.task"].with_user(self.caller).search([])

    def test_the_runs_of_a_shared_task_are_shared(self):
        self._create_partners(1)
        task = self._create_task(member_ids=[(4, self.other_marketer.id)])
        self._run_at(datetime(2027, 1, 4, 8, 0))

        execution = task.execution_ids.with_user(self.other_marketer)

        self.assertEqual(execution.targeted_count, 1)
        recipients = self.env["crm.campaign.recipient"].with_user(self.other_marketer)
        self.assertEqual(recipients.search_count([("execution_id", "=", execution.id)]), 1)

    def test_automation_rules_of_tasks_are_not_edited_by_hand(self):
        stage = self.env["crm.stage"].search([], limit=1)
        task_type = self.env["crm.campaign.task.type"].create(
            {
                "name": "Stage",
                "record_kind": "lead",
                "trigger": "event",
                "event": "set",
                "event_field": "stage_id",
                "needs_stage": True,
            }
        )
        leads = self._create_target(record_kind="lead", domain="[]")
        task = self._create_task(type_id=task_type.id, stage_id=stage.id, target_id=leads.id)
        rule = task.sudo().automation_ids

        with self.assertRaisesRegex(UserError, "follows the automatic task “Good Morning”"):
            rule.active = False
        task.enabled = False

        self.assertFalse(rule.exists())
