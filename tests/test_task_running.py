# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime, time, timedelta

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_task import CrmCampaignTaskCase

FIRST_DUE = datetime(2027, 1, 4, 8, 0)
DAY = timedelta(days=1)

#: What the clock does -> time of the day, first day, moments of the runs on three days (UTC).
CLOCKS = {
    "summer begins": (
        9.0,
        date(2027, 3, 27),
        [
            datetime(2027, 3, 27, 8, 0),
            datetime(2027, 3, 28, 7, 0),
            datetime(2027, 3, 29, 7, 0),
        ],
    ),
    "summer ends": (
        9.0,
        date(2027, 10, 30),
        [
            datetime(2027, 10, 30, 7, 0),
            datetime(2027, 10, 31, 8, 0),
            datetime(2027, 11, 1, 8, 0),
        ],
    ),
    "half past two is left out": (
        2.5,
        date(2027, 3, 27),
        [
            datetime(2027, 3, 27, 1, 30),
            datetime(2027, 3, 28, 1, 0),
            datetime(2027, 3, 29, 0, 30),
        ],
    ),
    "half past two comes twice": (
        2.5,
        date(2027, 10, 30),
        [
            datetime(2027, 10, 30, 0, 30),
            datetime(2027, 10, 31, 0, 30),
            datetime(2027, 11, 1, 1, 30),
        ],
    ),
    "the year ends": (
        0.5,
        date(2027, 12, 30),
        [
            datetime(2027, 12, 29, 23, 30),
            datetime(2027, 12, 30, 23, 30),
            datetime(2027, 12, 31, 23, 30),
        ],
    ),
}


class TaskRunningCase(CrmCampaignTaskCase):
    def _create_fragile_template(self):
        """Create a template that cannot be rendered for people without a city."""
        self.marketer.group_ids += self.env.ref("mail.group_mail_template_editor")
        return self._create_template(body_html='<p><t t-out="object.partner_id.city.upper()"/></p>')

    def _enable_again(self, task):
        """Switch a task on again, after its first run."""
        with freeze_time(FIRST_DUE + timedelta(hours=4)):
            task.enabled = True


@tagged("post_install", "-at_install")
class TestTaskClock(TaskRunningCase):
    """When tasks run, and what becomes of the moments that the server missed."""

    def _look(self, day):
        """Look for what is due every half hour of three days, from 23:10 UTC on the eve."""
        eve = datetime.combine(day - DAY, time(23, 10))
        for number in range(3 * 48):
            self._run_at(eve + number * timedelta(minutes=30))

    def _get_runs(self, task):
        """Return the moments of the runs that took place, in order."""
        runs = task.execution_ids.filtered(lambda run: run.state != "skipped")
        return sorted(runs.mapped("scheduled_at"))

    def test_each_day_has_one_run_whatever_the_clock_does(self):
        for name, (time_of_day, day, expected) in CLOCKS.items():
            with self.subTest(name):
                task = self._create_task(time_of_day=time_of_day, date_start=day)

                self._look(day)

                self.assertEqual(self._get_runs(task), expected)
                self.assertEqual(set(task.execution_ids.mapped("state")), {"done"})
                task.enabled = False

    def test_a_server_that_was_down_for_three_days_runs_once_and_notes_the_rest_in_one_line(self):
        self.marketer.tz = "Europe/Paris"
        task = self._create_task()

        self._run_at(datetime(2027, 1, 7, 10, 0))
        self._run_at(datetime(2027, 1, 7, 10, 1))

        late, skipped = task.execution_ids
        self.assertEqual((late.scheduled_at, late.state), (datetime(2027, 1, 7, 8, 0), "done"))
        self.assertEqual((skipped.scheduled_at, skipped.state), (FIRST_DUE, "skipped"))
        self.assertRegex(
            skipped.error_message,
            r"^3 run\(s\) missed, from 1/4/27, 9:00\sAM to 1/6/27, 9:00\sAM: "
            r"nothing ran at that time\.$",
        )
        self.assertEqual(task.next_run, datetime(2027, 1, 8, 8, 0))

    def test_what_is_too_late_does_not_run_any_more(self):
        task = self._create_task()

        self._run_at(datetime(2027, 1, 7, 20, 0, 1))

        self.assertEqual(task.execution_ids.mapped("state"), ["skipped"])
        self.assertIn("4 run(s) missed", task.execution_ids.error_message)
        self.assertEqual(task.next_run, datetime(2027, 1, 8, 8, 0))

    def test_the_last_moment_of_the_delay_counts(self):
        task = self._create_task()

        self._run_at(datetime(2027, 1, 4, 20, 0))

        self.assertEqual(self._get_runs(task), [FIRST_DUE])
        self.assertEqual(len(task.execution_ids), 1)


