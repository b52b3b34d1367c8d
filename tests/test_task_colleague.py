# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_task import CrmCampaignTaskCase

RUN = datetime(2027, 1, 4, 8, 0)


@tagged("post_install", "-at_install")
class TestTaskColleague(CrmCampaignTaskCase):
    """To-dos that a task gives to whoever is responsible of a record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Who gives to-dos for everybody's leads must see them.
        cls.manager.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.leads = cls._create_target(
            name="Tagged leads", record_kind="lead", domain="[('referred', '=', 'task')]"
        )

    def _create_lead(self, name, user, **values):
        vals = {"name": name, "user_id": user and user.id, "referred": "task", **values}
        return self.env["crm.lead"].create(vals)

    def _create_colleague_task(self, **values):
        values = {
            "kind": "colleague",
            "name": "Chase the Client",
            "target_id": self.leads.id,
            "activity_type_id": self.call.id,
            "user_id": self.manager.id,
            **values,
        }
        task = self.env["crm.campaign.task"].with_user(self.manager)
        return self._enable(task.create({**self._get_schedule_vals(), **values}))

    def _get_todos(self, records):
        return self.env["mail.activity"].search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)], order="res_id"
        )

    def test_the_responsible_of_each_record_gets_a_todo(self):
        first = self._create_lead("First", self.marketer)
        second = self._create_lead("Second", self.other_marketer)
        task = self._create_colleague_task(
            todo_note="Call them.\nToday!", todo_priority="2", deadline_days=3
        )

        self._run_at(RUN)

        todos = self._get_todos(first | second)
        self.assertEqual(todos.user_id, self.marketer | self.other_marketer)
        self.assertEqual(todos.mapped("summary"), ["Chase the Client"] * 2)
        self.assertEqual(todos.mapped("res_name"), ["First", "Second"])
        self.assertEqual(set(todos.mapped("date_deadline")), {date(2027, 1, 7)})
        self.assertEqual(set(todos.mapped("campaign_priority")), {"2"})
        self.assertTrue(all(todos.mapped("automated")))
        self.assertEqual(todos[0].note, "<p>Call them.<br/>Today!</p>")
        self.assertEqual(todos.activity_type_id, self.call)
        self.assertFigures(task.execution_ids, targeted=2, included=2, sent=2, pending=0)
        self.assertEqual(task.execution_ids.state, "done")

    def test_what_it_shows_is_what_the_host_would_show(self):
        lead = self._create_lead("Ours", self.marketer)
        other = self._create_lead("Theirs", self.marketer)
        self._create_colleague_task(todo_summary="Call", todo_note="Now")
        self._run_at(RUN)
        other.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_call",
            user_id=self.marketer.id,
            summary="Call",
            note="<p>Now</p>",
            date_deadline=date(2027, 1, 4),
        )

        names = ["summary", "note", "date_deadline", "user_id", "user_tz", "activity_type_id"]
        names += ["automated", "active", "state", "icon", "res_model", "date_done"]
        ours, theirs = (self._get_todos(record).read(names)[0] for record in (lead, other))
        ours.pop("id"), theirs.pop("id")

        self.assertEqual(ours, theirs)
        self.assertEqual(lead.activity_state, other.activity_state)
        self.assertIn(self.marketer.partner_id, lead.message_partner_ids)

    def test_merge_fields_are_filled_in(self):
        partner = self._create_partner("Zoé", "zoe@test.example.com", category_id=False)
        lead = self._create_lead("Kitchen", self.marketer, partner_id=partner.id)
        self._create_colleague_task(
            todo_summary="{{ object.about_name }}",
            todo_note="Call {{ object.partner_id.name }} in {{ object.partner_id.city ||| town }}",
        )

        self._run_at(RUN)

        todo = self._get_todos(lead)
        self.assertEqual(todo.summary, "Kitchen")
        self.assertEqual(todo.note, "<p>Call Zoé in town</p>")

    def test_anything_but_a_merge_field_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "is not a merge field"):
            self._create_colleague_task(todo_note="{{ object.env.user.password }}")

    def test_the_same_todo_is_not_given_again_while_it_is_open(self):
        lead = self._create_lead("First", self.marketer)
        task = self._create_colleague_task()
        self._run_at(RUN)
        self._run_at(datetime(2027, 1, 5, 8, 0))
        self.assertEqual(len(self._get_todos(lead)), 1)
        latest = task.execution_ids.sorted("scheduled_at")[-1]
        self.assertEqual(latest.exclusion_counts, {"still_open": 1})

        self._get_todos(lead).action_feedback("Done")
        self._run_at(datetime(2027, 1, 6, 8, 0))

        self.assertEqual(len(self._get_todos(lead)), 1)

    def test_records_without_responsible_are_reported(self):
        self._create_lead("Orphan", False)
        gone = self._create_user("campaign_gone", "user")
        self._create_lead("Left behind", gone)
        gone.active = False
        task = self._create_colleague_task()

        self._run_at(RUN)

        self.assertEqual(task.execution_ids.exclusion_counts, {"no_responsible": 2})
        message = self._find_notification(self.manager)
        self.assertIn("2 record(s) without responsible", message.body)

    def _find_notification(self, user):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", user.partner_id.ids)], order="id desc", limit=1
        )

    def test_nobody_gets_more_than_the_limit_of_a_day(self):
        leads = self.env["crm.lead"]
        for number in range(1, 6):
            leads += self._create_lead(f"Lead {number}", self.marketer)
        task = self._create_colleague_task(daily_cap=3)

        self._run_at(RUN)

        self.assertEqual(self._get_todos(leads).mapped("res_name"), ["Lead 1", "Lead 2", "Lead 3"])
        self.assertEqual(task.execution_ids.exclusion_counts, {"held_back": 2})
        self.assertIn("2 to-do(s) held back", self._find_notification(self.manager).body)

    def test_todos_of_other_tasks_count_in_the_limit(self):
        leads = self._create_lead("First", self.marketer) + self._create_lead(
            "Second", self.marketer
        )
        self._create_colleague_task(name="Other")
        self._run_at(RUN)
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = '2027-01-04 08:00:00'"
            " WHERE campaign_task_id IS NOT NULL"
        )
        task = self._create_colleague_task(name="Limited", daily_cap=3, time_of_day=10)

        self._run_at(datetime(2027, 1, 4, 9, 0))

        self.assertEqual(len(self._get_todos(leads)), 3)
        self.assertEqual(task.execution_ids.exclusion_counts, {"held_back": 1})

    def test_each_colleague_is_told_once(self):
        for number in range(3):
            self._create_lead(f"Lead {number}", self.marketer)
        self._create_colleague_task()

        self._run_at(RUN)

        told = self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.marketer.partner_id.ids)]
        )
        self.assertEqual(told.mapped("subject"), ["3 new to-do(s): Chase the Client"])

    def test_contacts_go_to_their_salesperson(self):
        partner = self._create_partner("Zoé", user_id=self.marketer.id)
        self._create_colleague_task(target_id=self._create_target().id)

        self._run_at(RUN)

        self.assertEqual(self._get_todos(partner).user_id, self.marketer)

    def test_a_lost_lead_gives_no_todo(self):
        lead = self._create_lead("Lost", self.marketer)
        lead.action_set_lost()
        task = self._create_colleague_task()

        self._run_at(RUN)

        self.assertFalse(self._get_todos(lead))
        self.assertEqual(task.execution_ids.exclusion_counts, {"archived": 1})

    def test_todos_do_not_count_as_contacts_with_the_person(self):
        self.company.campaign_cap_enabled = True
        self.company.campaign_cap_count = 1
        self.company.campaign_cap_days = 3650
        partner = self._create_partner("Zoé", "zoe@test.example.com", user_id=self.marketer.id)
        self._create_colleague_task(target_id=self._create_target().id)
        self._run_at(RUN)

        execution = self._dispatch(self._create_operation())

        self.assertRecipients(execution, [{"partner": partner, "state": "pending"}])

    def test_the_orm_makes_them_where_another_addon_has_a_column(self):
        lead = self._create_lead("First", self.marketer)
        task = self._create_colleague_task(todo_note="Now")
        self.patch(type(task), "_may_insert", lambda self: False)

        self._run_at(RUN)

        todo = self._get_todos(lead)
        self.assertEqual((todo.user_id, todo.summary), (self.marketer, "Chase the Client"))
        self.assertEqual((todo.res_name, todo.campaign_task_id), ("First", task))
