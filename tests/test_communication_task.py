# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common_task import CrmCampaignTaskCase

RUN = datetime(2027, 1, 4, 8, 0)
# What the calendar, the timeline and the details ask for.
SPECIFICATION = {
    **dict.fromkeys(
        (
            *("name", "icon", "run_kind", "channel", "target", "subject", "title", "body", "date"),
            *("state", "exclusion", "reading", "opened_at", "address", "todo_summary", "todo_note"),
            *("todo_priority", "todo_state", "date_deadline", "date_done", "feedback"),
        ),
        {},
    ),
    **dict.fromkeys(
        ("task_id", "purpose_id", "partner_id", "lead_id", "assignee_id", "activity_type_id"),
        {"fields": {"display_name": {}}},
    ),
}


@tagged("post_install", "-at_install")
class TestCommunicationTask(CrmCampaignTaskCase):
    """What automatic tasks did about a contact, as seen from the contact and from the lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Who gives to-dos for everybody's leads must see them.
        cls.manager.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.salesman = cls._create_seller("seller", "sales_team.group_sale_salesman")
        cls.other_salesman = cls._create_seller("other_seller", "sales_team.group_sale_salesman")
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.works = cls._create_partner("Works", is_company=True, category_id=False)
        cls.zoe = cls._create_partner(
            "Zoé", "zoe@test.example.com", user_id=cls.salesman.id, parent_id=cls.works.id
        )

    @classmethod
    def _create_seller(cls, login, group):
        return mail_new_test_user(
            cls.env,
            login=login,
            groups=f"base.group_user,{group}",
            company_id=cls.company.id,
            tz="Europe/Paris",
        )

    def _about(self, record, user=None):
        """Return what the calendar of a record holds."""
        name = "about_partner_id" if record._name == "res.partner" else "about_lead_id"
        Communication = self.env["crm.campaign.communication"].with_user(user or self.env.user)
        return Communication.search([(name, "=", record.id)])

    def _read_as(self, user, record):
        """Read, as a browser does, what the calendar of a record holds."""
        return self._about(record, user).web_read(SPECIFICATION)

    def _run(self, task):
        """Make the run of 4 January 2027; return its execution."""
        with freeze_time(RUN):
            self._run_at(RUN)
        return task.execution_ids

    def _create_colleague_task(self, **values):
        values = {
            "kind": "colleague",
            "name": "Unpaid Deposit",
            "target_id": values.get("target_id") or self._create_target(name="Debtors").id,
            "activity_type_id": self.call.id,
            "todo_summary": "Call {{ object.partner_id.name }}",
            "todo_note": "Ask when it will be paid.",
            "todo_priority": "1",
            "deadline_days": 3,
            "user_id": self.manager.id,
            **self._get_schedule_vals(),
            **values,
        }
        return self._enable(self.env["crm.campaign.task"].with_user(self.manager).create(values))

    def _create_lead_task(self, leads):
        target = self._create_target(
            record_kind="lead", name="Leads", domain=f"[('id', 'in', {leads.ids})]"
        )
        return self._create_colleague_task(target_id=target.id)

    def _create_leads(self, count, **values):
        values = {"user_id": self.salesman.id, **values}
        return self.env["crm.lead"].create(
            [{"name": f"Lead {number}", **values} for number in range(1, count + 1)]
        )

    def _get_todo(self, execution):
        """Return the only to-do of a run, done or not."""
        recipient = self.env["crm.campaign.recipient"].search([("execution_id", "=", execution.id)])
        todos = self.env["mail.activity"].with_context(active_test=False)
        return todos.search([("campaign_recipient_id", "=", recipient.id)])

    def test_todo_on_a_colleague_s_lead_is_for_whoever_reads_the_lead(self):
        lead = self._create_leads(1, partner_id=self.zoe.id, user_id=self.other_salesman.id)
        self._run(self._create_lead_task(lead))

        self.assertFalse(self._about(self.zoe, self.salesman))
        self.assertEqual(len(self._about(self.zoe, self.other_salesman)), 1)
        self.assertEqual(len(self._about(self.zoe, self.manager)), 1)

    def test_message_of_a_task_tells_its_event_its_target_its_run_and_whether_it_was_opened(self):
        gift = self.env["crm.campaign.task.type"].create(
            {"name": "Welcome", "trigger": "target", "icon": "fa-gift"}
        )
        task = self._create_task(type_id=gift.id)
        recipient = self._get_recipient(self._run(task), self.zoe)
        with freeze_time(datetime(2027, 1, 4, 17, 30)):
            recipient._mark("opened")

        (line,) = self._read_as(self.salesman, self.zoe)

        expected = {
            "name": "Good Morning",
            "target": "Tagged People",
            "date": RUN,
            "reading": "read",
            "opened_at": datetime(2027, 1, 4, 17, 30),
            "run_kind": "automatic",
            "channel": "email",
            "icon": "fa-gift",
            "title": "Hello Zoé",
            "todo_summary": False,
            "todo_priority": False,
            "todo_state": False,
            "assignee_id": False,
        }
        self.assertEqual({name: line[name] for name in expected}, expected)
        self.assertIn("Dear Zoé", line["body"])

    def test_todo_tells_all_that_the_colleague_sees(self):
        self._run(self._create_colleague_task())

        with freeze_time(datetime(2027, 1, 5, 8, 0)):
            (line,) = self._read_as(self.salesman, self.zoe)

        self.assertEqual(line["activity_type_id"]["id"], self.call.id)
        self.assertEqual(line["assignee_id"]["id"], self.salesman.id)
        expected = {
            "name": "Unpaid Deposit",
            "target": "Debtors",
            "run_kind": "automatic",
            "channel": "activity",
            "icon": "fa-phone",
            "todo_summary": "Call Zoé",
            "todo_note": "<p>Ask when it will be paid.</p>",
            "todo_priority": "1",
            "todo_state": "planned",
            "date": RUN,
            "date_deadline": date(2027, 1, 7),
            "date_done": False,
            "feedback": False,
            "subject": "",
            "reading": False,
            "body": "",
        }
        self.assertEqual({name: line[name] for name in expected}, expected)

    def test_todo_that_was_done_tells_when_and_with_which_comment(self):
        todo = self._get_todo(self._run(self._create_colleague_task()))
        with freeze_time(datetime(2027, 1, 6, 9, 0)):
            todo.with_user(self.salesman).action_feedback(feedback="Pays on Monday")
            todo.flush_recordset()

        self.assertRecordValues(
            self._about(self.zoe, self.other_salesman),
            [
                {
                    "todo_state": "done",
                    "date_done": date(2027, 1, 6),
                    "feedback": "Pays on Monday",
                    "assignee_id": self.salesman.id,
                }
            ],
        )

    def test_todo_that_is_not_done_is_late_after_its_deadline(self):
        self._run(self._create_colleague_task())
        cases = (
            (datetime(2027, 1, 6, 22, 0), "planned"),
            # Midnight in Paris, where the colleague is.
            (datetime(2027, 1, 6, 23, 30), "today"),
            (datetime(2027, 1, 7, 23, 30), "overdue"),
        )
        for moment, state in cases:
            with self.subTest(state), freeze_time(moment):
                self.env.invalidate_all()

                self.assertEqual(self._about(self.zoe).todo_state, state)

    def test_todo_that_was_cancelled_is_remembered(self):
        self._get_todo(self._run(self._create_colleague_task())).unlink()

        self.assertRecordValues(
            self._about(self.zoe, self.salesman),
            [
                {
                    "todo_state": "cancelled",
                    "todo_summary": "Unpaid Deposit",
                    "todo_priority": "1",
                    "assignee_id": self.salesman.id,
                    "activity_type_id": self.call.id,
                    "icon": "fa-phone",
                    "date_deadline": False,
                    "todo_note": False,
                }
            ],
        )

    def test_record_without_responsible_says_why_there_is_no_todo(self):
        self.zoe.user_id = False
        self._run(self._create_colleague_task())

        self.assertRecordValues(
            self._about(self.zoe), [{"exclusion": "no_responsible", "todo_state": False}]
        )

    def test_todo_on_a_lead_shows_on_the_lead_its_contact_and_their_company(self):
        lead = self._create_leads(1, partner_id=self.zoe.id)
        execution = self._run(self._create_lead_task(lead))

        for record in (lead, self.zoe, self.works):
            with self.subTest(record.name):
                line = self._about(record, self.salesman)
                self.assertEqual(line.execution_id, execution)
                self.assertEqual((line.lead_id, line.partner_id), (lead, self.zoe))

    def test_todo_on_a_lead_shows_on_the_contact_whom_it_became(self):
        lead = self._create_leads(1)
        execution = self._run(self._create_lead_task(lead))
        lead.partner_id = self.zoe

        self.assertEqual(self._about(self.zoe, self.salesman).execution_id, execution)

    def test_todo_on_the_lead_of_a_colleague_is_theirs(self):
        lead = self._create_leads(1)
        self._run(self._create_lead_task(lead))

        self.assertEqual(len(self._about(lead, self.salesman)), 1)
        self.assertFalse(self._about(lead, self.other_salesman))

    def test_another_company_sees_nothing(self):
        self._run(self._create_task())
        self._run(self._create_colleague_task())

        self.assertEqual(len(self._about(self.zoe, self.other_salesman)), 2)
        self.assertFalse(self._about(self.zoe, self.foreign_manager))

    def test_messages_are_listed_without_todos(self):
        message = self._run(self._create_task())
        self._run(self._create_colleague_task())

        listed = self._about(self.zoe).filtered_domain([("channel", "!=", "activity")])

        self.assertEqual(listed.execution_id, message)

    def test_operation_is_no_automatic_task(self):
        letter = self._create_template(channel="post", body_html="<p>Hi</p>")
        self.zoe.write({"street": "1 rue X", "zip": "35000", "city": "Y"})
        self._sent_execution()
        self._sent_execution(template_id=letter.id, channel="post", name="Letter")

        self.assertRecordValues(
            self._about(self.zoe, self.salesman).sorted("id"),
            [
                {"name": "Newsletter", "icon": "fa-envelope", "run_kind": "one_shot"},
                {"name": "Letter", "icon": "fa-file-text-o", "run_kind": "one_shot"},
            ],
        )

    def test_a_calendar_takes_the_same_queries_for_1_line_and_for_20(self):
        one = self._create_leads(1, partner_id=self.zoe.id)
        yann = self._create_partner("Yann", category_id=False)
        many = self._create_leads(20, partner_id=yann.id)
        self._run(self._create_lead_task(one + many))
        names = [name for name in SPECIFICATION if name not in ("title", "body")]
        specification = {name: SPECIFICATION[name] for name in names}
        counts = []

        for partner in (self.zoe, self.zoe, yann):  # the first one warms what is kept
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines = self.env["crm.campaign.communication"].with_user(self.salesman)
            found = lines.web_search_read([("about_partner_id", "=", partner.id)], specification)
            counts.append((found["length"], self.env.cr.sql_log_count - before))

        self.assertEqual([length for length, _queries in counts], [1, 1, 20])
        self.assertEqual(counts[1][1], counts[2][1])
