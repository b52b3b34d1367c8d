# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_action import ActionCase


@tagged("post_install", "-at_install")
class TestMassAction(ActionCase):
    """What a mass action makes on each record, and who gets it."""

    def test_each_record_gets_a_todo(self):
        operation = self._act({"note": "Call them.\nToday!"})

        todos = self._get_activities()
        self.assertEqual(todos.mapped("res_name"), ["Red, Ada", "Red, Bob", "Blue, Cy"])
        self.assertEqual(todos.mapped("summary"), ["Offer the check-up"] * 3)
        self.assertEqual(todos.user_id, self.marketer)
        self.assertEqual(todos.activity_type_id, self.call)
        self.assertEqual(todos[0].note, "<p>Call them.<br/>Today!</p>")
        self.assertTrue(all(todos.mapped("automated")))
        self.assertEqual(operation.state, "running")
        self.assertFigures(operation.execution_ids, targeted=3, included=3, pending=3, sent=0)
        self.assertIn(self.marketer.partner_id, self.cy.message_partner_ids)

    def test_what_it_shows_is_what_the_host_would_show(self):
        self.marketer.tz = "Europe/Paris"
        self._act({"note": "Now"})
        other = self._create_partner("Dan", category_id=False)
        other.with_user(self.marketer).activity_schedule(
            "mail.mail_activity_data_call",
            user_id=self.marketer.id,
            summary="Offer the check-up",
            note="<p>Now</p>",
            date_deadline=self._get_activities()[0].date_deadline,
        )

        names = ["summary", "note", "date_deadline", "user_id", "user_tz", "activity_type_id"]
        names += ["automated", "active", "state", "icon", "res_model", "date_done"]
        names += ["create_uid", "write_uid", "feedback", "can_write"]
        ours, theirs = (self._get_activities(record).read(names)[0] for record in (self.ada, other))
        ours.pop("id"), theirs.pop("id")

        self.assertEqual(ours, theirs)
        self.assertEqual(self.ada.activity_state, other.activity_state)
        subtypes = other.message_follower_ids.filtered(
            lambda follower: follower.partner_id == self.marketer.partner_id
        ).subtype_ids
        followers = self.ada.message_follower_ids.filtered(
            lambda follower: follower.partner_id == self.marketer.partner_id
        )
        self.assertEqual(followers.subtype_ids, subtypes)

    @freeze_time("2027-03-10 23:30:00")
    def test_it_is_due_days_after_the_departure_where_the_responsible_is(self):
        self.marketer.tz = "Europe/Paris"
        self._act({"delay_days": 5})

        self.assertEqual(set(self._get_activities().mapped("date_deadline")), {date(2027, 3, 16)})

    def test_the_responsible_of_each_record_gets_it_else_that_of_the_company(self):
        operation = self._act({"assignee_rule": "responsible", "user_id": False})

        todos = self._get_activities()
        self.assertEqual(todos.mapped("res_name"), ["Red, Ada", "Red, Bob"])
        self.assertEqual(todos.mapped("user_id.login"), ["campaign_marketer", "campaign_other"])
        self.assertEqual(operation.execution_ids.exclusion_counts, {"no_responsible": 1})
        told = self._find_told(self.marketer)
        self.assertEqual(
            told.mapped("subject"),
            ["1 new to-do(s): Check-up", "Check-up: not everything was made"],
        )
        self.assertIn("1 record(s) left out: No Responsible", told[1].body)

    def test_several_users_get_them_in_turn(self):
        users = self.marketer | self.other_marketer
        self._act({"assignee_rule": "turn", "user_id": False, "user_ids": [(6, 0, users.ids)]})

        self.assertEqual(
            [todo.user_id.login for todo in self._get_activities()],
            ["campaign_marketer", "campaign_other", "campaign_marketer"],
        )

    def test_each_colleague_is_told_once(self):
        users = self.marketer | self.other_marketer
        self._act({"assignee_rule": "turn", "user_id": False, "user_ids": [(6, 0, users.ids)]})

        for user, subject in (
            (self.marketer, "2 new to-do(s): Check-up"),
            (self.other_marketer, "1 new to-do(s): Check-up"),
        ):
            with self.subTest(user.login):
                told = self._find_told(user)
                self.assertEqual(told.mapped("subject"), [subject])
                self.assertIn('href="/odoo/action-mail.mail_activity_action_my"', told.body)
                self.assertFalse(told.model)

    def test_who_may_not_see_a_record_gets_nothing_on_it(self):
        lead = self.env["crm.lead"].create(
            {"name": "Ours", "user_id": self.manager.id, "referred": "act"}
        )
        self.env["crm.lead"].create(
            {"name": "Theirs", "user_id": self.other_marketer.id, "referred": "act"}
        )
        self.marketer.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        target = self._create_target(record_kind="lead", domain="[('referred', '=', 'act')]")

        operation = self._act({"user_id": self.other_marketer.id}, target_id=target.id)

        self.assertFalse(self._get_activities(lead))
        self.assertEqual(operation.execution_ids.exclusion_counts, {"no_right": 1})
        self.assertEqual(operation.todo_created_count, 1)
        self.assertIn("Assignee Without Rights", self._find_told(self.marketer)[-1].body)

    def test_who_does_not_work_in_the_company_gets_nothing(self):
        operation = self._act({"user_id": self.foreign_manager.id})

        self.assertEqual(operation.execution_ids.exclusion_counts, {"no_right": 3})
        self.assertFalse(self._get_activities())

    def test_nobody_gets_the_same_todo_twice_while_it_is_open(self):
        self._act()
        self._get_activities(self.ada).action_feedback(feedback="Done")

        again = self._act(name="Again", target_id=self._create_target(name="Again").id)

        self.assertEqual(again.execution_ids.exclusion_counts, {"still_open": 2})
        self.assertEqual(again.todo_ids.mapped("res_name"), ["Red, Ada"])
        other = self._act({"summary": "Something else"}, name="Other")
        self.assertEqual(other.todo_created_count, 3)

    def test_it_departs_at_its_date(self):
        moment = datetime(2027, 5, 4, 8, 0)
        with freeze_time(moment - timedelta(days=1)):
            operation = self._act({"delay_days": 1}, date_start=moment)
        self.assertFalse(self._get_activities())

        with freeze_time(moment + timedelta(minutes=1)):
            self._send()

        self.assertEqual(set(self._get_activities().mapped("date_deadline")), {date(2027, 5, 5)})
        self.assertEqual((operation.state, operation.todo_open_count), ("running", 3))

    def test_several_lines_make_several_todos(self):
        operation = self._act(
            {"reason": "Spring"},
            {"summary": "Write", "assignee_rule": "responsible", "user_id": False},
        )

        self.assertEqual(len(self._get_activities(self.ada)), 2)
        self.assertEqual(self._get_activities(self.cy).mapped("summary"), ["Offer the check-up"])
        self.assertEqual(operation.todo_created_count, 5)
        self.assertIn(
            "“Write” not made on 1 record(s): No Responsible",
            self._find_told(self.marketer)[-1].body,
        )

    def test_merge_fields_are_filled_in_and_nothing_else_is_allowed(self):
        self._act(
            {
                "summary": "Call {{ object.partner_id.name }}",
                "note": "Of {{ object.partner_id.commercial_company_name }} < 3",
            }
        )

        todo = self._get_activities(self.ada)
        self.assertEqual(todo.summary, "Call Ada")
        self.assertEqual(todo.note, "<p>Of Red &lt; 3</p>")
        with self.assertRaisesRegex(ValidationError, "is not a merge field"):
            self._create_action({"note": "{{ object.env.user.password }}"})

    def test_the_waterfall_says_beforehand_what_happens(self):
        operation = self._create_action({"assignee_rule": "responsible", "user_id": False})

        self.assertEqual(
            operation._get_departure_figures(),
            {"targeted": 3, "no_responsible": 1, "included": 2},
        )
        self.assertFalse(self._get_activities())

    def test_what_is_not_complete_does_not_depart(self):
        lead_target = self._create_target(record_kind="lead", domain="[]")
        self.env["crm.lead"].create({"name": "One", "user_id": self.marketer.id})
        cases = (
            ("choose the kind of action", {"activity_type_id": False}, {}),
            ("choose the user", {"user_id": False}, {}),
            ("choose who gets them in turn", {"assignee_rule": "turn"}, {}),
            ("a to-do is somebody's", {"assignee_rule": "nobody"}, {}),
            ("on companies and contacts only", {"kind": "lead"}, {"target_id": lead_target.id}),
        )
        for message, line, values in cases:
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self._act(line, **values)
        with self.assertRaisesRegex(UserError, "add an action"):
            self._act(action_ids=False)
        with self.assertRaisesRegex(ValidationError, "and nothing else does"):
            self._create_action(channel="email")

    def test_lines_of_what_has_left_stay_as_they_were(self):
        operation = self._act()

        with self.assertRaisesRegex(UserError, "has already left"):
            operation.action_ids.summary = "Something else"
        with self.assertRaisesRegex(UserError, "has already left"):
            operation.action_ids.unlink()

    def test_by_the_orm_where_another_addon_has_a_column(self):
        self.patch(type(self.env["crm.campaign.task"]), "_may_insert", lambda self: False)

        self._act({"note": "Now"})

        todo = self._get_activities(self.ada)
        self.assertEqual((todo.user_id, todo.summary), (self.marketer, "Offer the check-up"))
        self.assertEqual((todo.res_name, todo.note), ("Red, Ada", "<p>Now</p>"))
        self.assertEqual(todo.campaign_todo_id.res_id, self.ada.id)
        self.assertEqual(
            self._find_told(self.marketer).mapped("subject"), ["3 new to-do(s): Check-up"]
        )

    def test_who_may_do_what(self):
        operation = self._act()
        line, todo = operation.action_ids, operation.todo_ids[0]
        for user, sees in (
            (self.marketer, True),
            (self.manager, True),
            (self.other_marketer, False),
            (self.foreign_manager, False),
        ):
            for record in (line, todo):
                with self.subTest(f"{user.login} {record._name}"):
                    found = record.with_user(user).search([("id", "=", record.id)])
                    self.assertEqual(bool(found), sees)
        for record in (line, todo):
            with self.subTest(f"caller {record._name}"), self.assertRaises(AccessError):
                record.with_user(self.caller).search([])
        with self.assertRaises(AccessError):
            todo.with_user(self.manager).write({"state": "done"})
        with self.assertRaises(AccessError):
            operation.with_user(self.other_marketer).action_suspend()