@tagged("post_install", "-at_install")
class TestTaskBreaks(TaskRunningCase):
    """What breaks concerns one person, or one task."""

    def test_a_template_that_breaks_for_one_person_reaches_the_others(self):
        people = self._create_partners(3)
        (people[0] | people[2]).city = "Lyon"
        task = self._create_task(template_id=self._create_fragile_template().id)
        self._run_at(FIRST_DUE)

        self._send()

        self.assertRecipients(
            task.execution_ids,
            [
                {"partner": people[0], "state": "sent"},
                {"partner": people[1], "state": "failed"},
                {"partner": people[2], "state": "sent"},
            ],
        )
        self.assertIn("upper", self._get_recipient(task.execution_ids, people[1]).failure_reason)
        self.assertEqual((task.execution_ids.state, task.status), ("done", "on"))

    def _lose_field(self, target):
        """Have a target name a field that is gone, which nobody may write."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_campaign_target SET domain = %s WHERE id = %s",
            ("[('x_segment', '=', 'gold')]", target.id),
        )
        self.env.invalidate_all()

    def _assert_stopped(self, task, message):
        """Check that a task stopped at its first due moment, and that its responsible knows."""
        self.assertEqual((task.status, task.enabled, task.next_run), ("error", False, False))
        self.assertIn(message, task.error_message)
        run = task.execution_ids
        self.assertEqual((run.state, run.scheduled_at), ("error", FIRST_DUE))
        self.assertIn(message, run.error_message)
        told = self.env["mail.message"].search(
            [
                ("model", "=", task._name),
                ("res_id", "=", task.id),
                ("notified_partner_ids", "=", self.marketer.partner_id.id),
            ]
        )
        self.assertEqual(told.subject, "Good Morning · The automatic task stopped")
        self.assertIn(message, told.body)

    @mute_logger("odoo.addons.crm_campaign.models.crm_campaign_task_running")
    def test_a_target_whose_field_is_gone_stops_its_task_and_no_other(self):
        people = self._create_partners(2)
        broken, sound = self._create_task(), self._create_task(sequence=20)
        self._lose_field(broken.target_id)

        self._run_at(FIRST_DUE)
        self._run_at(FIRST_DUE + DAY)

        self._assert_stopped(broken, "x_segment")
        self.assertEqual(sound.run_count, 2)
        self.assertRecipients(
            sound.execution_ids[1], [{"partner": person, "state": "pending"} for person in people]
        )

    @mute_logger("odoo.addons.crm_campaign.models.crm_campaign_task_running")
    def test_a_saved_filter_that_no_longer_works_stops_its_task_and_no_other(self):
        values = {"name": "Gold", "model_id": "res.partner", "domain": "[('active', '=', True)]"}
        favorite = self.env["ir.filters"].create({**values, "user_ids": self.marketer.ids})
        target = self._create_target(mode="filter", filter_id=favorite.id)
        broken, sound = self._create_task(target_id=target.id), self._create_task()
        favorite.domain = "[('x_segment', '=', 'gold')]"

        self._run_at(FIRST_DUE)

        self._assert_stopped(broken, "x_segment")
        self.assertEqual((sound.status, sound.run_count), ("on", 1))

    @mute_logger("odoo.addons.crm_campaign.models.crm_campaign_task_running")
    def test_a_task_that_stopped_goes_on_once_it_is_switched_on_again(self):
        self._create_partners(1)
        task = self._create_task()
        domain = task.target_id.domain
        self._lose_field(task.target_id)
        self._run_at(FIRST_DUE)

        task.target_id.domain = domain
        self._enable_again(task)
        self._run_at(FIRST_DUE + DAY)

        self.assertEqual((task.status, task.error_message), ("on", False))
        self.assertFigures(task.execution_ids[0], included=1)

    def test_a_moment_that_has_its_run_already_stops_nothing(self):
        self._create_partners(1)
        early, other = self._create_task(), self._create_task(sequence=20)
        with freeze_time(FIRST_DUE):
            early.action_run_now()

        self._run_at(FIRST_DUE + timedelta(seconds=20))

        self.assertEqual(early.execution_ids.mapped("scheduled_at"), [FIRST_DUE])
        self.assertEqual(other.execution_ids.mapped("scheduled_at"), [FIRST_DUE])
        self.assertEqual((early.status, early.next_run), ("on", FIRST_DUE + DAY))

    def test_a_missed_moment_that_has_its_run_already_stops_nothing(self):
        self._create_partners(1)
        early, other = self._create_task(), self._create_task(sequence=20)
        with freeze_time(FIRST_DUE):
            early.action_run_now()

        self._run_at(FIRST_DUE + 3 * DAY)

        self.assertEqual((early.status, early.next_run), ("on", FIRST_DUE + 4 * DAY))
        self.assertEqual(early.last_run, FIRST_DUE + 3 * DAY)
        self.assertEqual(other.last_run, FIRST_DUE + 3 * DAY)

    def test_a_run_tells_its_responsible_nothing_of_what_the_host_keeps_about_it(self):
        self._create_partners(1)
        task = self._create_task()

        self._run_at(FIRST_DUE)

        self.assertTrue(task.execution_ids.mailing_id)
        told = [("res_partner_id", "=", self.marketer.partner_id.id)]
        self.assertFalse(self.env["mail.notification"].search(told).mail_message_id.mapped("body"))


@tagged("post_install", "-at_install")
class TestTaskRepeats(TaskRunningCase):
    """Who is reached again by the next runs of a task, and who is not."""

    def _run_days(self, task, count, first=FIRST_DUE, interval=DAY):
        """Run and send at moments in a row; return the names of those whom each run reached."""
        reached = []
        for number in range(count):
            self._run_at(first + number * interval)
            self._send()
            run = task.execution_ids[0]
            included = self.env["crm.campaign.recipient"].search(
                [("execution_id", "=", run.id), ("state", "=", "sent")]
            )
            reached.append(included.mapped("partner_id.name"))
        return reached

    def test_each_contact_is_reached_once(self):
        self._create_partners(2)
        task = self._create_task(repeat_rule="once")

        self.assertEqual(self._run_days(task, 2), [["Person 1", "Person 2"], []])
        self._create_partner("Late", "late@test.example.com")
        self.assertEqual(self._run_days(task, 2, FIRST_DUE + 2 * DAY), [["Late"], []])

        self.assertEqual(task.execution_ids[0].served_count, 3)
        self.assertFigures(task.execution_ids[0], targeted=0, included=0)

    def test_each_contact_is_reached_again_after_three_days(self):
        self._create_partners(1)
        task = self._create_task(repeat_rule="after", repeat_days=3)

        self.assertEqual(self._run_days(task, 5), [["Person 1"], [], [], ["Person 1"], []])

    def test_days_are_counted_by_the_calendar_when_summer_begins(self):
        self._create_partners(1)
        task = self._create_task(
            repeat_rule="after", repeat_days=7, interval_type="weeks", date_start=date(2027, 3, 27)
        )

        first = self._run_days(task, 1, datetime(2027, 3, 27, 8, 0))
        second = self._run_days(task, 1, datetime(2027, 4, 3, 7, 0))

        self.assertEqual((first, second), ([["Person 1"]], [["Person 1"]]))

    def test_days_are_counted_by_the_calendar_when_the_hour_is_changed(self):
        self._create_partners(1)
        task = self._create_task(repeat_rule="after", repeat_days=1)
        first = self._run_days(task, 1)

        task.time_of_day = 7.0
        second = self._run_days(task, 1, datetime(2027, 1, 5, 6, 0))

        self.assertEqual((first, second), ([["Person 1"]], [["Person 1"]]))

    def test_who_could_not_be_reached_is_tried_at_the_next_run(self):
        reached, failed = self._create_partners(2)
        blocked = self._create_partner("Blocked", "blocked@test.example.com")
        absent = self._create_partner("No Address")
        (reached | blocked | absent).city = "Lyon"
        self.env["mail.blacklist"]._add(blocked.email)
        template = self._create_fragile_template()
        task = self._create_task(repeat_rule="once", template_id=template.id)
        self.assertEqual(self._run_days(task, 1), [["Person 1"]])

        failed.city = "Nice"
        absent.email = "present@test.example.com"
        self.env["mail.blacklist"]._remove(blocked.email)

        second, third = self._run_days(task, 2, FIRST_DUE + DAY)
        self.assertEqual(sorted(second), ["Blocked", "No Address", "Person 2"])
        self.assertEqual(third, [])

    def test_who_was_withdrawn_is_tried_at_the_next_run(self):
        self._create_partners(1)
        task = self._create_task(repeat_rule="once")
        self._run_at(FIRST_DUE)
        task.enabled = False

        self._enable_again(task)

        self.assertEqual(self._run_days(task, 2, FIRST_DUE + DAY), [["Person 1"], []])

    def test_contacts_with_one_address_are_reached_once_in_all(self):
        self._create_partner("Ann", "home@test.example.com")
        self._create_partner("Bob", "home@test.example.com")
        task = self._create_task(repeat_rule="once")

        self.assertEqual(self._run_days(task, 2), [["Ann"], []])

        self.assertFigures(task.execution_ids[1], included=1, duplicate=1)
